/* Originals, each beside views that training made of it: a pair, and one of each further kind of crop. */
const FIRST_ORIGINALS = 4;

function views() {
  const sheet = data.views;
  if (!sheet) {
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
  const head = [make("span", { class: "head" }, "original"), make("span")];
  for (let epoch = 1; epoch <= sheet.epochs; epoch++) {
    head.push(make("span", { class: "head", style: span }, `epoch ${epoch}`));
  }
  if (kinds.length > 1) {
    head.push(make("span"), make("span"));
    for (let epoch = 1; epoch <= sheet.epochs; epoch++) {
      head.push(...shown.map(({ kind }) => make("span", { class: "head" }, `${kind.size}`)));
    }
  }
  const rows = sheet.names.map((name, row) => {
    const cells = [];
    for (let column = 0; column < columns; column++) {
      const { number } = shown[(column - 1) % shown.length] ?? {};
      const epoch = Math.ceil(column / shown.length);
      const description = column === 0 ? name : `${name}: view ${number} of epoch ${epoch}`;
      const names = column === 0 ? { name: `original ${row}` } : { beside: `original ${row}` };
      cells.push(opening(tile("view", row * columns + column, columns, sheet.names.length, description), description, names));
      if (column === 0) {
        cells.push(make("span"));
      }
    }
    return cells;
  });
  const grid = (...cells) => {
    const element = make("div", { class: "views card" }, ...cells);
    element.style.setProperty("--columns", columns - 1);
    return element;
  };
  const few = rows.slice(FIRST_ORIGINALS);
  body("views").replaceChildren(
    soft("Each row is an image and the very views of it that the first epochs train on. " + together(kinds)),
    make("div", { "data-group": "", class: sheet.tile <= 48 ? "pixels" : "" },
      grid(...head, ...rows.slice(0, FIRST_ORIGINALS).flat()),
      few.length > 0 ? folded("originals", `${few.length} more`, grid(...few.flat())) : null),
    folded("steps", "The steps that make a view",
      ...kinds.flatMap((kind) => [
        kinds.length > 1 ? soft(`${kind.count} of ${kind.size} px:`) : null,
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
