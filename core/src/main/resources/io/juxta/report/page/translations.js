/* What the generator makes of the same images at one epoch: sources, what changed, targets, and where patches are found. */
function translations() {
  if (!data.translates || taken().length === 0) {
    return;
  }
  const sheet = data.translations;
  const images = make("ol", { class: "translated" });
  const identities = make("ol", { class: "translated two" });
  body("translations").replaceChildren(make("div", { "data-group": "" },
    make("div", { class: "bar" }, slider()),
    make("div", { class: "translated-head soft" }, ...["source", "translation", "what changed"].map((text) => make("span", {}, text))),
    images,
    soft(`The same sources in every epoch; press a picture to see it large, beside its source. What changed is the mean difference over the colours, ${sheet.brighter} times as bright as it is: white is 1/${sheet.brighter} of the range or more.`),
    ...(sheet.targets.length > 0
      ? [folded("targets", "Targets, which the generator should leave as they are", identities)]
      : [])));
  listen("translations", () => {
    images.replaceChildren(...sheet.sources.map((name, i) => make("li", {},
      opening(original(i, 0, name), `source: ${name}`, { name: `source ${i}` }),
      opening(made(i, 0, name), `translation of ${name}, ${epochName(snapshot().epoch)}`, { beside: `source ${i}` }),
      opening(made(i, 1, name), `what changed in ${name}`, { beside: `source ${i}` }),
      make("span", { class: "soft file", title: name }, name.split("/").at(-1)))));
    identities.replaceChildren(...sheet.targets.map((name, i) => make("li", {},
      opening(original(i, 1, name), `target: ${name}`, { name: `target ${i}` }),
      opening(made(i, 2, name), `what the generator makes of ${name}`, { beside: `target ${i}` }),
      make("span", { class: "soft file", title: name }, name.split("/").at(-1)))));
  });
  patches();
}

/** Each asked patch of a translation, and how like it is to every patch of the source. */
function patches() {
  const sheet = data.translations;
  const count = sheet.points.length / 2;
  const list = make("ol", { class: "patches" });
  body("patches").replaceChildren(
    soft("PatchNCE asks that a patch of the translation be most like the patch of the source at the same place. The maps show its cosine with every patch of the source at the deepest tap: black for 0 or less, light yellow for 1. The ring is where the light should be; rank 1 is found. All light means that patches all look alike."),
    make("div", { class: "bar" }, slider()), make("div", { "data-group": "" }, list));
  listen("patches", () => {
    const { found } = snapshot();
    list.replaceChildren(...sheet.sources.slice(0, sheet.asked).map((name, i) => make("li", { class: "card" },
      pictured("source", opening(ringed(original(i, 0, name), all(count)), `source: ${name}`, { name: `asked ${i}` })),
      pictured("translation", opening(ringed(made(i, 0, name), all(count)), `translation of ${name}`, { beside: `asked ${i}` })),
      ...all(count).map((point) => {
        const { cosine, rank, places } = found[i * count + point];
        const says = `patch ${point + 1}: rank ${rank.toLocaleString("en")} of ${places.toLocaleString("en")}, cosine ${cosine.toFixed(2)}`;
        return pictured(says, opening(ringed(made(i * count + point, 3, name), [point], false), `${name}, ${says}`, { beside: `asked ${i}` }));
      }))));
  });
}

function all(count) {
  return Array.from({ length: count }, (_, i) => i);
}

function pictured(says, picture) {
  return make("div", { class: "pictured" }, picture, make("span", { class: "soft number" }, says));
}

function original(place, row, name) {
  const { columns, targets } = data.translations;
  return tile("domains", row * columns + place, columns, targets.length > 0 ? 2 : 1, name);
}

function made(place, row, description) {
  const { columns, rows } = data.translations;
  return tile(`translated-${snapshot().epoch}`, row * columns + place, columns, rows, description);
}

/** Marks points of a picture, which a tile shows with its proportions; without number, what lies in the ring shows. */
function ringed(picture, points, numbered = true) {
  const { points: places, width, height } = data.translations;
  const side = Math.max(width, height);
  points.forEach((point) => {
    const ring = make("b", { class: "ring", "aria-hidden": "true" }, numbered ? point + 1 : null);
    ring.style.left = `${50 + (100 * (places[2 * point] - 0.5) * width) / side}%`;
    ring.style.top = `${50 + (100 * (places[2 * point + 1] - 0.5) * height) / side}%`;
    picture.append(ring);
  });
  return picture;
}
