/* Originals, each beside views that training made of it: a pair, and one of each further kind of crop. */
function views() {
  const sheet = data.views;
  if (!sheet) {
    body("views").replaceChildren(make("p", { class: "soft" }, "This run kept no pictures (report-every was 0)."));
    return;
  }
  const kinds = sheet.kinds;
  // for each picture of an epoch its kind, and its number among the views of an image
  const shown = kinds.flatMap((kind, place) => {
    const first = kinds.slice(0, place).reduce((sum, before) => sum + before.count, 1);
    return Array.from({ length: kind.shown }, (_, i) => ({ kind, number: first + i }));
  });
  const columns = 1 + shown.length * sheet.epochs;
  const span = `grid-column: span ${shown.length}`;
  const cells = [make("span", { class: "head" }, "original"), make("span")];
  for (let epoch = 1; epoch <= sheet.epochs; epoch++) {
    cells.push(make("span", { class: "head", style: span }, `epoch ${epoch}`));
  }
  if (kinds.length > 1) {
    cells.push(make("span"), make("span"));
    for (let epoch = 1; epoch <= sheet.epochs; epoch++) {
      cells.push(...shown.map(({ kind }) => make("span", { class: "head" }, `${kind.size}`)));
    }
  }
  sheet.names.forEach((name, row) => {
    for (let column = 0; column < columns; column++) {
      const { number } = shown[(column - 1) % shown.length] ?? {};
      const epoch = Math.ceil(column / shown.length);
      const description = column === 0 ? name : `${name}: view ${number} of epoch ${epoch}`;
      cells.push(tile("view", row * columns + column, columns, sheet.names.length, description));
      if (column === 0) {
        cells.push(make("span"));
      }
    }
  });
  const grid = make("div", { class: `views card${sheet.tile <= 48 ? " pixels" : ""}` }, ...cells);
  grid.style.setProperty("--columns", columns - 1);
  body("views").replaceChildren(
    make("p", { class: "soft" }, "Each row is an image and the very views of it that the first epochs train on. " + together(kinds)),
    grid,
    make("details", {}, make("summary", {}, "The steps that make a view"),
      ...kinds.flatMap((kind) => [
        kinds.length > 1 ? make("p", { class: "soft" }, `${kind.count} of ${kind.size} px:`) : null,
        make("ol", { class: "steps" }, ...kind.steps.map((step) => make("li", {}, step)))])));
}

/** What the views of one epoch have to do with each other. */
function together(kinds) {
  const hard = "They should be hard to match, but not for you.";
  if (kinds.length === 1) {
    return "The two of one epoch are a pair: the encoder is asked to know one by the other. " + hard;
  }
  const made = kinds.map((kind) => `${kind.count} of ${kind.size} px`).join(" and ");
  return `In an epoch an image has ${made}, of which some are shown: the encoder is asked to say of each what it says of the others. ` + hard;
}
