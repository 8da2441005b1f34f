// Adding somebody to the circle (circle.js): a tap on a ring, a name, Enter. While the service is out of reach the
// name stays in its field, kept on this device as ciphertext (drafts.js), and is sent again.
import { SignedOut, post } from "./server.js";
import { forget } from "./vault.js";

const RETRIES = [2000, 5000, 15000, 30000];

export function adding(room, { say, added }) {
  const form = room.querySelector("#circle-add");
  const name = form.elements.label;
  let angle = null;
  let tries = 0;
  let timer = null;
  let busy = false;

  function begin(ring, at) {
    angle = at;
    for (const radio of form.querySelectorAll('[name="ring"]')) radio.checked = radio.value === String(ring);
    name.focus();
    say("A name, then Enter.");
  }

  function fault(words) {
    form.querySelector("#circle-add-error").hidden = !words;
    form.querySelector("[data-add-error]").textContent = words;
    name.toggleAttribute("aria-invalid", Boolean(words));
    if (words) name.focus();
  }

  async function send() {
    clearTimeout(timer);
    const label = name.value.trim();
    if (busy || !label) return label || busy ? undefined : fault("Write what the client calls this person.");
    busy = true;
    const ring = Number(form.querySelector('[name="ring"]:checked')?.value ?? 2);
    try {
      const person = await asked(room.dataset.add, { label, ring });
      if (person.message) return fault(person.message);
      fault("");
      tries = 0;
      if (name.value.trim() === label) name.value = "";
      await forget(`${location.pathname}#circle-add`).catch(() => null);
      added(person, ring, angle);
      angle = null;
    } catch (error) {
      const why = error instanceof SignedOut ? "you are signed out" : "the service is out of reach";
      say(`Not added yet: ${why}. The name is kept on this device; we keep trying.`);
      timer = setTimeout(send, RETRIES[Math.min(tries++, RETRIES.length - 1)]);
    } finally {
      busy = false;
    }
    return undefined;
  }

  // Adding undone, or done again. False where the service is out of reach: then nothing changes.
  async function again(last, side) {
    const { added: person } = last;
    try {
      if (side === "before") {
        const answer = await post(room.dataset.takeBack, { person: person.code });
        if (answer.ok) return true;
        last.before = { ...last.before, [person.code]: [null, null] }; // more was said: off the circle, not taken back
        return true;
      }
      const fresh = await asked(room.dataset.add, { label: person.label, ring: last.after[person.code][0] ?? "" });
      if (fresh.message) return say(fresh.message) ?? false;
      last.after = Object.fromEntries(Object.entries(last.after).map(([code, place]) => [code === person.code ? fresh.code : code, place]));
      last.added = fresh;
      return true;
    } catch {
      say("The service is out of reach. Try again in a moment.");
      return false;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  window.addEventListener("online", () => timer && send());
  return { begin, again };
}

async function asked(address, fields) {
  const response = await post(address, fields);
  if (!response.ok && response.status !== 422) throw new Error(String(response.status));
  return response.json();
}
