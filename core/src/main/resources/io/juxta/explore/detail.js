/* One picture, large: what is known of it, and those like it. */
import { asked, chosen, close, clusterOf, counted, doing, fill, grid, inWords, known, labelOf, listen, make, marks, part, say, thumbnail } from "./base.js";
import { found } from "./lists.js";
import { inBasket, labelAll, toggle } from "./marks.js";
import { reveal } from "./plane.js";

let near = [];

async function render() {
  const picture = chosen.open;
  const box = part("detail");
  box.hidden = picture < 0;
  if (picture < 0) {
    return;
  }
  near = [];
  facts(picture);
  box.scrollIntoView({ block: "nearest" });
  say(inWords(picture));
  reveal(picture);
  const asking = await asked(`neighbours/${picture}`);
  if (chosen.open === picture) {
    near = asking;
    facts(picture);
  }
}

function facts(picture) {
  const flags = known.flags.filter((_, flag) => (known.bits[picture] >>> flag) & 1);
  const label = make("input", { type: "text", maxlength: 200, "aria-label": "Label by hand", placeholder: "label", value: marks.labels.get(picture) ?? "" });
  const said = [["Class", labelOf(picture)], ["By hand", marks.labels.get(picture) ?? ""],
    ["Cluster", clusterOf(picture) < 0 ? "" : `${clusterOf(picture) + 1}, of ${counted(known.clusters.sizes[clusterOf(picture)], "picture")}`],
    ...known.scores.map((name, i) => [name, known.values[i][picture] === known.values[i][picture] ? String(Number(known.values[i][picture].toPrecision(4))) : ""])].filter(([, value]) => value !== "");
  fill(part("detail"), 
    thumbnail(picture, "picture"),
    make("h2", { class: "name", id: "opened", tabindex: -1 }, known.names[picture] ?? ""),
    flags.length === 0 ? null : make("p", { class: "chips" }, ...flags.map((flag) => make("span", {}, flag))),
    make("div", { class: "bar" },
      make("button", { type: "button", id: "toggle", "aria-pressed": String(inBasket(picture)), onclick: () => toggle(picture) }, inBasket(picture) ? "In the basket" : "Into the basket"),
      make("button", { type: "button", id: "close", onclick: close }, "Close")),
    make("form", { class: "bar", onsubmit: doing(async (event) => { event.preventDefault(); await labelAll([picture], label.value); }) }, label, make("button", { type: "submit" }, "Label")),
    make("dl", {}, ...said.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])),
    near.length === 0 ? make("p", { class: "soft" }, Number.isNaN(known.layouts.pca[2 * picture]) ? "It has no place on the map, since it could not be embedded." : "")
      : make("div", {}, make("div", { class: "bar" }, make("h3", {}, "Most like it"),
        make("button", { type: "button", id: "near-on-map", onclick: () => found(`Like ${known.names[picture]}`, near) }, "On the map")),
      grid(near.slice(0, 12).map(([other]) => other), new Map(near.map(([other, cosine]) => [other, cosine.toFixed(3)])))));
}

listen("open", doing(render));
listen("marks", () => chosen.open >= 0 && facts(chosen.open));
listen("clusters", () => chosen.open >= 0 && facts(chosen.open));
part("detail").addEventListener("keydown", (event) => event.key === "Escape" && close());
