/* The map: points set one by one into an image, then pictures in their places, as many as there is room for. */
import { chosen, fill, gone, known, listen, make, missing, part, tell, thumbnail } from "./base.js";
import { most, points, theme, within } from "./points.js";

const CELL = 58;
const PICTURE = 52;
const KEPT = 1200;
const AT_ONCE = 6;
/** As many points in view as are shown as pictures everywhere, not near the pointer alone. */
const FEW = 500;
const NEAR = 130;
const MOST_PIXELS = 4e6;

export const view = { x: 0, y: 0, scale: 1, width: 1, height: 1, whole: 1 };
/** What is drawn over the points: a loop, in places of the screen; or a box from a corner, a place of the map, to the picture at the keys. */
export const over = { lasso: [], corner: null, pointer: null, pictures: "near" };

const canvas = part("map");
const context = canvas.getContext("2d");
const images = new Map();
const asking = new Set();
let wanted = [];
let frame = 0;
let pixels = null;
let buffer = null;
let ratio = 1;
let tipped = -1;

export const toX = (x) => (x - view.x) * view.scale + view.width / 2;
export const toY = (y) => (y - view.y) * view.scale + view.height / 2;
export const fromX = (x) => (x - view.width / 2) / view.scale + view.x;
export const fromY = (y) => (y - view.height / 2) / view.scale + view.y;

export function draw() {
  tell("moved");
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    paint();
  });
}

export function whole() {
  view.x = 0;
  view.y = 0;
  view.scale = view.whole;
  draw();
}

/** Keeps a place of the screen where it is. */
export function zoom(factor, x = view.width / 2, y = view.height / 2) {
  const [mapX, mapY] = [fromX(x), fromY(y)];
  view.scale = Math.max(view.whole / 2, Math.min(view.whole * 4000, view.scale * factor));
  view.x = mapX - (x - view.width / 2) / view.scale;
  view.y = mapY - (y - view.height / 2) / view.scale;
  draw();
}

export function fit() {
  const box = canvas.getBoundingClientRect();
  if (box.width < 1 || box.height < 1) {
    return;
  }
  const before = view.whole;
  view.width = box.width;
  view.height = box.height;
  view.whole = Math.max(60, Math.min(box.width, box.height) / 2 - PICTURE / 2 - 4); // pictures at the edge are whole
  view.scale *= view.whole / before;
  ratio = Math.min(window.devicePixelRatio || 1, 2, Math.sqrt(MOST_PIXELS / (box.width * box.height)));
  canvas.width = Math.round(box.width * ratio);
  canvas.height = Math.round(box.height * ratio);
  pixels = context.createImageData(canvas.width, canvas.height);
  buffer = new Uint32Array(pixels.data.buffer);
  draw();
}

/** The places about a point that it covers, as steps in the image. */
function disc(side) {
  const steps = [];
  const middle = (side - 1) / 2;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (side < 4 || (x - middle) ** 2 + (y - middle) ** 2 <= (side / 2) ** 2) {
        steps.push((y - Math.floor(side / 2)) * canvas.width + x - Math.floor(side / 2));
      }
    }
  }
  return steps;
}

export const side = () => Math.max(2, Math.min(10, Math.round((known.count > 20000 ? 1.6 : known.count > 2000 ? 3 : 6) * ratio * Math.sqrt(Math.max(1, view.scale / view.whole)) ** 0.7)));

function scatter(which, steps, colour) {
  const { xy, colours } = points;
  const [w, h] = [canvas.width, canvas.height];
  const scale = view.scale * ratio;
  const [left, top] = [w / 2 - view.x * scale, h / 2 - view.y * scale];
  const edge = 6;
  for (let i = 0; i < known.count; i++) {
    if (which(i)) {
      const x = Math.round(xy[2 * i] * scale + left);
      const y = Math.round(xy[2 * i + 1] * scale + top);
      if (x >= edge && x < w - edge && y >= edge && y < h - edge) {
        const at = y * w + x;
        const ink = colour ?? colours[i];
        for (let s = 0; s < steps.length; s++) {
          buffer[at + steps[s]] = ink;
        }
      }
    }
  }
}

