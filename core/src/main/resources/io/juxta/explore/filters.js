/* What of the pictures passes. */
import { chosen, counted, fill, known, listen, make, marks, number, part, say, show, tell, thumbnail } from "./base.js";
import { classColour, clusterColour, points, RAMP, recolour, span } from "./points.js";

const MOST_TICKS = 200;
const fresh = () => ({ text: "", folder: "", classes: new Set(), clusters: new Set(), flags: new Set(), hand: "any", basket: false, listed: false, score: -1, low: NaN, high: NaN });
let wish = fresh();
const folders = [];
let folderOf = null;

export function filters() {
  folderOf = known.names.map((name) => name.slice(0, Math.max(0, name.lastIndexOf("/"))));
  const counts = new Map();
  folderOf.forEach((folder) => counts.set(folder, (counts.get(folder) ?? 0) + 1));
  folders.splice(0, folders.length, ...[...counts.keys()].sort());
  render(counts);
  apply();
}

function render(counts) {
  const text = make("input", { type: "search", id: "text", placeholder: "part of a name", oninput: () => change({ text: text.value.toLowerCase() }) });
  const folder = make("select", { id: "folder", onchange: () => change({ folder: folder.value }) },
    make("option", { value: "" }, `all ${number(folders.length)}`),
    ...folders.slice(0, 2000).map((name) => make("option", { value: `=${name}` }, `${name === "" ? "(top)" : name} (${number(counts.get(name))})`)));
  const hand = make("select", { id: "hand", onchange: () => change({ hand: hand.value }) },
    ...[["any", "any"], ["labelled", "labelled by hand"], ["bare", "not labelled by hand"]].map(([value, said]) => make("option", { value }, said)));
  const perClass = new Uint32Array(known.classes.length);
  known.labels.forEach((label) => label >= 0 && perClass[label]++);
  const perFlag = known.flags.map((_, flag) => known.bits.reduce((sum, bits) => sum + ((bits >>> flag) & 1), 0));
  fill(part("filters"), 
    make("details", { open: window.innerWidth >= 720 }, make("summary", {}, make("h2", {}, "Filters")),
      make("div", { class: "bar" },
        make("button", { type: "button", id: "reset", onclick: () => { wish = fresh(); render(counts); apply(); say("no filter"); } }, "Clear filters"),
        make("button", { type: "button", id: "list-passing", onclick: passing }, "List what passes")),
      make("h3", {}, make("label", { for: "text" }, "Name")), text,
      folders.length > 1 ? make("h3", {}, make("label", { for: "folder" }, "Folder")) : null, folders.length > 1 ? folder : null,
      ...ticks("Class", known.classes, perClass, wish.classes, classColour),
      make("div", { id: "clusters" }, ...clusters()),
      ...ticks("Found by curate", known.flags, perFlag, wish.flags),
      make("h3", {}, make("label", { for: "hand" }, "Labels by hand")), hand,
      make("ul", { class: "ticks" }, tick("Basket only", null, "basket", (on) => change({ basket: on })), tick("The list only", null, "listed", (on) => change({ listed: on }))),
      ...scores()));
}

function tick(name, count, id, set, colour, picture) {
  const box = make("input", { type: "checkbox", id: `tick-${id}`, onchange: () => set(box.checked) });
  const dot = colour ? make("i") : null;
  if (dot) {
    dot.style.background = colour;
  }
  const shown = picture === undefined ? null : thumbnail(picture);
  shown?.setAttribute("alt", ""); // the name says it
  return make("li", {}, make("label", {}, box, dot, shown, make("span", {}, name), count === null ? null : make("small", {}, number(count))));
}

/** Each with the picture in its middle, once they are made. */
function clusters() {
  return known.clusters === null ? [] : ticks("Cluster", known.clusters.sizes.map((_, i) => `Cluster ${i + 1}`), known.clusters.sizes, wish.clusters, clusterColour, known.clusters.middles);
}

function ticks(title, names, counts, set, colour, pictures) {
  if (names.length === 0) {
    return [];
  }
  const more = names.length - MOST_TICKS;
  return [make("h3", { id: `of-${title}` }, title), make("ul", { class: "ticks", "aria-labelledby": `of-${title}` },
    ...names.slice(0, MOST_TICKS).map((name, i) => tick(name, counts[i], `${title}-${i}`, (on) => {
      on ? set.add(i) : set.delete(i);
      apply();
    }, colour?.(i), pictures?.[i]))), more > 0 ? make("p", { class: "soft" }, `and ${number(more)} more: find them by name`) : null];
}

