/* The diagnosis, and each figure that tells how the training is doing. */
function health() {
  const marks = { good: "✓", watch: "!", bad: "✕" };
  const parts = data.findings.map(({ verdict, finding, advice }) =>
    make("div", { class: `card verdict ${verdict in marks ? verdict : ""}` },
      make("p", {}, make("b", { "aria-hidden": "true" }, `${marks[verdict] ?? "?"} `), finding),
      advice ? make("p", {}, advice) : null));
  const figures = data.columns.filter((column) => data.figures[column].health && lastWith(column));
  if (figures.length === 0) {
    parts.push(make("p", { class: "soft" }, "Nothing has been measured yet: the first epoch is not over."));
  } else {
    parts.push(make("dl", { class: "grid figures" }, ...figures.map(figure)));
  }
  body("health").replaceChildren(...parts);
}

function figure(column) {
  const row = lastWith(column);
  const { name, meaning } = data.figures[column];
  const first = data.rows.find((other) => cell(other, column) !== null);
  const since = first === row
    ? ` Measured ${epochName(row[0])}.`
    : ` It was ${quantity(column, cell(first, column))} ${first[0] === 0 ? "before training" : `after epoch ${first[0]}`}.`;
  return make("div", { class: "card" },
    make("dt", {}, name, make("span", { class: "number" }, quantity(column, cell(row, column)))),
    make("dd", {}, meaning + since));
}
