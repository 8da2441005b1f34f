// No form of the page that leaves it (signing, turning the screen) goes before every quick line has arrived.
export const waiting = new Set(); // lines with something the server does not have yet
let askers = [];
export const settle = () => {
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
