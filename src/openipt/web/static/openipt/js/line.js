// [data-line-view]: the page of the line. Without it every score is a link to its words, and the choice a form.
// Pointing at a day shows it beside the drawing and across the small lines; drawing across looks closer; the
// keys are told on the page. Every look closer or further is the form sent with two days: an address.
import { follow } from "./line_pointer.js";

const DAY = 86400000;
const SVG = "http://www.w3.org/2000/svg";
const LEAST_DAYS = 14;
let goOnAt = null; // the day that had the focus when the keys changed the days shown

export function start(view) {
  const form = view.querySelector("[data-line-choice]");
  const now = view.querySelector("[data-line-now]");
  const plots = [...view.querySelectorAll("[data-line-plot]")];
  if (!form || !plots.length) return;
  const first = Date.parse(view.dataset.start);
  const days = Math.max(LEAST_DAYS, (Date.parse(view.dataset.end) - first) / DAY);
  const points = () => [...view.querySelectorAll(".line-point[data-day]")].filter((one) => one.checkVisibility());

  const show = (point) => {
    for (const other of view.querySelectorAll(".line-point[data-now]")) delete other.dataset.now;
    point.dataset.now = "";
    for (const plot of plots) cross(plot, Number(point.dataset.x));
    const words = view.querySelector(point.getAttribute("href"));
    if (words) fill(now, words);
  };
  const nearest = (x) =>
    points().reduce((best, one) => (!best || Math.abs(one.dataset.x - x) < Math.abs(best.dataset.x - x) ? one : best), null);

  rove(points());
  const resume = goOnAt && closest(points(), goOnAt);
  goOnAt = null;
  if (resume) {
    rove(points(), resume);
    resume.focus({ preventScroll: true });
    show(resume);
  }
  view.addEventListener("focusin", (event) => {
    const point = event.target.closest?.(".line-point[data-day]");
    if (point) show(point);
  });
  view.addEventListener("click", (event) => {
    const point = event.target.closest?.(".line-point[data-day]");
    if (point && event.detail > 0) event.preventDefault(); // Enter goes to the words, a pointer reads here
  });
  view.addEventListener("keydown", (event) => keys(event, points(), { form, first, days }));
  for (const plot of plots) follow(plot, { show, nearest, choose: (x, to) => chooseDays(form, dayAt(plot, x, first, days), dayAt(plot, to, first, days)) });
}

// One score is in the order of the Tab key, the arrows reach the others.
function rove(points, here = points.at(-1)) {
  for (const point of points) point.setAttribute("tabindex", point === here ? "0" : "-1");
}

function closest(points, day) {
  const away = (point) => Math.abs(Date.parse(point.dataset.day) - day);
  return points.reduce((best, one) => (!best || away(one) < away(best) ? one : best), null);
}

function fill(now, words) {
  const title = document.createElement("h2");
  title.className = "card-title";
  title.textContent = words.dataset.title;
  now.replaceChildren(title, ...words.cloneNode(true).children);
  now.scrollTop = 0;
}

function cross(plot, x) {
  const line = plot.querySelector(".line-cross") ?? plot.appendChild(document.createElementNS(SVG, "line"));
  line.setAttribute("class", "line-cross");
  for (const [name, value] of Object.entries({ x1: x, x2: x, y1: plot.dataset.top, y2: plot.dataset.floor })) line.setAttribute(name, value);
}

function dayAt(plot, x, first, days) {
  const share = (x - plot.dataset.left) / (plot.dataset.end - plot.dataset.left);
  return first + Math.round(share * days) * DAY;
}

// -- the keys -----------------------------------------------------------------------------------------
function keys(event, points, { form, first, days }) {
  const point = event.target.closest?.(".line-point[data-day]");
  if (!point || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = points.indexOf(point);
  const places = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: points.length - 1 };
  const day = Date.parse(point.dataset.day);
  const last = first + days * DAY;
  const around = (half) => [day - half * DAY, day + half * DAY];
  const looks = {
    "+": around(Math.max(LEAST_DAYS / 2, days / 4)), "=": around(Math.max(LEAST_DAYS / 2, days / 4)),
    "-": around(days), "[": [day, last], "]": [first, day],
  };
  if (event.key in places) {
    const next = points[places[event.key]];
    if (next) rove(points, next);
    next?.focus();
  } else if (event.key === "0") {
    goOnAt = day;
    send(form, "whole");
  } else if (event.key in looks) {
    goOnAt = day;
    chooseDays(form, ...looks[event.key]);
  } else return;
  event.preventDefault();
}

function chooseDays(form, one, other) {
  const iso = (day) => new Date(day).toISOString().slice(0, 10);
  form.elements.from.value = iso(Math.min(one, other));
  form.elements.to.value = iso(Math.max(one, other));
  send(form, "own");
}

function send(form, span) {
  form.elements.span.value = span;
  form.requestSubmit();
}
