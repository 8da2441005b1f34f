// [data-session-room]: the keys of the Session room, each of which has its button, the quiet clock, the
// switch between guide and note on a small screen, and what opens above the guide.
//   F2 the screen turned to the client and back, F8 the client's words, F9 or / find.
export function start(room) {
  const together = room.dataset.together;
  const isTogether = "isTogether" in room.dataset;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const free = !event.target.closest("input, textarea, select, [contenteditable], dialog");
    if (event.key === "F2" && together) return press(event, () => turn(together));
    if (isTogether) return void (event.key === "Escape" && press(event, () => turn(together)));
    if (event.key === "F8") return press(event, () => room.querySelector("[data-quote-open]")?.click());
    if (event.key === "F9" || (event.key === "/" && free)) return press(event, () => room.querySelector("#find")?.focus());
    if (event.key === "Escape") closeOpened(room);
    return undefined;
  });
  room.addEventListener("click", (event) => {
    const link = event.target.closest("[data-together-link]");
    if (link && !event.ctrlKey && !event.metaKey) press(event, () => turn(link.href));
    if (event.target.closest("[data-close-opened]")) press(event, () => closeOpened(room));
  });
  room.addEventListener("htmx:afterSwap", (event) => {
    const place = event.detail.target;
    if (place?.id === "guide-opened" || place?.classList.contains("task-more-form")) showOpened(place);
  });
  const clock = room.querySelector("[data-session-clock]");
  if (clock) runClock(clock);
  const change = room.querySelector("[data-session-switch]");
  if (change) startSwitch(room, change);
}

function press(event, act) {
  event.preventDefault();
  act();
}

// Nothing half-saved stays behind when the screen is turned.
async function turn(address) {
  document.activeElement?.blur();
  const { arrived } = await import("./quick_waiting.js");
  await arrived(4000);
  location.assign(address);
}

function showOpened(place) {
  const head = place.querySelector("h2, h3, .error-summary, input:not([type=hidden]), select, textarea");
  place.scrollIntoView({ block: "nearest", behavior: "instant" });
  head?.focus();
}

function closeOpened(room) {
  const open = [...room.querySelectorAll("#guide-opened, .task-more-form")].filter((place) => place.childElementCount);
  const here = open.find((place) => place.contains(document.activeElement)) ?? open[0];
  if (!here) return;
  here.replaceChildren();
  (here.closest(".task")?.querySelector(".task-more") ?? room.querySelector("#find"))?.focus();
}

// Minutes since the session began, by the server's clock. No countdown, no alarm.
function runClock(clock) {
  const ahead = Date.parse(clock.dataset.sessionNow) - Date.now();
  const words = clock.querySelector("[data-clock-words]");
  const tell = () => {
    const minutes = Math.max(0, Math.floor((Date.now() + ahead - Date.parse(clock.dataset.sessionClock)) / 60000));
    words.textContent = minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  };
  tell();
  setInterval(tell, 15000);
}

function startSwitch(room, change) {
  const links = [...change.querySelectorAll("a")];
  const show = (name) => {
    room.dataset.showing = name;
    for (const link of links) {
      if (link.hash === `#${name}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  room.dataset.switched = "";
  change.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    show(link.hash.slice(1));
    document.querySelector(link.hash)?.focus({ preventScroll: true });
    scrollTo({ top: change.offsetTop - 8, behavior: "instant" });
  });
  if (location.hash === "#note") show("note");
}
