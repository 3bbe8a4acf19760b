/* What every part of the page uses: the run's data, what the reader has chosen, and making elements. */
let data = JSON.parse(document.getElementById("data").textContent);

const chosen = { snapshot: Infinity, row: Infinity, layout: "tsne", photos: false, label: null, open: new Set() };

/** An element; text is only ever text. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) {
      element.addEventListener(key.slice(2), value);
    } else if (value !== false && value !== undefined) {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** What the reader may unfold; what is open stays so when the page is drawn anew. */
function folded(key, summary, ...children) {
  const details = make("details", { open: chosen.open.has(key) }, make("summary", {}, summary), ...children);
  details.addEventListener("toggle", () => chosen.open[details.open ? "add" : "delete"](key));
  return details;
}

function soft(...text) {
  return make("p", { class: "soft" }, ...text);
}

function body(section) {
  return document.querySelector(`#${section} .body`);
}

/** A number for people: four digits that count. */
function shown(value) {
  if (value === 0) {
    return "0";
  }
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) {
    return value.toExponential(2);
  }
  return value.toLocaleString("en", { maximumSignificantDigits: size >= 1000 ? Math.ceil(Math.log10(size)) : 4 });
}

/** The value of a column with its unit, or a dash. */
function quantity(column, value) {
  if (value === null || value === undefined) {
    return "-";
  }
  const figure = data.figures[column];
  return shown(value * figure.scale) + (figure.unit ? " " + figure.unit : "");
}

function cell(row, column) {
  return row[1 + data.columns.indexOf(column)];
}

/** The last row in which a column was measured, or undefined. */
function lastWith(column) {
  return data.columns.includes(column) ? data.rows.findLast((row) => cell(row, column) !== null) : undefined;
}

function epochName(epoch) {
  return epoch === 0 ? "before training" : `epoch ${epoch}`;
}

/** One picture of a contact sheet. */
function tile(sheet, place, columns, rows, description) {
  const picture = make("span", { class: `tile ${sheet}`, role: "img", "aria-label": description, title: description });
  picture.style.backgroundSize = `${columns * 100}% ${rows * 100}%`;
  const x = columns > 1 ? ((place % columns) / (columns - 1)) * 100 : 0;
  const y = rows > 1 ? (Math.floor(place / columns) / (rows - 1)) * 100 : 0;
  picture.style.backgroundPosition = `${x}% ${y}%`;
  return picture;
}

/** A picture that is shown large when it is pressed; in it beside another one of its list, if that is named. */
function opening(picture, caption, { name, beside } = {}) {
  picture.setAttribute("aria-hidden", "true");
  picture.removeAttribute("title");
  return make("button", { type: "button", class: "open", "data-caption": caption, "aria-label": caption, title: caption, "data-picture": name, "data-beside": beside }, picture);
}

function className(place) {
  const label = data.sample.labels[place];
  return label < 0 ? null : data.sample.classes[label];
}

function describe(place) {
  const name = className(place);
  return data.sample.names[place] + (name && !data.sample.names[place].startsWith(name) ? ` (${name})` : "");
}

function thumbnail(place) {
  const { columns, names } = data.sample;
  return tile("thumb", place, columns, Math.ceil(names.length / columns), describe(place));
}

/** What was taken after epochs, of whatever kind of run. */
function taken() {
  return data.translates ? data.translations?.epochs ?? [] : data.snapshots;
}

/** The snapshot that is looked at: the newest until the reader chooses another. */
function snapshot() {
  return taken()[Math.min(chosen.snapshot, taken().length - 1)];
}

/** A slider over the snapshots; every such slider of the page moves with it. */
function slider() {
  const last = taken().length - 1;
  const input = make("input", { type: "range", min: 0, max: last, step: 1, "data-slider": "" });
  input.addEventListener("input", () => {
    chosen.snapshot = Number(input.value) === last ? Infinity : Number(input.value);
    document.dispatchEvent(new Event("snapshot"));
  });
  return make("label", {}, make("span", { class: "soft" }, "Epoch"), input, make("output", { "data-epoch": "" }));
}

document.addEventListener("snapshot", () => {
  const { epoch } = snapshot();
  document.querySelectorAll("[data-slider]").forEach((input) => {
    input.value = Math.min(chosen.snapshot, taken().length - 1);
    input.setAttribute("aria-valuetext", epochName(epoch));
  });
  document.querySelectorAll("[data-epoch]").forEach((output) => {
    output.textContent = epochName(epoch);
  });
});
