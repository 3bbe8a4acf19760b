/* The list: what was enclosed, found or asked for. */
import { asked, basketed, chosen, counted, doing, fill, grid, known, listen, make, number, part, say, show } from "./base.js";
import { reveal } from "./plane.js";
import { labelAll, put, takeTable } from "./marks.js";

const PAGE = 48;
const LARGEST = 64 * 1024 * 1024;

function render() {
  const box = part("list");
  const { title, list, notes } = chosen;
  const search = make("input", { type: "file", id: "search", accept: "image/*", onchange: doing(() => search.files[0] && given(search.files[0])) });
  const like = known.search ? make("label", { class: "button file" }, "Like a picture of mine…", search) : null;
  if (title === "") {
    fill(box, make("h2", {}, "List"), make("p", { class: "soft" }, known.search
      ? "Draw a loop on the map (Lasso, or Shift and drag), or drop a picture onto the page to find those like it."
      : "Draw a loop on the map (Lasso, or Shift and drag). Pictures from elsewhere can be looked for when the command is given --encoder."), like);
    return;
  }
  const label = make("input", { type: "text", maxlength: 200, "aria-label": "Label for all of the list", placeholder: "label" });
  let shown = PAGE;
  const pictures = make("div");
  const more = make("button", { type: "button", onclick: () => { shown += 4 * PAGE; page(); } }, "More");
  const page = () => {
    fill(pictures, grid(list.slice(0, shown), notes));
    more.hidden = shown >= list.length;
  };
  page();
  fill(box, 
    make("h2", {}, `${title}: ${counted(list.length, "picture")}`),
    list.length === 0 ? make("p", { class: "soft" }, "Nothing.") : make("div", {},
      make("div", { class: "bar" },
        make("button", { type: "button", id: "all-to-basket", onclick: doing(() => put(list, [])) }, "Into the basket"),
        make("button", { type: "button", onclick: doing(() => put([], list)) }, "Out of the basket"),
        make("button", { type: "button", onclick: () => show("", []) }, "Clear list")),
      make("form", { class: "bar", onsubmit: doing(async (event) => { event.preventDefault(); await labelAll(list, label.value); }) },
        label, make("button", { type: "submit" }, `Label ${number(list.length)}`))),
    pictures, more, like);
}

/** Finds what is like a picture from elsewhere, or takes a table of labels. */
export async function given(file) {
  if (/\.(csv|txt)$/i.test(file.name) || file.type === "text/csv") {
    await takeTable(file);
    return;
  }
  if (file.size > LARGEST) {
    say(`${file.name} is larger than 64 MiB, which is not looked at`);
    return;
  }
  say(`looking for pictures like ${file.name} …`);
  found(`Like ${file.name}`, await asked("search", { method: "POST", body: file }));
}

/** Shows pictures and their cosines. */
export function found(title, near) {
  show(title, near.map(([picture]) => picture), new Map(near.map(([picture, cosine]) => [picture, cosine.toFixed(3)])));
  say(near.length === 0 ? "nothing is known to be like it" : `${title}: ${counted(near.length, "picture")}, the nearest first`);
  if (near.length > 0) {
    reveal(near[0][0]);
  }
}

export function dropping() {
  const drop = part("drop");
  const files = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  let depth = 0;
  document.addEventListener("dragenter", (event) => { depth++; drop.hidden = !files(event); });
  document.addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); drop.hidden ||= depth === 0; });
  document.addEventListener("dragover", (event) => files(event) && event.preventDefault());
  document.addEventListener("drop", doing(async (event) => {
    depth = 0;
    drop.hidden = true;
    if (files(event)) {
      event.preventDefault();
      if (event.dataTransfer.files.length !== 1) {
        say("drop one file at a time");
      } else {
        await given(event.dataTransfer.files[0]);
      }
    }
  }));
}

export function lists() {
  render();
}

listen("list", render);
listen("marks", () => document.querySelectorAll("#list .grid button").forEach((button, i) => basketed(button, chosen.list[i])));
