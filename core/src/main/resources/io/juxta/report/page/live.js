/* In the page of juxta watch only: asks how far the run is and whether it has gone on, and draws anew what is new. */
const PAUSE = 2000;
let tag = null;

function sign(text) {
  const element = document.getElementById("live");
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

async function look() {
  try {
    const told = await fetch("/progress", { cache: "no-store" });
    const now = told.ok ? await told.json() : {};
    data.standing.now = now.step > 0 ? now : null;
    standing();
    const answer = await fetch("/", { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (answer.status === 200) {
      tag = answer.headers.get("ETag");
      take(await answer.text());
    }
    sign(answer.status === 200 || answer.status === 304 ? "● live" : `○ ${(await answer.text()).trim()}`);
  } catch {
    sign("○ no longer served");
  }
  setTimeout(look, PAUSE);
}

/** What the reader looks at stays where it is. */
function take(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("data").textContent;
  const old = document.getElementById("data");
  if (fresh === old.textContent) {
    return;
  }
  const focused = document.activeElement?.dataset?.caption;
  old.textContent = fresh;
  document.getElementById("sprites").textContent = page.getElementById("sprites").textContent;
  const { now } = data.standing;
  data = JSON.parse(fresh);
  data.standing.now = now;
  render();
  if (focused) {
    [...document.querySelectorAll(".open")].find((opener) => opener.dataset.caption === focused)?.focus({ preventScroll: true });
  }
}

look();
