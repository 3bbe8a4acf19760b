/* The whole page, drawn from the data; drawn anew when they change. */
const listeners = {};

/** Has something done now, and whenever another snapshot is chosen. */
function listen(name, refresh) {
  document.removeEventListener("snapshot", listeners[name]);
  listeners[name] = refresh;
  document.addEventListener("snapshot", refresh);
}

function about() {
  const last = data.rows[data.rows.length - 1];
  const done = last ? last[0] : 0;
  document.getElementById("about").textContent =
    [data.method, data.arch, `${data.epochs ? `${done} of ${data.epochs}` : done} epochs`].filter(Boolean).join(" · ");
  const loss = data.charts.find((chart) => chart.columns.includes("loss"));
  const notes = {
    loss: loss?.reference ? loss.reference.label : "",
    knn: best("knn", 1),
    kid: best("kid", -1),
    images_per_second: "in the last epoch",
  };
  const key = ["loss", "knn", "kid", "acc1", "prototype_entropy", "effective_rank", "nce", "change", "images_per_second"].filter(lastWith).slice(0, 4);
  document.getElementById("key").replaceChildren(...key.map((column) => make("div", {},
    make("dt", {}, data.figures[column].name),
    make("dd", { class: "number" }, quantity(column, cell(lastWith(column), column)), make("small", {}, notes[column] || "\u00a0")))));
}

/** @param sign 1 where more is better, -1 where less is */
function best(column, sign) {
  const rows = data.columns.includes(column) ? data.rows.filter((row) => cell(row, column) !== null) : [];
  if (rows.length < 2) {
    return "";
  }
  const top = rows.reduce((a, b) => (sign * (cell(b, column) - cell(a, column)) > 0 ? b : a));
  return `best ${quantity(column, cell(top, column))}, ${epochName(top[0])}`;
}

function contents() {
  document.getElementById("contents").replaceChildren(...[...document.querySelectorAll("main section:not([hidden])")].map((section) =>
    make("li", {}, make("a", { href: `#${section.id}` }, section.querySelector("h2").textContent))));
}

function render() {
  about();
  [health, curves, views, neighbours, prototypes, map, translations, recipe].forEach((part) => part());
  contents();
  if (taken().length > 0) {
    document.dispatchEvent(new Event("snapshot"));
  }
}

render();
