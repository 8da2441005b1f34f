// Adding somebody to the circle (circle.js): a tap on a ring, a name, Enter. Names wait in a row of their own until
// the server has them: kept on this device as ciphertext (vault.js), sent again, also after a crash or a new sign-in.
import { SignedOut, post } from "./server.js";
import { forget, keep, kept } from "./vault.js";

const RETRIES = [2000, 5000, 15000, 30000];

export function adding(room, { say, added }) {
  const form = room.querySelector("#circle-add");
  const name = form.elements.label;
  const slot = `${location.pathname}#circle-waiting`;
  let waiting = [];
  let angle = null;
  let [tries, timer, busy] = [0, null, false];

  function begin(ring, at) {
    angle = at;
    for (const radio of form.querySelectorAll('[name="ring"]')) radio.checked = radio.value === String(ring);
    name.focus();
    say("A name, then Enter.");
  }

  function fault(words) {
    form.querySelector("#circle-add-error").hidden = !words;
    form.querySelector("[data-add-error]").textContent = words;
    if (words) name.setAttribute("aria-invalid", "true");
    else name.removeAttribute("aria-invalid");
    if (words) name.focus();
  }

  const keepWaiting = () => (waiting.length ? keep(slot, JSON.stringify(waiting)) : forget(slot)).catch(() => null);

  async function submit() {
    const label = name.value.trim();
    if (!label) return fault("Write what the client calls this person.");
    waiting.push({ label, ring: Number(form.querySelector('[name="ring"]:checked')?.value ?? 2), angle });
    [name.value, angle] = ["", null];
    name.dispatchEvent(new Event("change", { bubbles: true })); // drafts.js lets go of the name in the field
    fault("");
    await keepWaiting();
    return send();
  }

  async function send() {
    clearTimeout(timer);
    timer = null;
    if (busy || !waiting.length) return;
    busy = true;
    const [first] = waiting;
    try {
      const person = await asked(room.dataset.add, { label: first.label, ring: first.ring });
      tries = 0;
      waiting.shift();
      await keepWaiting();
      if (!person.message) added(person, first.ring, first.angle);
      else {
        if (!name.value) name.value = first.label;
        fault(`${first.label}: ${person.message}`);
      }
    } catch (error) {
      const why = error instanceof SignedOut ? "you are signed out" : "the service is out of reach";
      say(`Not added yet: ${why}. ${first.label} is kept on this device; we keep trying.`);
      timer = setTimeout(send, RETRIES[Math.min(tries++, RETRIES.length - 1)]);
    } finally {
      busy = false;
    }
    if (!timer) send();
  }

  // Adding undone, or done again. False where the service is out of reach: then nothing changes.
  async function again(last, side) {
    const { added: person } = last;
    try {
      if (side === "before") {
        const answer = await post(room.dataset.takeBack, { person: person.code });
        const place = answer.ok ? [] : [[person.code, [null, null]]]; // more was said: off the circle, not taken back
        last.before = Object.fromEntries([...Object.entries(last.before).filter(([code]) => code !== person.code), ...place]);
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
    submit();
  });
  window.addEventListener("online", () => send());
  kept(slot).then((text) => {
    waiting.unshift(...(text ? JSON.parse(text) : []));
    send();
  }, () => null);
  return { begin, again };
}

async function asked(address, fields) {
  const response = await post(address, fields);
  if (!response.ok && response.status !== 422) throw new Error(String(response.status));
  return response.json();
}
