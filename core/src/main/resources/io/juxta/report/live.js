/* In the page of juxta watch only: asks whether the run has gone on, and draws the page anew where it stands. */
const PAUSE = 2000;
let tag = null;

/** As the terminal says it: 0:05, 3:12:05. */
function duration(seconds) {
  const whole = Math.round(seconds);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Where the run stands within its epoch; nothing where none is at work. */
async function progress() {
  const now = await (await fetch("/progress", { cache: "no-store" })).json();
  if (!now.step) {
    return "";
  }
  const place = ` · epoch ${now.epoch} of ${now.epochs}, step ${now.step} of ${now.steps}, loss ${now.loss.toFixed(3)}`;
  return now.seconds_ago > 60
    ? `${place}, ${duration(now.seconds_ago)} ago`
    : `${place}, ${Math.round(now.images_per_second)} images/s, left: epoch ${duration(now.epoch_seconds_left)}, run ${duration(now.run_seconds_left)}`;
}

async function look() {
  const sign = document.getElementById("live");
  try {
    const answer = await fetch("/", { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    sign.textContent = answer.status === 200 || answer.status === 304 ? `· live${await progress()}` : `· ${(await answer.text()).trim()}`;
    if (answer.status === 200) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      tag = answer.headers.get("ETag");
      const fresh = page.getElementById("data").textContent;
      const old = document.getElementById("data");
      if (fresh !== old.textContent) {
        old.textContent = fresh;
        document.getElementById("sprites").textContent = page.getElementById("sprites").textContent;
        data = JSON.parse(fresh);
        render();
      }
    }
  } catch {
    sign.textContent = "· no longer served";
  }
  setTimeout(look, PAUSE);
}

setTimeout(look, PAUSE);
