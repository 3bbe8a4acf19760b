/* Of a run that learns to detect: labels as they were read, precision over recall of each class, and where it was wrong most. */
function detections() {
  if (!data.detections) {
    return;
  }
  const { labelled, judged } = data.detections;
  body("labelled").replaceChildren(
    make("ol", { class: "boxed", "data-group": "" }, ...labelled.names.map((name, i) => {
      const says = `${name}: ${labelled.objects[i] || "nothing"}`;
      return boxed(sheetTile("labelled", i, labelled.names.length, labelled.columns, says), says, labelled.objects[i] || "nothing");
    })),
    soft("Some of the pictures that are learned from, with the boxes of their files. Look whether they lie about the objects: press a picture to see it large."));
  if (judged) {
    precision(judged);
    mistakes(judged);
  }
}

function boxed(picture, caption, says) {
  return make("li", {}, opening(picture, caption), make("span", { class: "soft" }, says));
}

function sheetTile(sheet, place, count, columns, says) {
  return tile(sheet, place, columns, Math.ceil(count / columns), says);
}

/** One curve for each class; the steps are the detections from the surest down. */
function precision({ epoch, pictures, classes }) {
  body("precision").replaceChildren(
    soft(`Of the ${pictures.toLocaleString("en")} pictures held out, after ${epochName(epoch)}, at an overlap of one half. From left to right the detector is asked for more objects and is less sure of them; a curve that stays high and reaches far to the right is good, and its end shows how many objects it finds at all.`),
    make("div", { class: "grid" }, ...classes.map(precisionChart)));
}

function precisionChart({ name, objects, ap50, recall, precision: values }) {
  const [width, height] = [300, 170];
  const x = (value) => EDGE.left + value * (width - EDGE.left - EDGE.right);
  const y = (value) => height - EDGE.bottom - value * (height - EDGE.top - EDGE.bottom);
  const says = objects === 0 ? "no object that counts" : `AP50 ${ap50.toFixed(1)}`;
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${name}: precision over recall, ${says}` });
  for (const value of [0, 0.5, 1]) {
    svg.append(svgElement("line", { class: "gridline", x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }),
      svgElement("text", { x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, value),
      svgElement("text", { x: x(value), y: height - 5, "text-anchor": "middle" }, value));
  }
  if (recall.length > 0 && objects > 0) {
    const path = recall.map((value, i) => `${i > 0 ? "L" : "M"}${x(value).toFixed(1)} ${y(values[i]).toFixed(1)}`).join("");
    svg.append(svgElement("path", { class: "s0", d: path }));
  }
  return make("figure", { class: "card chart fixed" },
    make("div", { class: "top" }, make("h3", {}, name), make("output", { class: "number" }, make("b", {}, says))),
    svg,
    make("figcaption", {}, `Precision over recall; ${objects.toLocaleString("en")} ${objects === 1 ? "object" : "objects"}, ${recall.length === 0 ? "nothing found" : `${Math.round(100 * recall.at(-1))} % of them found`}.`));
}

function mistakes({ epoch, mistakes: worst, misses, doubles, falseAlarms, columns }) {
  const kinds = [["miss", "Missed", misses, "objects that nothing surer than 0.5 is about; the largest first"],
    ["double", "Found twice", doubles, "boxes surer than 0.5 about an object that a surer box has; the surest first"],
    ["false alarm", "False alarms", falseAlarms, "boxes surer than 0.5 about no object of their class, or too loose; the surest first"]];
  body("mistakes").replaceChildren(
    soft(`After ${epochName(epoch)}, in pictures held out. What is labelled is dashed, what was found is not. A label that is missing shows here as a false alarm.`),
    ...kinds.map(([kind, title, count, meaning]) => make("div", { class: "mistaken" },
      make("h3", {}, `${title}: ${count.toLocaleString("en")}`), soft(meaning),
      make("ol", { class: "boxed wide", "data-group": "" }, ...worst.map((mistake, i) => mistake.kind !== kind ? null
        : boxed(sheetTile("mistakes", i, worst.length, columns, mistake.says), `${mistake.picture}: ${mistake.says}`, mistake.says)).filter(Boolean)))));
}