function scores() {
  if (known.scores.length === 0) {
    return [];
  }
  const low = make("input", { type: "number", step: "any", "aria-label": "at least", placeholder: "from", oninput: () => change({ low: low.valueAsNumber }) });
  const high = make("input", { type: "number", step: "any", "aria-label": "at most", placeholder: "to", oninput: () => change({ high: high.valueAsNumber }) });
  const which = make("select", { id: "score", onchange: () => {
    const score = Number(which.value);
    const [from, to] = score >= 0 ? span(score) : [NaN, NaN];
    low.placeholder = score >= 0 ? from.toPrecision(3) : "from";
    high.placeholder = score >= 0 ? to.toPrecision(3) : "to";
    change({ score });
  } }, make("option", { value: -1 }, "none"), ...known.scores.map((name, i) => make("option", { value: i }, name)));
  return [make("h3", {}, make("label", { for: "score" }, "Score")), which, make("div", { class: "bar", id: "range" }, low, high)];
}

function change(to) {
  wish = { ...wish, ...to };
  apply();
}

export function apply() {
  const { pass } = points;
  const names = wish.text === "" ? null : known.names;
  const wanted = wish.folder === "" ? null : wish.folder.slice(1);
  let bits = 0;
  wish.flags.forEach((flag) => { bits |= 1 << flag; });
  const values = wish.score >= 0 ? known.values[wish.score] : null;
  let passing = 0;
  for (let i = 0; i < known.count; i++) {
    const passes = (names === null || names[i].toLowerCase().includes(wish.text))
      && (wanted === null || folderOf[i] === wanted)
      && (wish.classes.size === 0 || wish.classes.has(known.labels[i]))
      && (wish.clusters.size === 0 || wish.clusters.has(known.clusters.of[i]))
      && (bits === 0 || (known.bits[i] & bits) !== 0)
      && (wish.hand === "any" || marks.labels.has(i) === (wish.hand === "labelled"))
      && (!wish.basket || marks.basket.has(i))
      && (!wish.listed || points.listed[i] === 1)
      && (values === null || ((Number.isNaN(wish.low) || values[i] >= wish.low) && (Number.isNaN(wish.high) || values[i] <= wish.high) && values[i] === values[i]));
    pass[i] = passes ? 1 : 0;
    passing += pass[i];
  }
  points.passing = passing;
  part("about").textContent = passing === known.count ? known.about : `${number(passing)} of ${counted(known.count, "picture")} pass`;
  part("empty").hidden = passing > 0;
  part("empty").textContent = "No picture passes. Clear filters shows all of them again.";
  tell("points");
  tell("draw");
}

function passing() {
  const found = [];
  for (let i = 0; i < known.count; i++) {
    if (points.pass[i]) {
      found.push(i);
    }
  }
  show("What passes", found);
  say(counted(found.length, "picture"));
}

listen("marks", () => (wish.basket || wish.hand !== "any") && apply());
listen("list", () => wish.listed && apply());
listen("clusters", () => part("clusters") && fill(part("clusters"), ...clusters()));

/** What the colours are, where the filters do not say it. */
function meaning() {
  const [kind, which] = chosen.colour.split(":");
  if (kind === "score") {
    const [low, high] = span(Number(which)).map((value) => String(Number(value.toPrecision(3))));
    const ramp = make("i", { class: "ramp" });
    ramp.style.background = RAMP;
    return [`${low} `, ramp, ` ${high}`];
  }
  return kind === "flag" ? [make("i", { class: "bad" }), ` ${known.flags[Number(which)]}`] : [];
}

/** By what the points are coloured. */
export function colouring() {
  const options = [["class", "class", known.classes.length > 0], ["hand", "label by hand", true], ["plain", "nothing", true],
    ...known.flags.map((name, i) => [`flag:${i}`, name, true]), ...known.scores.map((name, i) => [`score:${i}`, name, true])].filter(([, , there]) => there);
  const select = make("select", { id: "colour", onchange: () => { chosen.colour = select.value; recolour(); } }, ...options.map(([value, said]) => make("option", { value }, said)));
  chosen.colour = options[0][0];
  let touched = false;
  select.addEventListener("change", () => { touched = true; });
  listen("clusters", () => {
    select.insertBefore(make("option", { value: "cluster" }, "cluster"), select.querySelector("[value=hand]"));
    if (known.classes.length < 2 && !touched) {
      select.value = chosen.colour = "cluster";
      recolour();
    }
  });
  const legend = make("span", { id: "legend" });
  listen("points", () => fill(legend, ...meaning()));
  return make("span", { class: "bar" }, make("label", {}, "Colour ", select), legend);
}
