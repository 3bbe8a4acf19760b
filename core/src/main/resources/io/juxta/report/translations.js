/* What the generator makes of the same images at one epoch: sources, what changed, targets, and where patches are found. */
function translations() {
  for (const id of ["views", "neighbours", "map"]) {
    document.getElementById(id).hidden = data.translates;
  }
  for (const id of ["translations", "patches"]) {
    document.getElementById(id).hidden = !data.translates;
  }
  if (!data.translates) {
    return;
  }
  if (taken().length === 0) {
    body("translations").replaceChildren(make("p", { class: "soft" }, "This run kept no pictures (report-every was 0)."));
    document.getElementById("patches").hidden = true;
    return;
  }
  const sheet = data.translations;
  const images = make("ol", { class: "translated" });
  const identities = make("ol", { class: "translated" });
  body("translations").replaceChildren(
    make("p", { class: "soft" }, `The same sources in every epoch, their translations, and where the two differ: the mean difference over the colours, ${sheet.brighter} times as bright as it is, so that white is 1/${sheet.brighter} of the range or more.`),
    make("div", { class: "bar" }, slider()), images,
    ...(sheet.targets.length > 0
      ? [make("h3", {}, "Targets, which it should leave as they are"), identities]
      : []));
  listen("translations", () => {
    images.replaceChildren(...sheet.sources.map((name, i) => make("li", { class: "card" },
      pictured("source", original(i, 0, name)), pictured("translation", made(i, 0, `translation of ${name}`)),
      pictured("what changed", made(i, 1, `what changed in ${name}`)))));
    identities.replaceChildren(...sheet.targets.map((name, i) => make("li", { class: "card two" },
      pictured("target", original(i, 1, name)), pictured("its translation", made(i, 2, `translation of ${name}`)))));
  });
  patches();
}

/** Each asked patch of a translation, and how like it is to every patch of the source. */
function patches() {
  const sheet = data.translations;
  const count = sheet.points.length / 2;
  const list = make("ol", { class: "patches" });
  body("patches").replaceChildren(
    make("p", { class: "soft" }, "PatchNCE asks that a patch of the translation be most like the patch of the source at the same place. The maps show its cosine with every patch of the source at the deepest tap: black for 0 or less, light yellow for 1. The ring is where the light should be; rank 1 is found. All light means that patches all look alike."),
    make("div", { class: "bar" }, slider()), list);
  listen("patches", () => {
    const { found } = snapshot();
    list.replaceChildren(...sheet.sources.slice(0, sheet.asked).map((name, i) => make("li", { class: "card" },
      pictured("source", ringed(original(i, 0, name), all(count))),
      pictured("translation", ringed(made(i, 0, `translation of ${name}`), all(count))),
      ...all(count).map((point) => {
        const { cosine, rank, places } = found[i * count + point];
        const says = `patch ${point + 1}: rank ${rank.toLocaleString("en")} of ${places.toLocaleString("en")}, cosine ${cosine.toFixed(2)}`;
        return pictured(says, ringed(made(i * count + point, 3, `${name}, ${says}`), [point], false));
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
