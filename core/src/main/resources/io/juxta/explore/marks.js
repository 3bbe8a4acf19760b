/* The basket, and labels given by hand: kept by the command, so that a page that is loaded again has them. */
import { asked, counted, doing, fill, grid, known, listen, make, marks, number, part, say, send, show, tell } from "./base.js";

const SHOWN = 24;

export const inBasket = (picture) => marks.basket.has(picture);

function take({ basket, labels }) {
  marks.basket = new Set(basket);
  marks.labels = new Map(labels);
  tell("marks");
}

export async function readMarks() {
  take(await asked("marks"));
}

export async function put(add, remove) {
  const before = marks.basket.size;
  take(await send("basket", { add, remove }));
  const change = marks.basket.size - before;
  say(`${change === 0 ? "nothing new" : `${counted(Math.abs(change), "picture")} ${change < 0 ? "taken out" : "put in"}`}, ${number(marks.basket.size)} in the basket`);
}

export const toggle = doing((picture) => put(...(inBasket(picture) ? [[], [picture]] : [[picture], []])));

export async function labelAll(pictures, label) {
  take(await send("label", { pictures, label }));
  say(label.trim() === "" ? `no label by hand for ${counted(pictures.length, "picture")}` : `${counted(pictures.length, "picture")} labelled ${label.trim()}`);
}

export async function takeTable(file) {
  const before = marks.labels.size;
  take(await asked("labels", { method: "POST", body: file }));
  say(`labels of ${file.name} taken: ${number(marks.labels.size)} labelled by hand, ${number(marks.labels.size - before)} more than before`);
}

function render() {
  const pictures = [...marks.basket];
  const table = make("input", { type: "file", id: "table", accept: ".csv,.txt,text/csv", onchange: doing(() => table.files[0] && takeTable(table.files[0])) });
  const name = make("input", { type: "text", id: "folder-name", value: part("folder-name")?.value ?? "", maxlength: 64, "aria-label": "Name of the new folder", placeholder: "name of a folder" });
  const into = (how) => make("button", { type: "button", id: how, disabled: pictures.length === 0, onclick: doing(async () => {
    say("");
    say((await send("export", { name: name.value.trim(), how })).line);
  }) }, how === "copy" ? "Copy" : "Link");
  fill(part("basket"), 
    make("h2", {}, `Basket: ${counted(pictures.length, "picture")}`),
    pictures.length === 0 ? make("p", { class: "soft" }, "Empty. A picture goes in by its button, or by B on the map.") : grid(pictures.slice(0, SHOWN)),
    make("div", { class: "bar" },
      make("button", { type: "button", disabled: pictures.length === 0, onclick: () => show("Basket", pictures) }, "List all"),
      make("button", { type: "button", disabled: pictures.length === 0, onclick: doing(() => put([], pictures)) }, "Empty"),
      make("a", { class: "button", href: "basket.csv", download: "basket.csv" }, "Save list")),
    known.exports === "" ? make("p", { class: "soft" }, "Started with --export DIR, the command copies it into a folder.")
      : make("div", {}, make("div", { class: "bar" }, name, into("copy"), into("link")), make("p", { class: "soft" }, `into a new folder in ${known.exports}`)),
    make("h3", {}, `Labels by hand: ${number(marks.labels.size)}`),
    make("div", { class: "bar" }, make("a", { class: "button", href: "labels.csv", download: "labels.csv" }, "Save labels"), make("label", { class: "button file" }, "Take labels…", table)),
    known.kept ? null : make("p", { class: "soft" }, "Basket and labels last until the command ends; with --curated DIR they are kept."));
}

export function basket() {
  render();
}

listen("marks", render);
