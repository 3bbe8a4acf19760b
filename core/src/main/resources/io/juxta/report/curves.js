/* Curves over the epochs: every picture follows the same cursor, by mouse, finger or arrow keys. */
const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 180;
const EDGE = { left: 46, right: 12, top: 10, bottom: 22 };
let drawn = [];

function curves() {
  if (data.charts.length === 0) {
    body("curves").replaceChildren(make("p", { class: "soft" }, "There are no figures yet: the first epoch is not over."));
    return;
  }
  drawn = data.charts.map(chart);
  body("curves").replaceChildren(
    make("p", { class: "soft" }, "Point at a curve, or choose one with Tab and use the arrow keys: all of them show that epoch's values."),
    make("div", { class: "grid" }, ...drawn.map(({ element }) => element)),
    table());
  drawAll();
}

function chart(spec) {
  const readout = make("output", { "aria-live": "off", class: "number" });
  const svg = svgElement("svg", { "aria-hidden": "true", height: HEIGHT });
  const several = spec.columns.length > 1;
  const element = make("figure", {
    class: "card chart", tabindex: 0, role: "group",
    "aria-label": `${spec.title}: curve over ${data.rows.length} measurements; arrow keys choose one`,
  },
    make("div", { class: "top" }, make("h3", {}, spec.title), readout),
    several ? make("div", { class: "series" }, ...spec.columns.map((column) => make("span", {}, data.figures[column].name))) : null,
    svg,
    make("figcaption", {}, spec.columns.map((column) => data.figures[column].meaning).filter(Boolean).join(" ")));
  const it = { spec, element, svg, readout };
  svg.addEventListener("pointermove", (event) => point(it.rowAt(event.clientX - svg.getBoundingClientRect().left)));
  svg.addEventListener("pointerleave", () => point(Infinity));
  element.addEventListener("focus", () => readout.setAttribute("aria-live", "polite"));
  element.addEventListener("blur", () => { readout.setAttribute("aria-live", "off"); point(Infinity); });
  element.addEventListener("keydown", (event) => {
    const last = data.rows.length - 1;
    const now = Math.min(chosen.row, last);
    const to = { ArrowLeft: Math.max(0, now - 1), ArrowRight: Math.min(last, now + 1), Home: 0, End: last }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      point(to);
    }
  });
  return it;
}

function svgElement(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  element.textContent = text ?? "";
  return element;
}

/** Round values that cover a range in three to six steps. */
function ticks(low, high, whole) {
  const raw = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const rough = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= raw * 0.99);
  const step = whole ? Math.max(1, Math.round(rough)) : rough;
  const values = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    values.push(i * step);
  }
  return values;
}

function draw(it) {
  const { spec, svg } = it;
  const width = svg.clientWidth || 320;
  const { scale } = data.figures[spec.columns[0]];
  const points = spec.columns.map((column) => data.rows
    .map((row) => [row[0], cell(row, column)]).filter(([, value]) => value !== null)
    .map(([epoch, value]) => [epoch, value * scale]));
  const values = points.flat().map(([, value]) => value).concat(spec.reference ? [spec.reference.value] : []);
  let [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || Math.abs(high) || 1) * 0.08;
  low = low >= 0 ? Math.max(0, low - margin) : low - margin;
  high += margin;
  const [from, to] = [data.rows[0][0], data.rows[data.rows.length - 1][0]];
  const x = (epoch) => EDGE.left + ((epoch - from) / (to - from || 1)) * (width - EDGE.left - EDGE.right);
  const y = (value) => HEIGHT - EDGE.bottom - ((value - low) / (high - low)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const parts = [];
  for (const value of ticks(low, high, false)) {
    parts.push(svgElement("line", { class: "gridline", x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }));
    parts.push(svgElement("text", { x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, shown(value)));
  }
  for (const epoch of ticks(from, to, true)) {
    parts.push(svgElement("text", { x: x(epoch), y: HEIGHT - 5, "text-anchor": "middle" }, epoch));
  }
  if (spec.reference) {
    const level = y(spec.reference.value);
    parts.push(svgElement("line", { class: "reference", x1: EDGE.left, x2: width - EDGE.right, y1: level, y2: level }));
    parts.push(svgElement("text", { x: width - EDGE.right, y: level < 30 ? level + 14 : level - 5, "text-anchor": "end" }, spec.reference.label));
  }
  points.forEach((series, number) => {
    const path = series.map(([epoch, value], i) => `${i ? "L" : "M"}${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`).join("");
    parts.push(svgElement("path", { class: `s${number}`, d: path }));
    if (series.length <= 30) {
      series.forEach(([epoch, value]) => parts.push(svgElement("circle", { class: `s${number}`, cx: x(epoch), cy: y(value), r: 3 })));
    }
  });
  it.cursor = svgElement("line", { class: "cursor", y1: EDGE.top, y2: HEIGHT - EDGE.bottom, visibility: "hidden" });
  parts.push(it.cursor);
  svg.replaceChildren(...parts);
  it.x = x;
  it.rowAt = (place) => data.rows.reduce((best, row, i) =>
    Math.abs(x(row[0]) - place) < Math.abs(x(data.rows[best][0]) - place) ? i : best, 0);
}

/** Moves the cursor of all pictures to a row of the metrics; beyond the last one it rests, and the last values show. */
function point(row) {
  chosen.row = row;
  drawn.forEach(({ spec, cursor, readout, x }) => {
    const rests = row >= data.rows.length;
    const at = rests ? spec.columns.map(lastWith).find(Boolean) : data.rows[row];
    const text = spec.columns.map((column) => quantity(column, cell(at, column))).join(" / ");
    readout.replaceChildren(`${epochName(at[0])}: `, make("b", {}, text));
    cursor.setAttribute("visibility", rests ? "hidden" : "visible");
    cursor.setAttribute("x1", x(at[0]));
    cursor.setAttribute("x2", x(at[0]));
  });
}

function drawAll() {
  drawn.forEach(draw);
  point(chosen.row);
}

function table() {
  const head = make("tr", {}, make("th", { scope: "col" }, "Epoch"), ...data.columns.map((column) => {
    const { name, unit } = data.figures[column];
    return make("th", { scope: "col" }, name + (unit ? ` (${unit})` : ""));
  }));
  const rows = data.rows.map((row) => make("tr", {}, make("th", { scope: "row" }, row[0]), ...data.columns.map((column) => {
    const value = cell(row, column);
    return make("td", {}, value === null ? "" : shown(value * data.figures[column].scale));
  })));
  const thinned = data.measured > data.rows.length ? ` (${data.rows.length} of ${data.measured} rows, evenly spread)` : "";
  return make("details", {}, make("summary", {}, `The same as a table${thinned}`),
    make("div", { class: "scroll card", tabindex: 0, role: "region", "aria-label": "Table of all figures" },
      make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows))));
}

new ResizeObserver(() => drawAll()).observe(document.getElementById("curves"));
