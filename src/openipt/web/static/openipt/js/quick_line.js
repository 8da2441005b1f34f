// form[data-quick-line]: a line of the guide that saves itself, through htmx, as its fields change.
// A pause in typing saves, leaving a field saves at once; of choices passed by with the arrow keys only the one
// that is stayed at is saved: a level of risk walked over was never chosen. While the server is out of reach
// the line says so and is sent again; drafts.js keeps its words on this device meanwhile. Nothing leaves the
// page before every line has arrived (quick_waiting.js). Without script each line has its Save button
// ([data-without-script], hidden here; Enter still presses it).
import { watch } from "./quick_carry.js";
import { settle, waiting } from "./quick_waiting.js";

const PAUSE = 900;
const REST = 4000; // at a choice come to by arrow keys, unless it is left before
const RETRIES = [2000, 5000, 15000, 30000];

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
