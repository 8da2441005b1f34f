// [data-note-kept="URL"][data-note-id="ID"]: what this device kept of a note as ciphertext, after a crash, a
// lost connection or an expired sign-in, goes to the server and is offered: put it back, or let it go.
import { post } from "./server.js";
import { forget, kept, slots } from "./vault.js";

export async function start(place) {
  const found = await slots(`/note/${place.dataset.noteId}#`).catch(() => []);
  for (const slot of found) await hand(place, slot).catch(() => null);
}

async function hand(place, slot) {
  const text = await kept(slot);
  if (text === null) return;
  const { fields, ...rest } = JSON.parse(text);
  const response = await post(place.dataset.noteKept, { ...rest, ...fields, show: "1" });
  if (!response.ok) return;
  const { html } = await response.json();
  await forget(slot);
  place.innerHTML = html;
}
