// Starts each behaviour where its data-attribute stands, and loads only what a page uses.
// A module here exports start(element); it is called once for every element, also for those that
// htmx brings in later. To add a behaviour: one file of under 150 lines, one line in this table.
const BEHAVIOURS = {
  "[data-error-summary]": "./error_summary.js",
  "[data-theme-choice]": "./theme.js",
  "[data-menu]": "./menu.js",
  "dialog[data-dialog]": "./dialog.js",
  "[data-keep-in-view]": "./keep_in_view.js",
  "[data-palette]": "./palette.js",
  "[data-remember-open]": "./disclosure.js",
  "[data-quick-exit]": "./quick_exit.js",
  "[data-autosave]": "./autosave.js",
  "[data-draft]": "./drafts.js",
  "[data-rows]": "./rows.js",
  "[data-rank-order]": "./rank_order.js",
  "[data-own-words]": "./own_words.js",
  "input[type=date], input[type=time]": "./whole_dates.js",
  "[data-note]": "./note.js",
  "[data-note-kept]": "./note_kept.js",
  "[data-print]": "./print.js",
  "[data-check-in], [data-check-in-all], [data-marks]": "./check_in.js",
  "[data-quick-line]": "./quick_line.js",
  "[data-quotes]": "./session_quotes.js",
  "[data-find]": "./session_find.js",
  "[data-session-room]": "./session_room.js",
  "[data-line-view]": "./line.js",
  "[data-circle]": "./circle.js",
  "[data-circle-player]": "./circle_player.js",
  "[data-send-on-change]": "./send_on_change.js",
  "[data-time-view]": "./time_lanes.js",
  "[data-time-entry]": "./time_entry.js",
  "[data-time-now]": "./time_now.js",
};
const started = new WeakMap();

async function startIn(root) {
  await Promise.all(Object.entries(BEHAVIOURS).map(([selector, file]) => startOne(root, selector, file)));
}

async function startOne(root, selector, file) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  if (!found.length) return;
  const behaviour = await import(file);
  for (const element of found) {
    const already = started.get(element) ?? new Set();
    if (already.has(selector)) continue;
    started.set(element, already.add(selector));
    behaviour.start(element);
  }
}

// The page says when all that stands on it listens.
let starting = 0;
function begin(root) {
  const page = document.documentElement;
  starting += 1;
  delete page.dataset.started;
  return startIn(root).finally(() => {
    starting -= 1;
    if (!starting) page.dataset.started = "";
  });
}

begin(document.documentElement);
document.addEventListener("htmx:load", (event) => begin(event.detail.elt));

// The server took forms that this device keeps as ciphertext (a cookie names them): let go of them.
if (document.cookie.includes("openipt_received=")) import("./vault.js").then(({ letGo }) => letGo());

// An answer to a page that grew old brings a fresh form token; every form on the page takes it.
document.addEventListener("htmx:afterRequest", (event) => {
  const token = event.detail.xhr?.getResponseHeader("X-Fresh-Token");
  if (!token) return;
  for (const field of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) field.value = token;
});
