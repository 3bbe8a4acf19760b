/* The images most like some queries, in the eyes of the encoder at one epoch. */
function neighbours() {
  if (data.snapshots.length === 0) {
    body("neighbours").replaceChildren(make("p", { class: "soft" }, "This run kept no pictures of its embedding."));
    return;
  }
  const { classes, names } = data.sample;
  const list = make("ol", { class: `queries${data.sample.thumbnail <= 48 ? " pixels" : ""}` });
  const agreement = make("span", { class: "soft" });
  const explained = classes.length > 0
    ? " A solid frame and ✓ mean the query's class, a broken frame and ✕ another; training never saw the classes."
    : "";
  body("neighbours").replaceChildren(
    make("p", { class: "soft" }, `Random images, the same in every epoch, and those nearest to them among ${names.length} of the data set, with their cosine.${explained}`),
    make("div", { class: "bar" }, slider(), agreement),
    list);
  const refresh = () => {
    const { neighbours: near, similarities } = snapshot();
    list.replaceChildren(...near.map((places, q) => query(data.sample.queries[q], places, similarities[q])));
    agreement.textContent = classes.length > 0 ? agreementText(near) : "";
  };
  listen("neighbours", refresh);
}

function query(place, places, cosines) {
  const asked = make("div", { class: "asked" }, thumbnail(place), className(place) ?? data.sample.names[place]);
  return make("li", { class: "card query" }, asked, ...places.map((other, i) => near(place, other, cosines[i])));
}

function near(place, other, cosine) {
  const [label, its] = [data.sample.labels[place], data.sample.labels[other]];
  const known = label >= 0 && its >= 0;
  const same = label === its;
  const mark = known ? make("b", { "aria-label": same ? "same class" : "another class" }, same ? "✓ " : "✕ ") : null;
  return make("div", { class: `near${known ? (same ? " same" : " other") : ""}` },
    thumbnail(other), mark, make("span", { class: "number" }, cosine.toFixed(2)));
}

/** How often the shown neighbours have their query's class, and how often any image of the sample has. */
function agreementText(near) {
  const { labels, queries } = data.sample;
  let [same, all, chance] = [0, 0, 0];
  near.forEach((places, q) => {
    const label = labels[queries[q]];
    const share = (labels.filter((other) => other === label).length - 1) / Math.max(1, labels.length - 1);
    places.forEach((place) => {
      all++;
      same += labels[place] === label ? 1 : 0;
      chance += share;
    });
  });
  return `${same} of ${all} neighbours share the class: ${Math.round((100 * same) / all)} %, by chance ${Math.round((100 * chance) / all)} %.`;
}
