// The two dialogs of palette.js, made on first use from what the server answers.
import { combobox } from "./combobox.js";

const made = {};

export async function open(what, link) {
  if (document.querySelector("dialog[open]")) return;
  const dialog = (made[what] ??= make(what, link));
  const back = document.activeElement;
  dialog.addEventListener("close", () => back?.focus?.(), { once: true });
  dialog.showModal();
  (dialog.querySelector("input") ?? dialog.querySelector(".dialog-title")).focus();
  if (what === "keys" && !dialog.dataset.filled) {
    dialog.querySelector("[data-body]").innerHTML = await got(link.dataset.keys).catch(() => "This cannot be reached now.");
    dialog.dataset.filled = "";
    const here = dialog.querySelector(`[data-place="${CSS.escape(placeOf(document.body))}"]`);
    here?.parentElement.prepend(here);
  }
}

const HEAD = `<div class="dialog-head"><h2 class="dialog-title" tabindex="-1" id="palette-title"></h2><button type="button" class="button button-quiet" data-closes>Close</button></div>`;
const BODIES = {
  go: `<input class="input" type="search" autocomplete="off" aria-labelledby="palette-title" placeholder="A client, a room, a page">
    <div class="find-list go-list" data-options="go-options"></div><p class="visually-hidden" role="status"></p>`,
  keys: `<div data-body></div>`,
};
const TITLES = { go: "Go to", keys: "Keys" };

function make(what, link) {
  const dialog = document.createElement("dialog");
  dialog.className = `dialog palette-${what}`;
  dialog.id = what;
  dialog.innerHTML = (HEAD + BODIES[what]).replaceAll("palette-title", `${what}-title`);
  dialog.querySelector(".dialog-title").textContent = TITLES[what];
  dialog.setAttribute("aria-labelledby", `${what}-title`);
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-closes]")) dialog.close();
  });
  if (what === "go") {
    combobox({
      input: dialog.querySelector("input"),
      list: dialog.querySelector(".go-list"),
      status: dialog.querySelector("[role=status]"),
      whole: true,
      most: 12,
      load: () => got(`${link.href}${ofHere()}`),
      choose: (one) => location.assign(one.dataset.address),
    });
  }
  return dialog;
}

// The client whose room this is: their rooms come first.
function ofHere() {
  const found = location.pathname.match(/^\/episodes\/([0-9a-f-]{36})\//);
  return found ? `?of=${found[1]}` : "";
}

async function got(address) {
  const response = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
  if (!response.ok) throw new Error(String(response.status));
  return response.text();
}

function placeOf(body) {
  if (body.querySelector("[data-session-room]")) return "session";
  if (body.querySelector("[data-circle]")) return "circle";
  if (body.querySelector("[data-time-view]")) return "timeline";
  if (body.querySelector("[data-line-view]")) return "line";
  return body.querySelector("[data-rank-order]") ? "order" : "everywhere";
}
