/* Pictures that are pressed are shown large, beside what they are to be compared with; arrow keys go to the others. */
const large = (() => {
  let [openers, at] = [[], 0];

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...children);
    return made;
  }

  function button(text, label, press) {
    const made = element("button", { type: "button", "aria-label": label, title: label }, text);
    made.addEventListener("click", press);
    return made;
  }

  const pictures = element("div", { class: "compared" });
  const where = element("span", { class: "soft number", role: "status" });
  const [previous, next] = [button("←", "Previous", () => go(-1)), button("→", "Next", () => go(1))];
  const dialog = element("dialog", { class: "large", "aria-label": "Picture" }, pictures,
    element("div", { class: "controls" }, previous, where, next, button("Close", "Close (Escape)", () => dialog.close())));

  function go(step) {
    at = Math.max(0, Math.min(openers.length - 1, at + step));
    show();
  }

  function figure(opener) {
    const picture = opener.firstElementChild.cloneNode(true);
    picture.removeAttribute("title");
    return element("figure", {}, picture, element("figcaption", {}, opener.dataset.caption));
  }

  function show() {
    const opener = openers[at];
    const beside = opener.dataset.beside ? openers.find((other) => other.dataset.picture === opener.dataset.beside) : null;
    pictures.className = `compared${opener.closest(".pixels") ? " pixels" : ""}`;
    pictures.replaceChildren(...(beside && beside !== opener ? [beside, opener] : [opener]).map(figure));
    where.textContent = `${at + 1} of ${openers.length}`;
    [previous.disabled, next.disabled] = [at === 0, at === openers.length - 1];
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.(".open");
    if (opener) {
      openers = [...(opener.closest("[data-group]") ?? document).querySelectorAll(".open")];
      at = openers.indexOf(opener);
      show();
      dialog.showModal();
    } else if (event.target === dialog) {
      dialog.close();
    }
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -openers.length, End: openers.length }[event.key];
    if (step) {
      event.preventDefault();
      go(step);
    } else if (event.key === "Enter" && document.activeElement === dialog) {
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => openers[at]?.isConnected && openers[at].focus());
  document.body.append(dialog);
  return dialog;
})();
