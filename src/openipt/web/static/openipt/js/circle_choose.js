// Choosing somebody of the circle (circle.js): marked in the drawing, opened beside it. Chosen again, nobody is.
import { personIn } from "./circle_glide.js";
import { rove } from "./circle_keys.js";
import { words } from "./circle_words.js";

export function choosing(room, { svgs, say, nameOf }) {
  let chosen = null;

  function choose(code) {
    chosen = code;
    mark();
  }
  function mark() {
    for (const one of room.querySelectorAll("[data-code]")) one.toggleAttribute("data-chosen", one.dataset.code === chosen);
    for (const svg of svgs()) rove(svg);
  }
  function taken() {
    const code = chosen;
    if (code) choose(null);
    return code;
  }
  async function open(code, isKey) {
    const address = `${room.dataset.room}?person=${encodeURIComponent(code)}`;
    await window.htmx.ajax("GET", address, { target: "#circle-beside", swap: "innerHTML" });
    if (isKey) room.querySelector("[data-person-title]")?.focus();
  }
  function tapped(code, isKey) {
    if (chosen === code && !isKey) {
      choose(null);
      return say("Nobody is chosen.");
    }
    choose(code);
    say(words.chosen(nameOf(code)), ["#circle-beside", `More about ${nameOf(code)}`]);
    return open(code, isKey);
  }
  function close() {
    room.querySelector("#circle-beside").replaceChildren();
    svgs().map((svg) => chosen && personIn(svg, chosen)).find((one) => one?.checkVisibility())?.focus();
    choose(null);
  }

  room.addEventListener("htmx:sendError", () => say("The service is out of reach. What you type and draw is kept on this device."));
  room.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.target.closest("svg.circle-drawing")) return;
    const link = event.target.closest("a[data-code]");
    const closes = event.target.closest("[data-person-close]");
    if (link || closes) event.preventDefault();
    if (link) tapped(link.dataset.code, event.detail === 0);
    if (closes) close();
  });
  return { choose, mark, taken, tapped };
}
