/* What was run, and how to run it again. */
function recipe() {
  const begun = data.origins.map(({ command, versions, machine, time }, i) => make("div", {},
    make("h3", {}, i === 0 ? "Started with" : "Taken up again with"), copied(command),
    soft([versions, machine, time].filter(Boolean).join("; "))));
  const drawn = data.origins.some(({ command }) => command.startsWith("./juxta quickstart"));
  const again = drawn ? [] : [make("h3", {}, "Again, from this folder"), copied(`./juxta ${data.translates ? "translate train" : "pretrain"} ${data.name}/recipe.yaml --data DIR`)];
  body("recipe").replaceChildren(make("div", { class: "twice" },
    make("div", {}, ...begun, ...again,
      soft(`The recipe beside holds every setting, the seed among them. The same images, versions, number of threads and kind of machine give the same ${data.translates ? "generator" : "encoder"}.`)),
    folded("recipe", "recipe.yaml, every setting", copied(data.recipe))));
}

function copied(text) {
  const button = make("button", { type: "button" }, "copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "copied";
    } catch {
      button.textContent = "select it, then copy";
    }
  });
  return make("div", { class: "copy" }, make("pre", { tabindex: 0 }, text), button);
}
