/* Originals, each beside the pairs of views that training made of it. */
function views() {
  const sheet = data.views;
  if (!sheet) {
    body("views").replaceChildren(make("p", { class: "soft" }, "This run kept no pictures (report-every was 0)."));
    return;
  }
  const columns = 1 + 2 * sheet.epochs;
  const cells = [make("span", { class: "head" }, "original"), make("span")];
  for (let epoch = 1; epoch <= sheet.epochs; epoch++) {
    cells.push(make("span", { class: "head pair" }, `epoch ${epoch}`));
  }
  sheet.names.forEach((name, row) => {
    for (let column = 0; column < columns; column++) {
      const description = column === 0 ? name : `${name}: view ${1 + ((column - 1) % 2)} of epoch ${Math.ceil(column / 2)}`;
      cells.push(tile("view", row * columns + column, columns, sheet.names.length, description));
      if (column === 0) {
        cells.push(make("span"));
      }
    }
  });
  const grid = make("div", { class: `views card${sheet.tile <= 48 ? " pixels" : ""}` }, ...cells);
  grid.style.gridTemplateColumns = sheet.epochs === 3 ? "" : `1fr 6px repeat(${columns - 1}, 1fr)`;
  body("views").replaceChildren(
    make("p", { class: "soft" }, "Each row is an image and the very views of it that the first epochs train on. The two of one epoch are a pair: the encoder is asked to know one by the other. They should be hard to match, but not for you."),
    grid,
    make("details", {}, make("summary", {}, "The steps that make a view"),
      make("ol", { class: "steps" }, ...sheet.steps.map((step) => make("li", {}, step)))));
}
