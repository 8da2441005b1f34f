// [data-time-view]: the drawing of the time line. Without it every mark and every move is a link, the days a form.
// Pointing at a mark says it below; the keys are told on the page; the wheel, two fingers and dragging look closer
// or elsewhere (time_zoom.js). Every such look is an address: the form of the days, sent with two of them.
import { follow } from "./time_zoom.js";

const DAY = 86400000;
const LEAST = 7;
let goOnAt = null; // the day and lane that had the focus when the keys changed the days shown

export function start(view) {
  const form = view.querySelector("[data-time-own]");
  const now = view.querySelector("[data-time-now]");
  const plot = () => [...view.querySelectorAll("[data-time-plot]")].find((one) => one.checkVisibility());
  const marks = () => [...(plot()?.querySelectorAll(".time-mark") ?? [])].sort((a, b) => a.dataset.at - b.dataset.at);
  if (!form || !plot()) return;
  for (const one of view.querySelectorAll("[data-time-plot]")) {
    rove([...one.querySelectorAll(".time-mark")].sort((a, b) => a.dataset.at - b.dataset.at));
    follow(one, { look: (first, last) => show(form, first, last) });
  }
  if (goOnAt !== null) {
    const there = nearest(plot(), marks(), goOnAt);
    goOnAt = null;
    if (there) {
      rove(marks(), there);
      there.focus({ preventScroll: true });
      say(view, now, there);
    } else view.querySelector("#time-closer, #time-further")?.focus({ preventScroll: true });
  }
  const point = (event) => {
    const mark = event.target.closest?.(".time-mark");
    if (mark) say(view, now, mark);
  };
  view.addEventListener("pointerover", point);
  view.addEventListener("focusin", point);
  view.addEventListener("click", (event) => {
    const mark = event.target.closest?.(".time-mark[data-closer]");
    if (!mark || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const days = new URLSearchParams(mark.getAttribute("href"));
    goOnAt = event.detail === 0 ? Date.parse(days.get("from")) : null;
    show(form, Date.parse(days.get("from")), Date.parse(days.get("to")));
  });
  view.addEventListener("keydown", (event) => keys(event, view, marks(), plot(), form));
}

// One mark is in the order of the Tab key, the arrows reach the others.
function rove(marks, here = marks.at(-1)) {
  for (const mark of marks) mark.setAttribute("tabindex", mark === here ? "0" : "-1");
}

function say(view, now, mark) {
  for (const other of view.querySelectorAll("[data-now]")) delete other.dataset.now;
  mark.dataset.now = "";
  const ids = mark.dataset.ids.split(" ");
  const tied = [...mark.closest("svg").querySelectorAll(".time-arc")].filter((arc) => arc.dataset.ends.split(" ").some((id) => ids.includes(id)));
  for (const arc of tied) arc.dataset.now = "";
  const words = [mark.getAttribute("aria-label"), ...tied.map((arc) => arc.dataset.words)];
  if (now.textContent !== words.join(". ")) now.textContent = words.join(". ");
}

const daysOf = (plot) => [Date.parse(plot.dataset.first), Date.parse(plot.dataset.last)];
function dayOf(plot, mark) {
  const [first, last] = daysOf(plot);
  return first + ((mark.dataset.at - plot.dataset.from) / plot.dataset.room) * (last - first);
}

function nearest(plot, marks, day) {
  const away = (mark) => Math.abs(dayOf(plot, mark) - day);
  return marks.reduce((best, one) => (!best || away(one) < away(best) ? one : best), null);
}

// -- the keys -----------------------------------------------------------------------------------------
function keys(event, view, marks, plot, form) {
  const mark = event.target.closest?.(".time-mark");
  if (!mark || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = marks.indexOf(mark);
  const places = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: marks.length - 1 };
  const [first, last] = daysOf(plot);
  const [day, days] = [dayOf(plot, mark), last - first];
  const around = (half) => [day - Math.max(half, (LEAST * DAY) / 2), day + Math.max(half, (LEAST * DAY) / 2)];
  const looks = {
    "+": around(days / 4), "=": around(days / 4), "-": around(days),
    PageUp: [first - days / 2, last - days / 2], PageDown: [first + days / 2, last + days / 2],
  };
  if (event.key in places) {
    const next = marks[places[event.key]];
    if (next) rove(marks, next);
    next?.focus();
  } else if (event.key === "0") {
    goOnAt = day;
    view.querySelector(".time-span").click();
  } else if (event.key in looks) {
    goOnAt = event.key.startsWith("Page") ? looks[event.key][0] + days / 2 : day;
    show(form, ...looks[event.key]);
  } else return;
  event.preventDefault();
}

function show(form, first, last) {
  const iso = (day) => new Date(day).toISOString().slice(0, 10);
  const [least, most] = [Date.UTC(1880, 0, 1), Date.UTC(2190, 0, 1)];
  const held = (day) => Math.min(most, Math.max(least, day));
  form.elements.from.value = iso(held(Math.min(first, last)));
  form.elements.to.value = iso(held(Math.max(first, last)));
  form.requestSubmit();
}
