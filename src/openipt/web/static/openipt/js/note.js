// form[data-note="ID"]: a note that saves itself. Every pause sends what is half-typed to data-note-typed; leaving a
// field, or a longer pause, saves it (the form's own address) under the version that was read. Until the server
// has it, it stays on this device as ciphertext (vault.js; note_kept.js brings it back on the next opening).
import { addHidden, grow, quiet, showFresh, signInAgain, takeIn } from "./note_parts.js";
import { SignedOut, post } from "./server.js";
import { forget, keep, ready } from "./vault.js";

const PAUSE = 500;
const REST = 4000;
const RETRIES = [2000, 5000, 15000, 30000];

export function start(form) {
  const tab = Array.from(crypto.getRandomValues(new Uint8Array(8)), (n) => (n % 36).toString(36)).join("");
  const slot = `/note/${form.dataset.note}#${tab}`;
  const status = document.querySelector("#session-note [data-save-status]");
  const saved = new WeakMap();
  const timers = { typed: null, save: null };
  let running = Promise.resolve();
  let tries = 0;
  let halted = false;
  for (const [name, value] of [["tab", tab], ["draft", slot]]) addHidden(form, name, value);
  ready();
  form.dataset.savesItself = "";
  form.querySelectorAll("textarea").forEach(grow);

  const fields = () => [...form.querySelectorAll("[data-note-field]")];
  const before = (field) => saved.get(field) ?? field.defaultValue;
  const dirty = () => fields().filter((field) => field.value !== before(field));
  const valuesOf = (found) => Object.fromEntries(found.map((field) => [field.name, field.value]));
  const own = () => ({ tab, version: form.elements.version.value });

  function say(words, state = "") {
    if (!status || (status.dataset.state === state && status.textContent.startsWith(words))) return; // its link stays
    status.textContent = words;
    status.dataset.state = state;
  }

  function later(what, wait) {
    clearTimeout(timers[what]);
    timers[what] = setTimeout(what === "save" ? save : () => (running = running.then(sendTyped)), wait);
  }

  async function keepHere(found) {
    const kept = { ...own(), typed_at: new Date().toISOString(), fields: valuesOf(found) };
    await keep(slot, JSON.stringify(kept)).catch(() => null);
  }

  async function sendTyped() {
    const found = dirty();
    if (!found.length || halted) return;
    const values = valuesOf(found);
    await keepHere(found);
    try {
      const response = await post(form.dataset.noteTyped, { ...own(), ...values });
      if (response.ok && JSON.stringify(valuesOf(dirty())) === JSON.stringify(values)) await forget(slot);
      else if (!response.ok) throw new Error(String(response.status));
    } catch (error) {
      outOfReach(error);
    }
  }

  function save() {
    clearTimeout(timers.typed);
    clearTimeout(timers.save);
    running = running.then(saveNow);
    return running;
  }

  async function saveNow() {
    const found = dirty();
    if (!found.length || halted) return;
    const values = valuesOf(found);
    await keepHere(found);
    try {
      const response = await post(form.action, { ...own(), ...values, next: form.elements.next.value });
      const answer = await response.json().catch(() => ({}));
      if (response.status === 409) return twoVersions(answer);
      if (response.status === 422) return say(answer.message, "waiting");
      if (!response.ok) throw new Error(String(response.status));
      await received(values, answer);
    } catch (error) {
      outOfReach(error);
    }
  }

  async function received(values, answer) {
    tries = 0;
    form.elements.version.value = answer.version;
    // by name: a field that was sent may have been drawn anew meanwhile, with the words carried into it
    for (const field of fields()) if (field.name in values) saved.set(field, values[field.name]);
    if (dirty().length) return later("typed", PAUSE);
    await forget(slot);
    say(`Saved ${answer.at}`, "saved");
    showFresh(answer.html);
  }

  function twoVersions(answer) {
    halted = true;
    if (answer.signed) return location.assign(answer.signed);
    for (const field of fields()) field.readOnly = true;
    document.getElementById("note-conflict").innerHTML = answer.html;
    document.querySelector("#note-conflict [tabindex]")?.focus();
    say("Not saved: there are two versions.", "waiting");
    return forget(slot); // the server keeps the refused text
  }

  function outOfReach(error) {
    const why = error instanceof SignedOut ? "you are signed out" : "the service is out of reach";
    say(`Not saved yet: ${why}. Your text is kept on this device.`, "waiting");
    if (error instanceof SignedOut) signInAgain(status);
    later("save", RETRIES[Math.min(tries++, RETRIES.length - 1)]);
  }

  form.addEventListener("input", (event) => {
    if (!event.target.matches("[data-note-field]")) return;
    event.target.closest("[data-state=drafted]")?.setAttribute("data-state", "edited");
    say("Not saved yet", "typing");
    later("typed", PAUSE);
    later("save", REST);
  });
  form.addEventListener("change", (event) => event.target.matches("[data-note-field]") && save());
  form.addEventListener("submit", hold);
  form.addEventListener("htmx:confirm", (event) => {
    event.preventDefault();
    save().then(() => halted || event.detail.issueRequest(true));
  });
  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (form.contains(event.detail.target) && event.detail.target.id.startsWith("note-")) takeIn(event);
  });
  if (dirty().length) later("save", PAUSE); // typed before this script came

  // Leaving by a button (save, sign): what is on its way arrives first, then the whole form goes.
  function hold(event) {
    clearTimeout(timers.typed);
    clearTimeout(timers.save);
    if (form.dataset.going) return;
    event.preventDefault();
    const button = event.submitter;
    Promise.all([dirty().length && keepHere(dirty()), quiet().then(() => running)]).then(() => {
      if (halted) return;
      form.dataset.going = "1";
      form.requestSubmit(button?.isConnected ? button : document.getElementById(button?.id));
      setTimeout(() => delete form.dataset.going, 3000);
    });
  }
}
