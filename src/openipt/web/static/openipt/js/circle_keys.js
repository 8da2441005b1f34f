// The keys of the circle (circle.js): arrows from person to person, rings by number, undo. One person of a drawing is
// in the order of the Tab key.
import { peopleOf } from "./circle_glide.js";

const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const TURN = 15;

export function rove(svg, here = null) {
  const people = peopleOf(svg);
  const first = here ?? people.find((one) => one === document.activeElement) ?? people[0];
  for (const one of people) one.setAttribute("tabindex", one === first ? "0" : "-1");
}

export function arrows(event, circle) {
  if (event.isComposing || event.altKey) return;
  const typing = event.target.closest("input:not([type=radio]), textarea, select");
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !typing) {
    if (key === "z") return press(event, event.shiftKey ? circle.redo : circle.undo);
    if (key === "y") return press(event, circle.redo);
  }
  if (event.ctrlKey || event.metaKey || typing) return;
  if (event.key === "F2") return press(event, () => document.querySelector("[data-turn]")?.click());
  if (event.key === "Escape") return press(event, () => circle.choose(null));
  const person = event.target.closest("a.circle-person[data-code]");
  if (!person) return;
  if (event.key in WAYS) return press(event, () => go(person, WAYS[event.key]));
  if (event.key === "Home" || event.key === "End") return press(event, () => focus(peopleOf(person.ownerSVGElement).at(event.key === "Home" ? 0 : -1)));
  const code = person.dataset.code;
  const [ring, kept] = circle.state()[code] ?? [Number(person.dataset.personRing), null];
  const angle = kept ?? Number(person.dataset.angle);
  const acts = {
    1: () => circle.put(code, 1), 2: () => circle.put(code, 2), 3: () => circle.put(code, 3),
    "+": () => circle.put(code, Math.max(1, ring - 1)), "=": () => circle.put(code, Math.max(1, ring - 1)),
    "-": () => circle.put(code, Math.min(3, ring + 1)),
    "[": () => circle.put(code, ring, (angle - TURN + 360) % 360), "]": () => circle.put(code, ring, (angle + TURN) % 360),
    0: () => off(person, circle), delete: () => off(person, circle),
    u: circle.undo, r: circle.redo, a: () => circle.add.begin(ring, null),
  };
  if (key in acts) press(event, acts[key]);
}

function press(event, act) {
  event.preventDefault();
  act();
}

// The nearest person in that direction: what lies aside counts double.
function go(person, [x, y]) {
  const middle = (one) => one.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
  const [px, py] = middle(person);
  const away = (one) => {
    const [ox, oy] = middle(one);
    const [dx, dy] = [ox - px, oy - py];
    const ahead = dx * x + dy * y;
    return ahead > 1 ? ahead + 2 * Math.abs(dx * y - dy * x) : Infinity;
  };
  const others = peopleOf(person.ownerSVGElement).filter((one) => one !== person && away(one) < Infinity);
  focus(others.sort((one, other) => away(one) - away(other))[0]);
}

function focus(person) {
  if (!person) return;
  rove(person.ownerSVGElement, person);
  person.focus();
}

function off(person, circle) {
  const others = peopleOf(person.ownerSVGElement).filter((one) => one !== person);
  circle.put(person.dataset.code, null);
  focus(others[0]);
}
