/* In the page of juxta watch only: asks whether the run has gone on, and draws the page anew where it stands. */
const PAUSE = 2000;
let tag = null;

async function look() {
  const sign = document.getElementById("live");
  try {
    const answer = await fetch("/", { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    sign.textContent = answer.status === 200 || answer.status === 304 ? "· live" : `· ${(await answer.text()).trim()}`;
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
