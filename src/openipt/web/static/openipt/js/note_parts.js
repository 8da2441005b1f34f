// What the note (note.js) does to the page: grow with the text, take in what the server says now, wait.
const GROWS_ITSELF = CSS.supports("field-sizing", "content");

export function addHidden(form, name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  form.append(field);
}

export function grow(field) {
  if (GROWS_ITSELF) return;
  const fit = () => {
    field.style.blockSize = "auto";
    field.style.blockSize = `${field.scrollHeight + 2}px`;
  };
  field.addEventListener("input", fit);
  fit();
}

// What somebody typed into a part of the page goes with them into the part that takes its place.
export function carry(old, fresh) {
  for (const field of old.querySelectorAll("textarea[name]")) {
    if (field.value === field.defaultValue) continue;
    const next = [...fresh.querySelectorAll("textarea")].find((other) => other.name === field.name);
    if (next) next.value = field.value;
  }
}

// The sentences and the signing part as they are now; not under the hands of somebody who is in one of them,
// and not while a button is being pressed: it must not move away under the finger.
export async function showFresh(html) {
  await released();
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const fresh of page.querySelectorAll("#note-blocks, #note-sign")) {
    const form = document.getElementById(fresh.id)?.closest("form");
    if (form) waiting.set(fresh.id, { fresh, form });
  }
  showWaiting();
}

// Each part waits for itself: a fresh signing part says nothing about sentences that could not be shown yet.
// Once the whole note has been swapped, what waited for the old one is of no use.
const waiting = new Map();

function showWaiting() {
  for (const [id, { fresh, form }] of waiting) {
    const old = document.getElementById(id);
    if (form.isConnected && old && isBusy(old)) continue;
    waiting.delete(id);
    if (!form.isConnected || !old) continue;
    carry(old, fresh);
    fresh.removeAttribute("hx-swap-oob");
    old.replaceWith(fresh);
    window.htmx?.process(fresh);
    fresh.querySelectorAll("textarea").forEach(grow);
  }
}

// What the guide brings out of band, by the same rules.
export function takeIn(event) {
  event.detail.shouldSwap = false;
  const box = document.createElement("div");
  box.append(event.detail.fragment.cloneNode(true));
  showFresh(box.innerHTML);
}

const isBusy = (part) => part.contains(document.activeElement);

document.addEventListener("focusout", () => setTimeout(() => released().then(showWaiting), 0));

let pressing = null;
document.addEventListener("pointerdown", () => {
  let release;
  pressing = new Promise((done) => (release = done));
  const over = () => setTimeout(() => ((pressing = null), release()), 0);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, over, { once: true });
  setTimeout(over, 3000);
});
const released = () => pressing ?? Promise.resolve();

// Resolves when nothing that was recorded beside the note is still on its way.
export async function quiet() {
  for (let tries = 0; tries < 60; tries += 1) {
    await new Promise((done) => setTimeout(done, 50));
    if (!document.querySelector(".htmx-request")) return;
  }
}

export function signInAgain(status) {
  if (!status || status.querySelector("a")) return;
  const link = document.createElement("a");
  link.href = `/login/?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = "Sign in again";
  status.append(" ", link);
}
