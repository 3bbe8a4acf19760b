/* The map in words, for whoever does not see it: how much of what is in view. */
import { chosen, clusterOf, counted, known, labelOf, listen, number, part } from "./base.js";
import { fromX, fromY, view } from "./plane.js";
import { points, within } from "./points.js";

const PAUSE = 400;
const MOST = 4;
let waiting = 0;
let seenAt = "";

const named = { class: labelOf, cluster: (picture) => (clusterOf(picture) < 0 ? "" : `cluster ${clusterOf(picture) + 1}`) };

function write() {
  waiting = 0;
  if (points.starts === null) {
    return;
  }
  const name = named[chosen.colour] ?? (known.classes.length > 1 ? named.class : named.cluster);
  const counts = new Map();
  let seen = 0;
  within(fromX(0), fromY(0), fromX(view.width), fromY(view.height), (i) => {
    seen++;
    const kind = name(i);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  });
  counts.delete("");
  const kinds = [...counts].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1)); // always told in one order
  const most = kinds.slice(0, MOST).map(([kind, count]) => `${kind} ${number(count)}`);
  const rest = kinds.length - most.length;
  part("words").textContent = `In view: ${counted(seen, "picture")}${most.length === 0 ? "" : `: ${most.join(", ")}`}${rest > 0 ? ` and ${number(rest)} more` : ""}.`;
}

/** Not while the map moves: with very many points it takes a while. */
function later() {
  clearTimeout(waiting);
  waiting = setTimeout(write, PAUSE);
}

/** The map is drawn anew for each picture that comes in, too. */
function moved() {
  const at = [view.x, view.y, view.scale, view.width, view.height].join();
  if (at !== seenAt) {
    seenAt = at;
    later();
  }
}

["points", "placed", "clusters"].forEach((what) => listen(what, later));
listen("moved", moved);