function paint() {
  if (buffer === null || points.starts === null) {
    return;
  }
  const { pass, listed } = points;
  const size = side();
  buffer.fill(theme.plane);
  if (points.passing < known.count) {
    scatter((i) => !pass[i], disc(Math.max(1, size - 1)), theme.faint);
  }
  scatter((i) => pass[i] && !listed[i], disc(size));
  if (chosen.list.length > 0) {
    scatter((i) => listed[i] && pass[i], disc(Math.min(12, size + 4)), theme.chosen);
    scatter((i) => listed[i] && pass[i], disc(Math.max(2, size)));
  }
  context.putImageData(pixels, 0, 0);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  pictures();
  ring(chosen.open, theme.accentText, 3);
  ring(chosen.at, theme.inkText, 2);
  const loop = over.lasso.length > 1 ? over.lasso : box();
  if (loop.length > 1) {
    context.beginPath();
    loop.forEach(([x, y]) => context.lineTo(x, y));
    context.closePath();
    context.lineWidth = 2;
    context.strokeStyle = theme.accentText;
    context.stroke();
    context.globalAlpha = 0.12;
    context.fillStyle = theme.accentText;
    context.fill();
    context.globalAlpha = 1;
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
}

/** From the corner to the picture at the keys. */
function box() {
  if (over.corner === null || chosen.at < 0) {
    return [];
  }
  const [left, top] = [toX(over.corner[0]), toY(over.corner[1])];
  const [right, bottom] = [toX(points.xy[2 * chosen.at]), toY(points.xy[2 * chosen.at + 1])];
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

function ring(picture, colour, width) {
  if (picture >= 0 && points.xy[2 * picture] === points.xy[2 * picture]) {
    context.beginPath();
    context.arc(toX(points.xy[2 * picture]), toY(points.xy[2 * picture + 1]), 11, 0, 2 * Math.PI);
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
}

/** One picture for each cell of the screen: that which lies nearest its middle. Of many points only those near the pointer. */
function pictures() {
  wanted = [];
  if (over.pictures === "never") {
    return;
  }
  const everywhere = over.pictures === "everywhere" || most(fromX(0), fromY(0), fromX(view.width), fromY(view.height)) <= FEW;
  const keys = chosen.at >= 0 && document.activeElement === canvas ? [toX(points.xy[2 * chosen.at]), toY(points.xy[2 * chosen.at + 1])] : null;
  const near = over.pointer ?? keys;
  if (!everywhere && (near === null || over.lasso.length > 0)) {
    return;
  }
  const [px, py] = near ?? [0, 0];
  const [left, top, right, bottom] = everywhere ? [0, 0, view.width, view.height] : [px - NEAR, py - NEAR, px + NEAR, py + NEAR];
  const columns = Math.ceil(view.width / CELL) + 1;
  const best = new Map();
  within(fromX(left), fromY(top), fromX(right), fromY(bottom), (i, mapX, mapY) => {
    const [x, y] = [toX(mapX), toY(mapY)];
    const [column, row] = [Math.floor(x / CELL), Math.floor(y / CELL)];
    const far = (x - (column + 0.5) * CELL) ** 2 + (y - (row + 0.5) * CELL) ** 2;
    const before = best.get(row * columns + column);
    if (before === undefined || far < before.far) {
      best.set(row * columns + column, { i, x, y, far });
    }
  });
  for (const { i, x, y } of best.values()) {
    if (everywhere || Math.hypot(x - px, y - py) < NEAR) {
      picture(i, x, y);
    }
  }
  load();
}

function picture(i, x, y) {
  const image = images.get(i);
  context.lineWidth = 2;
  if (image) {
    const scale = Math.min(PICTURE / image.width, PICTURE / image.height);
    const [w, h] = [image.width * scale, image.height * scale];
    context.imageSmoothingEnabled = scale < 1;
    context.drawImage(image, x - w / 2, y - h / 2, w, h);
    context.strokeStyle = points.listed[i] ? theme.chosenText : `#${(points.colours[i] & 255).toString(16).padStart(2, "0")}${((points.colours[i] >>> 8) & 255).toString(16).padStart(2, "0")}${((points.colours[i] >>> 16) & 255).toString(16).padStart(2, "0")}`;
    context.strokeRect(x - w / 2, y - h / 2, w, h);
  } else if (gone.has(i)) {
    context.strokeStyle = theme.badText;
    context.strokeRect(x - 12, y - 12, 24, 24);
    context.beginPath();
    context.moveTo(x - 12, y - 12);
    context.lineTo(x + 12, y + 12);
    context.stroke();
  } else if (!asking.has(i)) {
    wanted.push(i);
  }
}

/** Asks for what is wanted now, a few at once; what is wanted no more is not asked for. */
function load() {
  while (asking.size < AT_ONCE && wanted.length > 0) {
    const i = wanted.shift();
    asking.add(i);
    fetch(`thumb/${i}`)
      .then(async (answer) => {
        if (!answer.ok) {
          if (answer.status !== 503) {
            missing(i, (await answer.text()).trim());
          }
          return;
        }
        images.set(i, await createImageBitmap(await answer.blob()));
        if (images.size > KEPT) {
          const [first] = images.keys();
          images.get(first).close();
          images.delete(first);
        }
      })
      .catch(() => {})
      .finally(() => {
        asking.delete(i);
        draw();
      });
  }
}

/** What lies at a place of the screen, within some pixels; -1 where nothing does. */
export function at(x, y, reach = 14) {
  let [best, least] = [-1, reach * reach];
  const r = reach / view.scale;
  within(fromX(x) - r, fromY(y) - r, fromX(x) + r, fromY(y) + r, (i, mapX, mapY) => {
    const far = (toX(mapX) - x) ** 2 + (toY(mapY) - y) ** 2;
    if (far <= least) {
      [best, least] = [i, far];
    }
  });
  return best;
}

/** Moves so that a picture is in view. */
export function reveal(picture) {
  const [x, y] = [points.xy[2 * picture], points.xy[2 * picture + 1]];
  if (x === x) {
    const inside = toX(x) > 20 && toX(x) < view.width - 20 && toY(y) > 20 && toY(y) < view.height - 20;
    if (!inside) {
      view.x = x;
      view.y = y;
    }
    draw();
  }
}

export function tip(picture, x, y) {
  const box = part("tip");
  box.hidden = picture < 0;
  if (picture >= 0) {
    if (tipped !== picture) {
      fill(box, thumbnail(picture), make("span", {}, known.names[picture] ?? ""));
      tipped = picture;
    }
    box.style.left = `${x < view.width / 2 ? x + 18 : Math.max(0, x - 158)}px`;
    box.style.top = `${Math.max(4, Math.min(view.height - 190, y - 60))}px`;
  }
}

listen("draw", draw);
listen("placed", draw);
new ResizeObserver(fit).observe(part("plane"));
