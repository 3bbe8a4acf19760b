/* Curves over the epochs: every picture follows the same cursor, by mouse, finger or arrow keys. */
const SVG = "http://www.w3.org/2000/svg";
const EDGE = { left: 46, right: 12, top: 12, bottom: 22 };
const HEIGHTS = { large: 230, small: 130 };
let drawn = [];

function curves() {
  if (data.charts.length === 0) {
    body("curves").replaceChildren(soft("There are no figures yet: the first epoch is not over."));
    return;
  }
  drawn = data.charts.map(chart);
  const elements = (isLarge) => drawn.filter(({ spec }) => spec.large === isLarge).map(({ element }) => element);
  const [main, rest] = [elements(true), elements(false)];
  const parts = [];
  if (main.length > 0) {
    parts.push(make("div", { class: "grid main" }, ...main),
      soft("Point at a curve, or choose one with Tab and use the arrow keys: all of them show that epoch's values."));
  } else {
    parts.push(soft("One epoch is no curve yet; its figures are below."));
  }
  if (rest.length > 0) {
    parts.push(folded("curves", main.length > 0 ? `${rest.length} more: what is flat, and what matters less` : "All figures", make("div", { class: "grid" }, ...rest)));
  }
  parts.push(table());
  body("curves").replaceChildren(...parts);
  body("curves").querySelectorAll("details").forEach((details) => details.addEventListener("toggle", drawAll));
  drawAll();
}

function chart(spec) {
  const readout = make("output", { "aria-live": "off", class: "number" });
  const height = HEIGHTS[spec.large ? "large" : "small"];
  const svg = svgElement("svg", { "aria-hidden": "true", height });
  svg.style.height = `${height}px`;
  const several = spec.columns.length > 1;
  const element = make("figure", {
    class: "card chart", tabindex: 0, role: "group",
    "aria-label": `${spec.title}: curve over ${data.rows.length} measurements; arrow keys choose one`,
  },
    make("div", { class: "top" }, make("h3", {}, spec.title), readout),
    several ? make("div", { class: "series" }, ...spec.columns.map((column) => make("span", {}, data.figures[column].name))) : null,
    svg,
    make("figcaption", {}, [...spec.columns.map((column) => data.figures[column].meaning), ...spec.notes].filter(Boolean).join(" ")));
  const it = { spec, element, svg, readout, height };
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
  const { spec, svg, height } = it;
  const width = svg.clientWidth || 320;
  const { scale } = data.figures[spec.columns[0]];
  let [low, high] = [spec.low * scale, spec.high * scale];
  const margin = (high - low || Math.abs(high) || 1) * 0.08;
  low = low >= 0 ? Math.max(0, low - margin) : low - margin;
  high += margin;
  const [from, to] = [data.rows[0][0], data.rows[data.rows.length - 1][0]];
  const x = (epoch) => EDGE.left + ((epoch - from) / (to - from || 1)) * (width - EDGE.left - EDGE.right);
  const y = (value) => height - EDGE.bottom - ((value - low) / (high - low)) * (height - EDGE.top - EDGE.bottom);
  const parts = [];
  for (const value of ticks(low, high, false)) {
    parts.push(svgElement("line", { class: "gridline", x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }));
    parts.push(svgElement("text", { x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, shown(value)));
  }
  for (const epoch of ticks(from, to, true)) {
    parts.push(svgElement("text", { x: x(epoch), y: height - 5, "text-anchor": "middle" }, epoch));
  }
  if (spec.reference && spec.reference.value * scale <= high && spec.reference.value * scale >= low) {
    const level = y(spec.reference.value * scale);
    parts.push(svgElement("line", { class: "reference", x1: EDGE.left, x2: width - EDGE.right, y1: level, y2: level }));
    parts.push(svgElement("text", { x: width - EDGE.right, y: level < 30 ? level + 14 : level - 5, "text-anchor": "end" }, spec.reference.label));
  }
  spec.columns.forEach((column, number) => parts.push(...series(column, number, { x, y, low, high, scale })));
  it.cursor = svgElement("line", { class: "cursor", y1: EDGE.top, y2: height - EDGE.bottom, visibility: "hidden" });
  parts.push(it.cursor);
  svg.replaceChildren(...parts);
  it.x = x;
  it.rowAt = (place) => data.rows.reduce((best, row, i) =>
    Math.abs(x(row[0]) - place) < Math.abs(x(data.rows[best][0]) - place) ? i : best, 0);
}

/** A column's line; what lies beyond the axis is cut off, marked by an arrow at the edge with its value. */
function series(column, number, { x, y, low, high, scale }) {
  const points = data.rows.map((row) => [row[0], cell(row, column)]).filter(([, value]) => value !== null)
    .map(([epoch, value]) => [epoch, value * scale]);
  const inside = ([, value]) => value >= low && value <= high;
  const path = points.map(([epoch, value], i) => !inside(points[i]) ? ""
    : `${i > 0 && inside(points[i - 1]) ? "L" : "M"}${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const parts = [svgElement("path", { class: `s${number}`, d: path })];
  for (const [i, [epoch, value]] of points.entries()) {
    if (!inside(points[i])) {
      const up = value > high;
      const edge = y(up ? high : low);
      const tip = up ? -7 : 7;
      parts.push(svgElement("path", { class: `cut s${number}`, d: `M${x(epoch) - 5} ${edge}h10l-5 ${tip}z` }),
        svgElement("text", { x: x(epoch) + 9, y: edge + (up ? 6 : 2) }, shown(value)));
    } else if (points.length <= 30) {
      parts.push(svgElement("circle", { class: `s${number}`, cx: x(epoch), cy: y(value), r: 3 }));
    }
  }
  return parts;
}

/** Moves the cursor of all pictures to a row of the metrics; beyond the last one it rests, and the last values show. */
function point(row) {
  chosen.row = row;
  drawn.filter(({ x }) => x).forEach(({ spec, cursor, readout, x }) => {
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
  return folded("table", `The same as a table${thinned}`,
    make("div", { class: "scroll card", tabindex: 0, role: "region", "aria-label": "Table of all figures" },
      make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows))));
}

new ResizeObserver(() => drawAll()).observe(document.getElementById("curves"));
