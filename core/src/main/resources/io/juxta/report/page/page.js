/* The whole page, drawn from the data; drawn anew when they change. */
const listeners = {};

/** Has something done now, and whenever another snapshot is chosen. */
function listen(name, refresh) {
  document.removeEventListener("snapshot", listeners[name]);
  listeners[name] = refresh;
  document.addEventListener("snapshot", refresh);
}

/** Which sections there are for this run, and links to them. */
function contents() {
  const links = [...document.querySelectorAll("main section:not([hidden])")].map((section) =>
    make("li", {}, make("a", { href: `#${section.id}` }, section.dataset.short)));
  document.getElementById("contents").replaceChildren(...links);
  mark();
}

/** Marks the section that is being read: the last one whose head has passed the upper third of the window. */
function mark() {
  const sections = [...document.querySelectorAll("main section:not([hidden])")];
  const line = window.innerHeight / 3;
  const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2 && window.scrollY > 0;
  const here = atEnd ? sections.at(-1) : sections.findLast((section) => section.getBoundingClientRect().top <= line && section.id !== "") ?? sections[0];
  // beside each other two sections begin at once: the first of them is being read
  const first = sections.find((section) => Math.abs(section.getBoundingClientRect().top - here.getBoundingClientRect().top) < 2);
  document.querySelectorAll("#contents a").forEach((link) => {
    const current = link.hash === `#${first.id}`;
    if (current && link.getAttribute("aria-current") !== "true") {
      link.setAttribute("aria-current", "true");
      link.parentElement.parentElement.scrollTo({ left: link.offsetLeft - 40 });
    } else if (!current) {
      link.removeAttribute("aria-current");
    }
  });
}

document.addEventListener("scroll", () => requestAnimationFrame(mark), { passive: true });

function hide() {
  for (const id of ["views", "neighbours", "map"]) {
    document.getElementById(id).hidden = data.translates || data.detects || taken().length === 0;
  }
  document.getElementById("views").hidden = !data.views;
  document.getElementById("translations").hidden = !data.translates || taken().length === 0;
  document.getElementById("patches").hidden = !data.translates || taken().length === 0;
  document.getElementById("prototypes").hidden = !data.prototypes;
  document.getElementById("labelled").hidden = !data.detections;
  document.getElementById("precision").hidden = !data.detections?.judged;
  document.getElementById("mistakes").hidden = !data.detections?.judged;
  document.querySelector(".first").classList.toggle("alone", taken().length === 0 && !data.detections);
}

function render() {
  hide();
  [overview, neighbours, translations, detections, curves, prototypes, map, views, recipe].forEach((part) => part());
  contents();
  if (taken().length > 0) {
    document.dispatchEvent(new Event("snapshot"));
  }
}

render();
