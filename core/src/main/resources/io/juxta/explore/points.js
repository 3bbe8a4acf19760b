/* Where the pictures are, which pass, and what colour they have; all in plain arrays, for very many. */
import { chosen, known, listen, marks, tell } from "./base.js";

const CELLS = 128;
const PALETTE = 10;
const STOPS = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

export const points = { xy: new Float32Array(0), pass: new Uint8Array(0), listed: new Uint8Array(0), colours: new Uint32Array(0), passing: 0, starts: null, items: null };
export const theme = {};

/** What a variable of the style sheet is, as a pixel: ABGR, since memory begins with the little end. */
function pixel(css) {
  if (css.startsWith("var(")) {
    return theme.palette[Number(css.slice(7, -1))];
  }
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  probe.fillStyle = css;
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  return packed(r, g, b);
}

const packed = (r, g, b) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;

export function readTheme() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["plane", "faint", "none", "chosen", "ink", "accent", "bad", "good"]) {
    theme[`${name}Text`] = style.getPropertyValue(`--${name}`).trim();
    theme[name] = pixel(theme[`${name}Text`]);
  }
  theme.palette = Array.from({ length: PALETTE }, (_, i) => pixel(style.getPropertyValue(`--c${i}`).trim()));
  recolour();
}

/** Of the i-th of n kinds, as a style sheet writes it. */
const colour = (i, n) => (n <= PALETTE ? `var(--c${i})` : `hsl(${Math.round((i * 137.5) % 360)} 62% ${48 + (i % 3) * 8}%)`);
export const classColour = (label) => colour(label, known.classes.length);
export const clusterColour = (cluster) => colour(cluster, known.clusters.sizes.length);

export function place(layout) {
  chosen.layout = layout;
  points.xy = known.layouts[layout];
  index();
  tell("placed");
}

/** Pictures by cells of the map, so that what is near a place is found at once. */
function index() {
  const counts = new Uint32Array(CELLS * CELLS + 1);
  const cells = new Int32Array(known.count).fill(-1);
  for (let i = 0; i < known.count; i++) {
    if (points.xy[2 * i] === points.xy[2 * i]) {
      cells[i] = column(points.xy[2 * i]) + CELLS * column(points.xy[2 * i + 1]);
      counts[cells[i] + 1]++;
    }
  }
  for (let c = 0; c < CELLS * CELLS; c++) {
    counts[c + 1] += counts[c];
  }
  points.starts = counts;
  points.items = new Uint32Array(counts[CELLS * CELLS]);
  const ends = counts.slice();
  for (let i = 0; i < known.count; i++) {
    if (cells[i] >= 0) {
      points.items[ends[cells[i]]++] = i;
    }
  }
}

const column = (v) => Math.max(0, Math.min(CELLS - 1, Math.floor(((v + 1) / 2) * CELLS)));

/** Calls for each picture that lies in a rectangle of the map and passes. */
export function within(left, top, right, bottom, each) {
  for (let row = column(top); row <= column(bottom); row++) {
    const from = points.starts[column(left) + CELLS * row];
    const until = points.starts[column(right) + CELLS * row + 1];
    for (let at = from; at < until; at++) {
      const i = points.items[at];
      const x = points.xy[2 * i];
      const y = points.xy[2 * i + 1];
      if (points.pass[i] && x >= left && x <= right && y >= top && y <= bottom) {
        each(i, x, y);
      }
    }
  }
}

/** How many pictures there are at most in a rectangle of the map, at once. */
export function most(left, top, right, bottom) {
  let sum = 0;
  for (let row = column(top); row <= column(bottom); row++) {
    sum += points.starts[column(right) + CELLS * row + 1] - points.starts[column(left) + CELLS * row];
  }
  return sum;
}

/** Of a score from low to high, as a style sheet writes it. */
export const RAMP = `linear-gradient(90deg, ${STOPS.map((stop) => `rgb(${stop.join(" ")})`).join(", ")})`;

/** How a score is spread, without its few farthest values. */
export function span(score) {
  const values = Float32Array.from(known.values[score].filter((v) => v === v)).sort();
  return values.length === 0 ? [0, 1] : [values[Math.floor(0.02 * (values.length - 1))], values[Math.ceil(0.98 * (values.length - 1))]];
}

/** By class, cluster, label, a flag or a score. */
export function recolour() {
  if (known.labels === null) {
    return;
  }
  const colours = new Uint32Array(known.count).fill(theme.none);
  const [kind, which] = chosen.colour.split(":");
  if (kind === "class") {
    const palette = known.classes.map((_, label) => pixel(classColour(label)));
    for (let i = 0; i < known.count; i++) {
      colours[i] = known.labels[i] < 0 ? theme.none : palette[known.labels[i]];
    }
  } else if (kind === "cluster" && known.clusters) {
    const palette = known.clusters.sizes.map((_, cluster) => pixel(clusterColour(cluster)));
    known.clusters.of.forEach((cluster, i) => { colours[i] = cluster < 0 ? theme.none : palette[cluster]; });
  } else if (kind === "hand") {
    const names = [...new Set(marks.labels.values())].sort();
    const palette = new Map(names.map((name, i) => [name, pixel(colour(i, names.length))]));
    marks.labels.forEach((label, i) => { colours[i] = palette.get(label); });
  } else if (kind === "flag") {
    for (let i = 0; i < known.count; i++) {
      colours[i] = (known.bits[i] >>> Number(which)) & 1 ? theme.bad : theme.none;
    }
  } else if (kind === "score") {
    const [low, high] = span(Number(which));
    const ramp = Array.from({ length: 256 }, (_, i) => {
      const at = (i / 255) * (STOPS.length - 1);
      const [a, b] = [STOPS[Math.floor(at)], STOPS[Math.min(STOPS.length - 1, Math.floor(at) + 1)]];
      return packed(...a.map((v, c) => Math.round(v + (b[c] - v) * (at % 1))));
    });
    known.values[Number(which)].forEach((v, i) => {
      colours[i] = v === v ? ramp[Math.max(0, Math.min(255, Math.round((255 * (v - low)) / (high - low || 1))))] : theme.none;
    });
  }
  points.colours = colours;
  tell("points");
  tell("draw");
}

listen("marks", () => chosen.colour === "hand" && recolour());
listen("list", () => {
  points.listed.fill(0);
  chosen.list.forEach((i) => { points.listed[i] = 1; });
  tell("draw");
});
