/* The first screen: how the run does in a sentence, three figures, and how far it is. */
function overview() {
  document.getElementById("about").textContent = [data.method, data.arch].filter(Boolean).join(" · ");
  verdict();
  document.getElementById("key").replaceChildren(...data.key.map(({ column, value, notes }) => make("div", {},
    make("dt", {}, data.figures[column].name),
    make("dd", { class: "number" }, value ?? quantity(column, cell(lastWith(column), column))),
    ...notes.map((note) => make("dd", { class: "note" }, note)))));
  standing();
}

function verdict() {
  const marks = { good: "✓", watch: "!", bad: "✕" };
  const cards = data.findings.map(({ verdict: gravity, headline, finding, advice }) =>
    make("div", { class: `card verdict ${gravity in marks ? gravity : ""}` },
      make("p", { class: "headline" }, make("span", { class: "mark", "aria-hidden": "true" }, marks[gravity] ?? "?"), " ", headline),
      make("p", {}, sentence(finding)),
      advice ? make("p", {}, make("b", {}, "What to change: "), advice, ".") : null));
  if (cards.length === 0 && !data.detects) {
    cards.push(make("div", { class: "card verdict" }, make("p", { class: "headline" }, data.rows.length > 0 ? "The run has no diagnosis." : "Nothing is known yet."),
      make("p", {}, data.rows.length > 0 ? "The folder's events.jsonl, which would hold it, is missing or says nothing of it." : "The first epoch is not over.")));
  }
  document.getElementById("verdict").replaceChildren(...cards);
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

/** How far the run is; of one that is followed while it goes on, within the epoch too. */
function standing() {
  const { state, done, epochs, now, message } = data.standing;
  const running = state === "running";
  const part = running && now ? Math.max(done, now.epoch - 1 + now.step / now.steps) : done;
  const share = epochs > 0 ? Math.min(1, part / epochs) : 0;
  const said = {
    finished: "Finished", stopped: "Stopped; it can go on", failed: "Ended by an error",
    running: now ? `Epoch ${now.epoch}, step ${now.step.toLocaleString("en")} of ${now.steps.toLocaleString("en")}` : "",
  }[state] ?? "";
  const line = [`${done.toLocaleString("en")} of ${epochs > 0 ? epochs.toLocaleString("en") : "?"} epochs`, said].filter(Boolean).join(" · ");
  document.getElementById("standing").replaceChildren(make("div", { class: `card standing ${state}` },
    make("div", { class: "line" }, make("span", { class: "number" }, line), running && now ? make("span", { class: "soft number" }, left(now)) : null),
    make("div", { class: "track", role: "progressbar", "aria-label": "Part of the run that is done", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(100 * share) }, fill(share)),
    message ? make("p", { class: "soft" }, message) : null));
}

function fill(share) {
  const bar = make("span");
  bar.style.width = `${100 * share}%`;
  return bar;
}

/** What is left, and how fast it goes; of a run that has been silent, since when. */
function left({ seconds_ago: age, run_seconds_left: runLeft, images_per_second: speed }) {
  if (age > 90) {
    return `no word for ${duration(age)}`;
  }
  return [runLeft > 0 ? `about ${duration(runLeft)} left` : "", speed > 0 ? `${shown(Math.round(speed * 10) / 10)} images/s` : ""].filter(Boolean).join(", ");
}

function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 2) {
    return `${Math.max(1, Math.round(seconds))} s`;
  }
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}
