// form[data-draft="NAME"]: every text field of the form is kept on this device as it is typed, as
// ciphertext, and comes back after a crash, a lost connection or an expired sign-in. NAME is the form's
// name on this address (an id, never words). Removed when the server has received the form: it answers
// with a redirect (a cookie then names the draft, see app.js), or an htmx request of the form succeeds.
// Password fields and those with data-draft-not are never kept; fields with data-autosave keep themselves.
import { forget, keep, kept, ready } from "./vault.js";

const PAUSE = 500;

export function start(form) {
  const slot = slotOf(form.dataset.draft);
  let timer = null;
  const keepNow = () => keep(slot, JSON.stringify(valuesOf(form)));
  nameItself(form, slot);
  ready().then(async () => {
    await restore(form, slot);
    if (typed(form)) keepNow(); // also what was typed before this script came
  });

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keepNow, PAUSE);
  });
  for (const at of ["change", "submit"]) {
    form.addEventListener(at, () => {
      clearTimeout(timer);
      keepNow();
    });
  }
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== form || !event.detail.successful) return;
    clearTimeout(timer);
    forget(slot);
  });
}

function nameItself(form, slot) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "draft";
  field.value = slot;
  form.append(field);
}

async function restore(form, slot) {
  const text = await kept(slot).catch(() => null);
  if (!text) return;
  const values = JSON.parse(text);
  let restored = false;
  for (const field of fieldsOf(form)) {
    const [value, untouched] = [values[field.name], field.value === field.defaultValue];
    if (value === undefined || !untouched || value === field.value) continue;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    restored = true;
  }
  if (restored) tell(form, slot);
}

function tell(form, slot) {
  const note = document.createElement("p");
  note.className = "draft-note";
  note.setAttribute("role", "status");
  note.append("We brought back what you had typed. ");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet button-small";
  button.textContent = "Clear it";
  button.addEventListener("click", async () => {
    for (const field of fieldsOf(form)) field.value = field.defaultValue;
    await forget(slot);
    note.remove();
  });
  note.append(button);
  form.prepend(note);
}

function fieldsOf(form) {
  const texts = form.querySelectorAll('textarea[name], input[name]:is([type="text"], [type="search"], [type="number"], [type="date"], [type="time"], :not([type]))');
  return [...texts].filter((field) => !("draftNot" in field.dataset) && !("autosave" in field.dataset));
}

// Whether there is anything in the form that the server does not have.
const typed = (form) => fieldsOf(form).some((field) => field.value !== field.defaultValue);
const valuesOf = (form) => Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
const slotOf = (name) => `${location.pathname}#${name}`;
