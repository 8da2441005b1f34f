// form[data-quick-line]: a line of the guide that saves itself, through htmx, as its fields change.
// A pause in typing saves, leaving a field saves at once; of choices passed by with the arrow keys only the one
// that is stayed at is saved: a level of risk walked over was never chosen. While the server is out of reach the line says
// so and is sent again; drafts.js keeps its words on this device meanwhile. No form of the page that
// leaves it (signing, turning the screen) goes before every line has arrived. Without script each line
// has its Save button ([data-without-script], hidden here; Enter still presses it).
import { watch } from "./quick_carry.js";

const PAUSE = 900;
const REST = 4000; // at a choice come to by arrow keys, unless it is left before
const RETRIES = [2000, 5000, 15000, 30000];
const waiting = new Set();

export function start(form) {
  let timer = null;
  let tries = 0;
  let sending = false;
  let again = false;
  let passing = false;
  watch(form);
  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  function save() {
    clearTimeout(timer);
    if (!form.isConnected) return undefined; // a fresh one stands in its place, with what was typed (quick_carry.js)
    if (sending) return void (again = true);
    sending = true;
    return window.htmx.trigger(form, "save");
  }
  form.addEventListener("input", (event) => {
    if (event.target.type === "hidden") return;
    waiting.add(form);
    say(form, "Not saved yet", "typing");
    later(passing ? REST : PAUSE);
  });
  form.addEventListener("change", () => {
    waiting.add(form);
    if (!passing) save();
  });
  form.addEventListener("keydown", (event) => (passing = event.target.type === "radio" && event.key.startsWith("Arrow")));
  form.addEventListener("pointerdown", () => (passing = false));
  form.addEventListener("focusout", (event) => {
    if (!passing || (event.relatedTarget?.name === event.target.name && form.contains(event.relatedTarget))) return;
    passing = false;
    if (waiting.has(form)) save();
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    waiting.add(form);
    sending = true;
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== form) return;
    sending = false;
    const status = event.detail.xhr?.status ?? 0;
    if (status === 0 || status >= 500) return notSaved("Not saved yet. We keep trying.");
    if (status === 401 || status === 403) return notSaved("Not saved yet. Your words are kept on this device.");
    tries = 0;
    if (again) {
      again = false;
      return later(0);
    }
    waiting.delete(form);
    markWrong(form);
    settle();
  });
  window.addEventListener("online", () => waiting.has(form) && later(0));
  if ("carried" in form.dataset || isTouched(form)) {
    delete form.dataset.carried;
    waiting.add(form);
    later(0);
  }

  function notSaved(words) {
    again = false;
    say(form, words, "waiting");
    settle();
    later(RETRIES[Math.min(tries++, RETRIES.length - 1)]);
  }
}

// Whether a person typed or pressed something before this script came.
function isTouched(form) {
  return [...form.elements].some((field) => {
    if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option) => option.selected && !option.defaultSelected) && field.selectedIndex > 0;
    return "defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue;
  });
}

function say(form, words, state) {
  const status = form.querySelector("[data-save-status]");
  if (!status) return;
  status.textContent = words;
  status.dataset.state = state;
}

// What the server found wrong stands below the fields; the fields themselves are told, too.
function markWrong(form) {
  const errors = form.querySelector("[data-wrong]");
  const ids = errors ? errors.dataset.wrong.split(" ") : [];
  for (const field of form.querySelectorAll("input, select, textarea")) {
    if (ids.some((id) => id && (field.id === id || field.id.startsWith(`${id}-`)))) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

// -- nothing leaves the page before every line has arrived --------------------------------------------

let askers = [];
const settle = () => {
  for (const tell of askers.splice(0)) tell();
};

// Resolves once every line has arrived: true; or after `most` milliseconds without: false.
export async function arrived(most = 30000) {
  const end = Date.now() + most;
  while (Date.now() < end) {
    if (!isWaiting()) break;
    await Promise.race([new Promise((tell) => askers.push(tell)), new Promise((tell) => setTimeout(tell, 250))]);
  }
  return !isWaiting();
}

// A line whose place was taken by a fresh one has arrived: it was drawn from what the server has.
function isWaiting() {
  for (const form of waiting) if (!form.isConnected) waiting.delete(form);
  return waiting.size > 0 || document.querySelector("[data-quick-line][data-carried]") !== null;
}

const LATE = "Not everything you recorded has arrived yet, so nothing was sent. It is kept here and tried again.";
let cleared = null;
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form === cleared || !isWaiting() || form.matches("[hx-post], [hx-get], [role=search]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = event.submitter;
  tell("One moment: what you recorded is being saved.");
  const all = await arrived();
  await new Promise((done) => setTimeout(done, 0)); // while its first submit is still told, a form takes no second
  tell(all ? "" : LATE);
  if (!all) return;
  cleared = form;
  form.requestSubmit(button?.isConnected ? button : form.querySelector(button?.id ? `#${button.id}` : "[type=submit]"));
  cleared = null;
}, true);

function tell(words) {
  const place = document.getElementById("messages");
  if (place) place.textContent = words;
}

window.addEventListener("beforeunload", (event) => {
  if (isWaiting()) event.preventDefault();
});

// A record was saved in its own form beside the guide: the rows are read anew, once all lines are in.
document.body.addEventListener("openipt:record-saved", async () => {
  await arrived();
  const rows = document.getElementById("guide-rows");
  if (rows) window.htmx.trigger(rows, "guide-refresh");
});
