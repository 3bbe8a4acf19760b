/* The prototypes with the most images, each with the images nearest to it; there only where somebody asked for them. */
const FIRST_PROTOTYPES = 8;

function prototypes() {
  const gallery = data.prototypes;
  if (!gallery) {
    return;
  }
  const { rows, origin, agreement } = gallery;
  const cards = rows.map((row, i) => prototype(gallery, row, i));
  const more = cards.slice(FIRST_PROTOTYPES);
  body("prototypes").replaceChildren(
    soft(prototypeUsage(gallery)),
    soft(`In each row the images nearest to a prototype, the nearest first.${agreement.images > 0 ? " The class is the most frequent among a prototype's images, with its share of those that have one." : ""} The prototypes with the most images come first.${prototypeRest(gallery)}`),
    make("div", { "data-group": "", class: gallery.thumbnail <= 48 ? "pixels" : "" },
      make("ol", { class: "cards" }, ...cards.slice(0, FIRST_PROTOTYPES)),
      more.length > 0 ? folded("prototypes", `${more.length} more`, make("ol", { class: "cards" }, ...more)) : null),
    folded("prototypes made", "How this was made",
      copied(origin.command), soft([origin.versions, origin.machine, origin.time].filter(Boolean).join("; "))));
}

function counted(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** In one piece. */
function percent(share) {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

/** How many are used, how evenly, and what they have to do with the classes. */
function prototypeUsage({ head, usage, agreement }) {
  const even = `${counted(usage.images, "image")}, each with the prototype it is nearest to${head > 0 ? ` (head ${head})` : ""}: ${usage.used.toLocaleString("en")} of ${counted(usage.prototypes, "prototype")} have any. The entropy of their sizes is ${percent(usage.evenness)} of what it would be if all were equally large.`;
  return agreement.images === 0 ? even
    : `${even} With the classes of ${counted(agreement.images, "image")}, which training never saw: NMI ${agreement.nmi.toFixed(3)}, ARI ${agreement.ari.toFixed(3)} (1 is the same partition, 0 for the ARI what chance gives).`;
}

/** What is not shown. */
function prototypeRest({ rest, usage }) {
  const none = usage.prototypes - usage.used;
  const between = rest.fewest === rest.most ? rest.most : `${rest.fewest.toLocaleString("en")} to ${rest.most.toLocaleString("en")}`;
  return [
    rest.prototypes > 0 ? ` ${counted(rest.prototypes, "other prototype")} with ${between} ${rest.most === 1 ? "image" : "images"}${rest.prototypes > 1 ? " each" : ""} ${rest.prototypes === 1 ? "is" : "are"} not shown.` : "",
    none > 0 ? ` ${counted(none, "prototype")} ${none === 1 ? "has" : "have"} no image.` : "",
  ].join("");
}

function prototype({ usage, rows, columns }, row, number) {
  const label = row.labelled > 0
    ? make("span", { class: "label", title: `${row.majority} of the ${row.labelled} that have a class` }, `${row.label} ${Math.round((100 * row.majority) / row.labelled)}\u00a0%`)
    : null;
  return make("li", { class: "card prototype" },
    make("div", { class: "about" }, make("b", {}, `Prototype ${row.prototype}`), label,
      make("span", { class: "number" }, counted(row.images, "image").replace(" ", "\u00a0"), ", ", percent(row.images / usage.images))),
    ...row.names.map((name, i) => {
      const caption = `${name}, cosine ${row.cosines[i].toFixed(2)}`;
      const first = i === 0 ? { name: `prototype ${row.prototype}` } : { beside: `prototype ${row.prototype}` };
      return opening(tile("nearest", number * columns + i, columns, rows.length, caption), caption, first);
    }));
}
