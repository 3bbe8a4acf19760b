/* Begins: asks for all that is known, and puts the parts together. */
import { ask, asked, chosen, doing, fill, known, make, number, part, say, tell } from "./base.js";
import { colouring, filters } from "./filters.js";
import { inView, setMode } from "./gestures.js";
import { dropping, lists } from "./lists.js";
import { basket, readMarks } from "./marks.js";
import { draw, fit, over, whole, zoom } from "./plane.js";
import { place, points, readTheme } from "./points.js";
import "./detail.js";
import "./words.js";

const PAUSE = 700;
let touched = false;

/** Buttons of which one is pressed. */
function choice(name, said, options, get, set) {
  const buttons = options.map(([value, text]) => make("button", { type: "button", id: `${name}-${value}`, onclick: () => { set(value); refresh(); } }, text));
  const refresh = () => buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(options[i][0] === get())));
  refresh();
  return { box: make("div", { class: "choice", role: "group", "aria-label": said }, ...buttons), buttons, refresh };
}

const floats = async (path) => new Float32Array(await (await ask(path)).arrayBuffer());

async function begin() {
  say("reading …");
  Object.assign(known, { flags: [], scores: [], classes: [] }, await asked("collection"));
  part("title").textContent = known.title;
  part("about").textContent = known.about;
  document.title = `${known.title} · Juxta explore`;
  const [columns, pca] = await Promise.all([ask("columns").then((answer) => answer.arrayBuffer()), floats("map/pca")]);
  const n = known.count;
  known.labels = new Int32Array(columns, 0, n);
  known.bits = new Int32Array(columns, 4 * n, n);
  known.values = known.scores.map((_, i) => new Float32Array(columns, 4 * n * (2 + i), n));
  known.layouts.pca = pca;
  points.pass = new Uint8Array(n).fill(1);
  points.listed = new Uint8Array(n);
  points.passing = n;
  const colour = colouring();
  readTheme();
  place("pca");
  fit();
  tools(colour);
  known.names = await asked("names");
  await readMarks();
  filters();
  lists();
  basket();
  dropping();
  part("keys-shown").textContent = part("keys").textContent; // what is folded away describes nothing
  part("map").setAttribute("aria-label", `Map of ${number(known.placed)} pictures`);
  say(known.placed < n ? `${number(n - known.placed)} of the pictures have no place on the map, since they could not be embedded` : "");
  document.body.dataset.ready = "yes";
}

function tools(colour) {
  let mode = "move";
  const layout = choice("layout", "The map is laid out by", [["near", "Neighbours"], ["pca", "PCA"]], () => chosen.layout, (to) => { touched = true; place(to); });
  layout.buttons[0].disabled = true;
  layout.buttons[0].title = "Near is whom it is near: look for groups, not for the distances between them";
  layout.buttons[1].title = "The two directions of most difference";
  fill(part("tools"), 
    layout.box,
    choice("drag", "Dragging", [["move", "Move"], ["lasso", "Lasso"]], () => mode, (to) => { mode = to; setMode(to); }).box,
    make("div", { class: "choice", role: "group", "aria-label": "Zoom" },
      make("button", { type: "button", "aria-label": "Zoom in", onclick: () => zoom(1.6) }, "+"),
      make("button", { type: "button", "aria-label": "Zoom out", onclick: () => zoom(1 / 1.6) }, "−"),
      make("button", { type: "button", onclick: whole }, "Whole map")),
    make("button", { type: "button", id: "in-view", onclick: inView }, "List what is in view"),
    make("span", { class: "bar" }, make("span", { "aria-hidden": "true" }, "Pictures"),
      choice("pictures", "Pictures on the map", [["near", "Near the pointer"], ["everywhere", "Everywhere"], ["never", "None"]], () => over.pictures, (to) => { over.pictures = to; draw(); }).box),
    colour);
  follow(layout);
}

/** Until the map of neighbours is made. */
async function follow(layout) {
  for (;;) {
    const { state, task, done, total, clusters } = await asked("progress");
    if (clusters && known.clusters === null) {
      const { of, sizes, middles } = await asked("clusters");
      known.clusters = { of: Int32Array.from(of), sizes, middles };
      tell("clusters");
    }
    part("making").hidden = state !== "working";
    if (state === "working") {
      part("task").textContent = `${task === "finding clusters" ? "" : "Map of neighbours: "}${task || "beginning"}`;
      part("progress").value = total > 0 ? done / total : 0;
    } else if (state === "failed") {
      say(`${clusters || known.clusters ? "" : "clusters and "}the map of neighbours could not be made: ${task}`);
      return;
    } else {
      known.layouts.near = await floats("map/near");
      layout.buttons[0].disabled = false;
      if (!touched && chosen.at < 0 && chosen.open < 0) {
        place("near");
        layout.refresh();
      } else {
        say("the map of neighbours is ready");
      }
      document.body.dataset.near = "yes";
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readTheme(); tell("draw"); });
doing(begin)();
