/* The images most like some queries, in the eyes of the encoder at one epoch. */
const FIRST_QUERIES = 4;

function neighbours() {
  if (data.translates || data.snapshots.length === 0) {
    return;
  }
  const { classes, names } = data.sample;
  const list = (rows) => make("ol", { class: "queries", start: rows });
  const [first, rest] = [list(1), list(FIRST_QUERIES + 1)];
  const agreement = make("span", { class: "soft" });
  const explained = classes.length > 0
    ? " ✓ is the query's class, ✕ another; training never saw the classes."
    : "";
  const more = data.sample.queries.length - FIRST_QUERIES;
  body("neighbours").replaceChildren(make("div", { "data-group": "", class: data.sample.thumbnail <= 48 ? "pixels" : "" },
    make("div", { class: "bar" }, slider(), agreement),
    first,
    soft(`Random images and those nearest to them among ${names.length} of the data set, with their cosine; press one to see it large.${explained}`),
    more > 0 ? folded("queries", `${more} more`, rest) : null));
  listen("neighbours", () => {
    const { neighbours: near, similarities } = snapshot();
    const rows = near.map((places, q) => query(data.sample.queries[q], places, similarities[q]));
    first.replaceChildren(...rows.slice(0, FIRST_QUERIES));
    rest.replaceChildren(...rows.slice(FIRST_QUERIES));
    agreement.textContent = classes.length > 0 ? agreementText(near) : "";
  });
}

function query(place, places, cosines) {
  return make("li", { class: "query" },
    make("figure", { class: "asked" },
      opening(thumbnail(place), `looked for: ${describe(place)}`, { name: `query ${place}` }),
      make("figcaption", { title: describe(place) }, fileName(place))),
    ...places.map((other, i) => near(place, other, cosines[i])));
}

/** The end of a path, which tells images apart. */
function fileName(place) {
  return data.sample.names[place].split("/").at(-1);
}

function near(place, other, cosine) {
  const [label, its] = [data.sample.labels[place], data.sample.labels[other]];
  const known = label >= 0 && its >= 0;
  const same = label === its;
  const mark = known ? make("b", { "aria-label": same ? "same class" : "another class" }, same ? "✓ " : "✕ ") : null;
  return make("div", { class: `near${known ? (same ? " same" : " other") : ""}` },
    opening(thumbnail(other), `${describe(other)}, cosine ${cosine.toFixed(2)}`, { beside: `query ${place}` }),
    mark, make("span", { class: "number" }, cosine.toFixed(2)));
}

/** How often the shown neighbours have their query's class, and how often any image of the sample has. */
function agreementText(near) {
  const { labels, queries } = data.sample;
  let [same, all, chance] = [0, 0, 0];
  near.forEach((places, q) => {
    const label = labels[queries[q]];
    const share = (labels.filter((other) => other === label).length - 1) / Math.max(1, labels.length - 1);
    places.filter((place) => label >= 0 && labels[place] >= 0).forEach((place) => {
      all++;
      same += labels[place] === label ? 1 : 0;
      chance += share;
    });
  });
  return all === 0 ? "" : `${Math.round((100 * same) / all)} % of these neighbours share the class, by chance ${Math.round((100 * chance) / all)} %.`;
}
