/* The embedding in two dimensions; points show their image to mouse, finger and arrow keys. */
const PALETTE = 10;

function colour(label) {
  if (label < 0) {
    return "var(--none)";
  }
  return data.sample.classes.length <= PALETTE ? `var(--c${label})` : `hsl(${(label * 137.5) % 360} 62% ${45 + (label % 3) * 9}%)`;
}

function map() {
  if (data.translates || data.snapshots.length === 0) {
    return;
  }
  const count = snapshot().pca.length / 2;
  const tip = make("div", { class: "tip", hidden: true });
  const points = Array.from({ length: count }, (_, place) => {
    const point = thumbnail(place);
    ["role", "aria-label", "title"].forEach((name) => point.removeAttribute(name));
    return point;
  });
  const plane = make("div", {
    class: "card plane", tabindex: 0, role: "application",
    "aria-label": `Map of ${count} images; arrow keys go from image to image`,
  }, ...points, tip);
  const says = make("p", { class: "soft", "aria-live": "polite" });
  const it = { plane, points, tip, says, here: -1 };
  body("map").replaceChildren(
    soft(`${count} images where the encoder puts them. t-SNE keeps close what is close, so look for groups and not at the distances between them; PCA shows the two directions of most difference.`),
    make("div", { class: "bar" }, slider(),
      choice("Layout", [["tsne", "t-SNE"], ["pca", "PCA"]], () => chosen.layout, (layout) => { chosen.layout = layout; place(it); }),
      choice("Show as", [[false, "dots"], [true, "pictures"]], () => chosen.photos, (photos) => { chosen.photos = photos; paint(it); })),
    make("div", { class: `mapping${data.sample.thumbnail <= 48 ? " pixels" : ""}` }, plane, make("div", {}, says, legend(it))));
  plane.addEventListener("pointermove", (event) => show(it, nearest(it, event)));
  plane.addEventListener("pointerdown", (event) => show(it, nearest(it, event)));
  plane.addEventListener("pointerleave", () => show(it, -1));
  plane.addEventListener("blur", () => show(it, -1));
  plane.addEventListener("keydown", (event) => step(it, event));
  paint(it);
  listen("map", () => place(it));
}

/** Buttons of which one is pressed. */
function choice(name, options, get, set) {
  const buttons = options.map(([value, text]) => make("button", {
    type: "button",
    onclick: () => { set(value); refresh(); },
  }, text));
  const refresh = () => buttons.forEach((button, i) => button.setAttribute("aria-pressed", options[i][0] === get()));
  refresh();
  return make("div", { class: "choice", role: "group", "aria-label": name }, ...buttons);
}

function legend(it) {
  const present = data.sample.classes.map((name, label) => [name, label]).filter(([, label]) => data.sample.labels.slice(0, it.points.length).includes(label));
  if (present.length === 0) {
    return null;
  }
  const buttons = present.map(([name, label]) => {
    const button = make("button", { type: "button", "aria-pressed": chosen.label === label }, name);
    button.style.setProperty("--dot", colour(label));
    button.addEventListener("click", () => {
      chosen.label = chosen.label === label ? null : label;
      buttons.forEach((other, i) => other.setAttribute("aria-pressed", present[i][1] === chosen.label));
      paint(it);
    });
    return button;
  });
  return make("div", { class: "legend", role: "group", "aria-label": "Classes; press one to see it alone" }, ...buttons);
}

/** How the points look. */
function paint({ plane, points }) {
  plane.classList.toggle("photos", chosen.photos);
  points.forEach((point, i) => {
    const label = data.sample.labels[i];
    point.className = `point${chosen.photos ? " thumb" : ""}${chosen.label !== null && label !== chosen.label ? " dim" : ""}`;
    point.style.backgroundColor = colour(label);
    point.style.borderColor = chosen.photos ? colour(label) : "";
  });
}

/** Where the points are. */
function place({ points }) {
  const layout = snapshot()[chosen.layout];
  points.forEach((point, i) => {
    point.style.left = `${50 + layout[2 * i] * 0.046}%`;
    point.style.top = `${50 - layout[2 * i + 1] * 0.046}%`;
  });
}

function nearest({ plane, points }, event) {
  const layout = snapshot()[chosen.layout];
  const box = plane.getBoundingClientRect();
  const [x, y] = [((event.clientX - box.left) / box.width - 0.5) / 0.00046, (0.5 - (event.clientY - box.top) / box.height) / 0.00046];
  let [best, least] = [-1, (24 / box.width / 0.00046) ** 2];
  points.forEach((point, i) => {
    const distance = (layout[2 * i] - x) ** 2 + (layout[2 * i + 1] - y) ** 2;
    if (distance < least && !point.classList.contains("dim")) {
      [best, least] = [i, distance];
    }
  });
  return best;
}

function show(it, i) {
  it.points[it.here]?.classList.remove("here");
  it.here = i;
  it.tip.hidden = i < 0;
  if (i < 0) {
    it.says.textContent = "";
    return;
  }
  it.points[i].classList.add("here");
  it.tip.replaceChildren(thumbnail(i), describe(i));
  it.says.textContent = describe(i);
  const [left, top] = [parseFloat(it.points[i].style.left), parseFloat(it.points[i].style.top)];
  const { width, height } = it.plane.getBoundingClientRect();
  it.tip.style.left = `${left < 50 ? (left / 100) * width + 16 : (left / 100) * width - 148}px`;
  it.tip.style.top = `${Math.max(4, Math.min(height - 180, (top / 100) * height - 60))}px`;
}

/** To the nearest point in the direction of an arrow key. */
function step(it, event) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (event.key === "Escape") {
    show(it, -1);
  }
  if (!way) {
    return;
  }
  event.preventDefault();
  const layout = snapshot()[chosen.layout];
  const [x, y] = it.here < 0 ? [0, 0] : [layout[2 * it.here], layout[2 * it.here + 1]];
  let [best, least] = [it.here, Infinity];
  it.points.forEach((point, i) => {
    const [dx, dy] = [layout[2 * i] - x, layout[2 * i + 1] - y];
    const ahead = dx * way[0] + dy * way[1];
    const aside = Math.abs(dx * way[1] + dy * way[0]);
    if (i !== it.here && ahead >= 0 && ahead + aside > 0 && ahead + 2 * aside < least && aside <= 2 * ahead && !point.classList.contains("dim")) {
      [best, least] = [i, ahead + 2 * aside];
    }
  });
  show(it, best < 0 ? 0 : best);
}
