/* Mouse, fingers and keys on the map. */
import { chosen, counted, inWords, open, part, say, show, tell } from "./base.js";
import { at, draw, fromX, fromY, over, reveal, tip, toX, toY, view, whole, zoom } from "./plane.js";
import { points, within } from "./points.js";
import { toggle } from "./marks.js";

const canvas = part("map");
const STILL = 5;
const fingers = new Map();
let began = null;
let mode = "move";

export function setMode(to) {
  mode = to;
  canvas.classList.toggle("lasso", to === "lasso");
}

const place = (event) => {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

const middle = () => {
  const all = [...fingers.values()];
  return [all.reduce((sum, [x]) => sum + x, 0) / all.length, all.reduce((sum, [, y]) => sum + y, 0) / all.length];
};
const spread = () => {
  const [[ax, ay], [bx, by]] = [...fingers.values()];
  return Math.max(1, Math.hypot(ax - bx, ay - by));
};

canvas.addEventListener("pointerdown", (event) => {
  if (event.button > 0) {
    return;
  }
  canvas.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, place(event));
  tip(-1);
  const drawn = (mode === "lasso" || event.shiftKey) && fingers.size === 1;
  began = { at: place(event), moved: false, lasso: drawn };
  over.lasso = drawn ? [place(event)] : [];
});

canvas.addEventListener("pointermove", (event) => {
  const [x, y] = place(event);
  over.pointer = [x, y];
  if (!fingers.has(event.pointerId)) {
    hover(x, y);
    return;
  }
  const before = fingers.size === 2 ? { middle: middle(), spread: spread() } : null;
  const [lastX, lastY] = fingers.get(event.pointerId);
  fingers.set(event.pointerId, [x, y]);
  began.moved ||= Math.hypot(x - began.at[0], y - began.at[1]) > STILL;
  if (before) {
    const [mx, my] = middle();
    view.x -= (mx - before.middle[0]) / view.scale;
    view.y -= (my - before.middle[1]) / view.scale;
    zoom(spread() / before.spread, mx, my);
    over.lasso = [];
  } else if (began.lasso) {
    over.lasso.push([x, y]);
  } else if (began.moved) {
    canvas.classList.add("moving");
    view.x -= (x - lastX) / view.scale;
    view.y -= (y - lastY) / view.scale;
  }
  draw();
});

function release(event) {
  if (!fingers.delete(event.pointerId) || fingers.size > 0) {
    return;
  }
  canvas.classList.remove("moving");
  const lasso = over.lasso;
  over.lasso = [];
  if (began.lasso && began.moved) {
    if (event.type === "pointerup") {
      enclose(lasso);
    }
  } else if (event.type === "pointerup" && !began.moved) {
    const picture = at(...place(event));
    if (picture >= 0) {
      open(picture);
    }
  }
  draw();
}
canvas.addEventListener("pointerup", release);
canvas.addEventListener("pointercancel", release);
canvas.addEventListener("pointerleave", () => {
  over.pointer = null;
  tip(-1);
  draw();
});
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-Math.max(-240, Math.min(240, event.deltaY * (event.deltaMode === 1 ? 24 : 1))) / 300), ...place(event));
}, { passive: false });

function hover(x, y) {
  tip(at(x, y), x, y);
  draw();
}

/** Lists what passes and lies in a loop: an odd number of its sides is to the left. */
export function enclose(loop) {
  const polygon = loop.map(([x, y]) => [fromX(x), fromY(y)]);
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  const found = [];
  within(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), (i, x, y) => {
    let inside = false;
    for (let a = 0, b = polygon.length - 1; a < polygon.length; b = a++) {
      const [[ax, ay], [bx, by]] = [polygon[a], polygon[b]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) {
        inside = !inside;
      }
    }
    if (inside) {
      found.push(i);
    }
  });
  found.sort((a, b) => a - b);
  show("Inside the loop", found);
  say(`${counted(found.length, "picture")} inside the loop`);
}

/** To the nearest picture in the direction of an arrow key. */
function step(way) {
  const from = chosen.at >= 0 && points.pass[chosen.at] ? chosen.at : -1;
  const [x, y] = from < 0 ? [view.width / 2, view.height / 2] : [toX(points.xy[2 * from]), toY(points.xy[2 * from + 1])];
  let [best, least] = [-1, Infinity];
  for (let reach = 60; best < 0 && reach < 4 * Math.max(view.width, view.height); reach *= 3) {
    within(fromX(x - reach), fromY(y - reach), fromX(x + reach), fromY(y + reach), (i, mapX, mapY) => {
      const [dx, dy] = [toX(mapX) - x, toY(mapY) - y];
      const ahead = dx * way[0] + dy * way[1];
      const aside = Math.abs(dx * way[1] - dy * way[0]);
      const cost = from < 0 ? Math.hypot(dx, dy) : ahead + 2 * aside;
      if (i !== from && (from < 0 || (ahead > 0 && aside <= ahead)) && cost < least) {
        [best, least] = [i, cost];
      }
    });
  }
  if (best >= 0) {
    chosen.at = best;
    reveal(best);
    say(inWords(best));
    tip(best, toX(points.xy[2 * best]), toY(points.xy[2 * best + 1]));
  }
}

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const KEYS = {
  "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: whole,
  Enter: () => chosen.at >= 0 && open(chosen.at),
  b: () => chosen.at >= 0 && toggle(chosen.at),
  l: inView,
  s: corner,
  Escape: () => {
    if (over.corner !== null) {
      over.corner = null;
      say("no box");
      draw();
      return;
    }
    chosen.at = -1;
    tip(-1);
    show("", []);
    tell("draw");
  },
};

/** Begins a box at a picture, and at another lists what lies between: a loop by keys. */
function corner() {
  if (chosen.at < 0) {
    say("go to a picture first, by the arrow keys");
    return;
  }
  const [x, y] = [points.xy[2 * chosen.at], points.xy[2 * chosen.at + 1]];
  if (over.corner === null) {
    over.corner = [x, y];
    say("the box begins here: go to its other corner and press S again");
  } else {
    const [left, top] = over.corner;
    over.corner = null;
    list("Inside the box", "inside the box", Math.min(left, x), Math.min(top, y), Math.max(left, x), Math.max(top, y));
  }
  draw();
}

function list(title, where, left, top, right, bottom) {
  const found = [];
  within(left, top, right, bottom, (i) => found.push(i));
  found.sort((a, b) => a - b);
  show(title, found);
  say(`${counted(found.length, "picture")} ${where}`);
}

export function inView() {
  list("In view", "in view", fromX(0), fromY(0), fromX(view.width), fromY(view.height));
}

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  const way = WAYS[event.key];
  const key = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!way && !key) {
    return;
  }
  event.preventDefault();
  if (key) {
    key();
  } else if (event.shiftKey) {
    view.x += (way[0] * 80) / view.scale;
    view.y += (way[1] * 80) / view.scale;
    draw();
  } else {
    step(way);
  }
});
canvas.addEventListener("blur", () => tip(-1));
