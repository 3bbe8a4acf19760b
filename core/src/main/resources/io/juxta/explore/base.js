/* What every part uses: asking the command, making elements, being told of changes. */

/** All that is known, and what is chosen. Names are text and never markup. */
export const known = { count: 0, names: [], classes: [], flags: [], scores: [], labels: null, bits: null, values: [], clusters: null, layouts: {} };
export const chosen = { layout: "pca", colour: "class", list: [], notes: new Map(), title: "", open: -1, at: -1 };
export const marks = { basket: new Set(), labels: new Map() };
export const gone = new Map();

const listeners = new Map();

export function listen(what, listener) {
  listeners.set(what, [...(listeners.get(what) ?? []), listener]);
}

export function tell(what) {
  (listeners.get(what) ?? []).forEach((listener) => listener());
}

/** An element; children that are text stay text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const FOCUSABLE = "a, button, input, select, summary, [tabindex]";

/** What stands in an element from now on. Whoever was in it with the keys is in its like afterwards. */
export function fill(element, ...children) {
  const had = element.contains(document.activeElement) ? document.activeElement : null;
  const place = had ? [...element.querySelectorAll(FOCUSABLE)].indexOf(had) : -1;
  element.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
  if (place >= 0) {
    const now = [...element.querySelectorAll(FOCUSABLE)];
    const like = (had.id && part(had.id)) || now[Math.min(place, now.length - 1)];
    (like && !like.disabled ? like : now.find((each) => !each.disabled))?.focus({ preventScroll: true });
  }
}

export const part = (id) => document.getElementById(id);
export const number = (value) => value.toLocaleString("en");
export const counted = (n, what) => `${number(n)} ${what}${n === 1 ? "" : "s"}`;

export function say(text) {
  part("says").textContent = text;
}

export function trouble(text) {
  part("trouble").textContent = text;
  part("trouble").hidden = text === "";
}

/** Asks; what the command refuses is an error with its line. */
export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    trouble("The command does not answer: it has ended. Start juxta explore again and open the address that it prints.");
    throw new Error("no answer");
  }
  if (!answer.ok) {
    const error = new Error((await answer.text()).trim() || `refused (${answer.status})`);
    error.status = answer.status;
    throw error;
  }
  return answer;
}

export const asked = async (path, options) => (await ask(path, options)).json();
export const send = (path, json) => asked(path, { method: "POST", body: JSON.stringify(json) });

/** Does what a button says; a refusal is said. */
export const doing = (work) => async (...given) => {
  try {
    await work(...given);
  } catch (error) {
    say(error.message);
  }
};

/** A picture that was made small; one that is gone says so. */
export function thumbnail(picture, path = "thumb") {
  if (gone.has(picture)) {
    return make("span", { class: "gone", title: gone.get(picture) }, "gone or changed");
  }
  const image = make("img", { src: `${path}/${picture}`, alt: known.names[picture] ?? "", loading: "lazy", decoding: "async" });
  image.addEventListener("load", () => image.classList.toggle("pixels", Math.max(image.naturalWidth, image.naturalHeight) <= 64));
  image.addEventListener("error", () => {
    missing(picture, "this picture is no longer there, or has changed");
    image.replaceWith(thumbnail(picture, path));
  });
  return image;
}

/** Notes that a picture could not be had, and says how many could not. */
export function missing(picture, why) {
  if (!gone.has(picture)) {
    gone.set(picture, why);
    trouble(`${counted(gone.size, "picture")} of those asked for ${gone.size === 1 ? "is" : "are"} gone, damaged or changed since the command began. Start it again to look at the folder as it is now.`);
  }
}

/** A grid of pictures that open. */
export function grid(pictures, notes = new Map()) {
  return make("ul", { class: "grid" }, ...pictures.map((picture) => make("li", {},
    basketed(make("button", { type: "button", title: known.names[picture] ?? "", onclick: () => open(picture) }, thumbnail(picture)), picture),
    notes.has(picture) ? make("small", {}, notes.get(picture)) : null)));
}

/** A picture's button, which says whether that is in the basket. */
export function basketed(button, picture) {
  const inside = marks.basket.has(picture);
  button.classList.toggle("in", inside);
  button.setAttribute("aria-label", `${known.names[picture] ?? `picture ${picture + 1}`}${inside ? ", in the basket" : ""}`);
  return button;
}

/** Shows a picture large. Whoever works by keys comes to it, and back to where they were when it is closed. */
export function open(picture) {
  const from = document.activeElement;
  if (from && !part("detail").contains(from)) {
    chosen.opener = from;
  }
  chosen.open = picture;
  chosen.at = picture;
  tell("open");
  part("opened")?.focus({ preventScroll: true });
}

export function close() {
  chosen.open = -1;
  tell("open");
  tell("draw");
  (chosen.opener?.isConnected && chosen.opener !== document.body ? chosen.opener : part("map")).focus({ preventScroll: true });
}

/** A list of pictures that stands out on the map. */
export function show(title, pictures, notes = new Map()) {
  chosen.title = title;
  chosen.list = pictures;
  chosen.notes = notes;
  tell("list");
}

/** Of a picture's cluster, counted from 0; -1 where it has none. */
export const clusterOf = (picture) => known.clusters?.of[picture] ?? -1;

/** A picture in words: for whoever does not see the map. */
export function inWords(picture) {
  return [known.names[picture] ?? `picture ${picture + 1}`, labelOf(picture) && `class ${labelOf(picture)}`,
    clusterOf(picture) >= 0 && `cluster ${clusterOf(picture) + 1}`, marks.labels.has(picture) && `labelled ${marks.labels.get(picture)}`,
    marks.basket.has(picture) && "in the basket"].filter(Boolean).join(", ");
}

export function labelOf(picture) {
  const own = known.labels[picture];
  return own < 0 ? "" : known.classes[own];
}
