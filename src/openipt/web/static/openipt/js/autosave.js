// A field that saves itself as it is typed.
//   data-autosave="URL"            where it is posted: fields `name`, `value`, `version`, and the form token
//   data-autosave-name="blocks.x"  its name there (default: the field's own name)
//   data-version="3"               the version read; the answer's `version` replaces it
//   data-autosave-also="#id"       another field whose name and value travel along (optional)
// The server answers JSON: 200 {"version": 4, "at": "14:03"}; 409 {"message": "...", "version": 5, "value": "..."}
// when somebody else saved first; 422 {"message": "..."}. What is said stands in the nearest
// [data-save-status]: "Saved 14:03", "Not saved yet". While the server is out of reach the text is kept
// on this device as ciphertext (drafts.js) and sent again, until it is received.
import { SignedOut, post } from "./server.js";
import { forget, keep, kept } from "./vault.js";

const PAUSE = 700;
const RETRIES = [2000, 5000, 15000, 30000];

export function start(field) {
  const name = field.dataset.autosaveName || field.name;
  const slot = `${field.dataset.autosave}#${name}`;
  const status = statusOf(field);
  let saved = asWritten(field); // not field.value: a person may have typed before this script came
  let timer = null;
  let tries = 0;
  let busy = false;

  const say = (words, state = "") => {
    if (!status) return;
    status.textContent = words;
    status.dataset.state = state;
  };
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  async function save() {
    clearTimeout(timer);
    const value = field.value;
    if (busy) return later(PAUSE);
    if (value === saved) return undefined;
    busy = true;
    try {
      await keep(slot, value);
      await send(value);
    } catch (error) {
      notSaved(error);
    } finally {
      busy = false;
    }
    return undefined;
  }

  async function send(value) {
    const also = document.querySelector(field.dataset.autosaveAlso || "[data-none]");
    const extra = also ? { [also.name]: also.value } : {};
    const response = await post(field.dataset.autosave, { ...extra, name, value, version: field.dataset.version ?? "" });
    const answer = await response.json().catch(() => ({}));
    if (response.status === 409) return conflict(answer);
    if (response.status === 422) return say(answer.message ?? "This cannot be saved as it is.", "waiting");
    if (!response.ok) throw new Error(String(response.status));
    if (answer.version !== undefined) field.dataset.version = answer.version;
    saved = value;
    tries = 0;
    if (field.value === value) await forget(slot);
    else later(PAUSE);
    say(`Saved ${answer.at ?? ""}`.trim(), "saved");
    field.dispatchEvent(new CustomEvent("openipt:saved", { bubbles: true, detail: answer }));
    return undefined;
  }

  function conflict(answer) {
    say(answer.message ?? "Somebody else saved first. Your text is kept here.", "waiting");
    field.dispatchEvent(new CustomEvent("openipt:conflict", { bubbles: true, detail: answer }));
  }

  function notSaved(error) {
    if (error instanceof SignedOut) say("Not saved yet: you are signed out. Your text is kept on this device.", "waiting");
    else say("Not saved yet. We keep trying.", "waiting");
    later(RETRIES[Math.min(tries++, RETRIES.length - 1)]);
  }

  field.addEventListener("input", () => {
    say("Not saved yet", "typing");
    later(PAUSE);
  });
  field.addEventListener("change", save);
  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  if (field.value !== saved) later(0);
  else restore();

  async function restore() {
    const text = await kept(slot).catch(() => null);
    if (text === null || text === field.value || field.value !== saved) return;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    say("Brought back what you had typed. Not saved yet.", "waiting");
  }
}

// What the server wrote into the page.
function asWritten(field) {
  if (field.options) return [...field.options].find((option) => option.defaultSelected)?.value ?? field.options[0]?.value ?? "";
  return field.defaultValue;
}

function statusOf(field) {
  for (let box = field.parentElement; box; box = box.parentElement) {
    const status = box.querySelector("[data-save-status]");
    if (status) return status;
    if (box.matches("form, section, main")) return null;
  }
  return null;
}
