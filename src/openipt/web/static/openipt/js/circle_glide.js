// The closeness circle as geometry, and how one drawing becomes another: people glide to where the server draws
// them (200 ms, at once for those who ask for no motion), who comes fades in, who goes fades out. A person's node
// stays the same node, so that the focus stays on it. Used by circle.js and circle_player.js.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const TIME = { duration: 200, easing: "ease-in-out" };

export const drawingsOf = (box) => [...box.querySelectorAll("[data-circle-drawing]")];
export const peopleOf = (svg) => [...svg.querySelectorAll(".circle-person[data-code]")];
export const personIn = (svg, code) => peopleOf(svg).find((one) => one.dataset.code === code && !("going" in one.dataset));

// Everything of `fresh` (the same figure, drawn anew) in place of what `figure` shows. `but`: a person in somebody's hand.
export function takeOver(figure, fresh, but = null) {
  const now = drawingsOf(fresh);
  drawingsOf(figure).forEach((svg, at) => redraw(svg, now[at], but));
  const [key, newKey] = [figure, fresh].map((box) => box.querySelector("[data-circle-key]"));
  if (key && newKey) key.replaceWith(newKey);
  else if (newKey) figure.firstElementChild.append(newKey);
  else key?.remove();
}

function redraw(svg, fresh, but) {
  for (const { name, value } of fresh.attributes) if (name !== "class") svg.setAttribute(name, value);
  for (const ring of fresh.querySelectorAll("circle[data-ring], [data-ring-name]")) {
    const place = ring.dataset.ring ? `circle[data-ring="${ring.dataset.ring}"]` : `[data-ring-name="${ring.dataset.ringName}"]`;
    const mine = svg.querySelector(place);
    for (const { name, value } of ring.attributes) mine.setAttribute(name, value);
    if (ring.dataset.ringName) mine.textContent = ring.textContent;
  }
  for (const old of svg.querySelectorAll(".circle-trace")) old.remove();
  const group = svg.querySelector("[data-circle-people]");
  for (const trace of fresh.querySelectorAll(".circle-trace")) group.before(trace);
  group.setAttribute("font-size", fresh.querySelector("[data-circle-people]").getAttribute("font-size"));
  const there = new Set();
  for (const one of peopleOf(fresh)) {
    there.add(one.dataset.code);
    if (one.dataset.code !== but) placePerson(svg, group, one);
  }
  for (const one of peopleOf(svg)) if (!there.has(one.dataset.code) && one.dataset.code !== but) leave(one);
}

function placePerson(svg, group, fresh) {
  const mine = personIn(svg, fresh.dataset.code);
  if (!mine) {
    group.append(fresh);
    if (!calm.matches) fresh.animate([{ opacity: 0 }, { opacity: 1 }], TIME);
    return;
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== "transform" && name !== "tabindex") mine.setAttribute(name, value);
  }
  if (mine.innerHTML !== fresh.innerHTML) mine.replaceChildren(...fresh.childNodes);
  move(mine, fresh.getAttribute("transform"));
}

function leave(person) {
  if (calm.matches) return person.remove();
  person.dataset.going = "";
  const going = person.animate([{ opacity: 1 }, { opacity: 0 }], { ...TIME, fill: "forwards" });
  going.finished.finally(() => person.remove());
  return undefined;
}

export function move(person, to) {
  const running = person.getAnimations();
  const from = running.length ? getComputedStyle(person).transform : styled(person.getAttribute("transform"));
  person.setAttribute("transform", to);
  for (const one of running) one.cancel();
  if (calm.matches || from === styled(to) || !person.ownerSVGElement.checkVisibility()) return;
  person.animate([{ transform: from }, { transform: styled(to) }], TIME);
}

const styled = (text) => `translate(${numbers(text).map((one) => `${one}px`).join(", ")})`;
const numbers = (text) => text.match(/-?[\d.]+/g).map(Number);

// -- geometry, in the units of a drawing --------------------------------------------------------------
export function shapeOf(svg) {
  const { width, height } = svg.viewBox.baseVal;
  const lines = numbers(svg.dataset.lines);
  return { x: width / 2, y: height / 2, inner: [Number(svg.dataset.self), lines[0], lines[1]], lines, lift: Number(svg.dataset.lift) };
}

// Where a place on the screen lies: its ring (null: on the self) and its angle from the top.
export function placeAt(svg, clientX, clientY) {
  const point = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
  const shape = shapeOf(svg);
  const away = Math.hypot(point.x - shape.x, point.y - shape.y);
  const ring = shape.lines.findIndex((line) => away <= line) + 1 || 3;
  const angle = Math.round((Math.atan2(point.x - shape.x, shape.y - (point.y + shape.lift)) * 180) / Math.PI + 360) % 360;
  return { ring: away < shape.inner[0] ? null : ring, angle, at: `translate(${point.x} ${point.y})` };
}

// The middle of a ring at an angle: where somebody lies until the server says where exactly.
export function middleOf(svg, ring, angle) {
  const shape = shapeOf(svg);
  const out = (shape.inner[ring - 1] + shape.lines[ring - 1]) / 2;
  const turn = (angle * Math.PI) / 180;
  return `translate(${shape.x + out * Math.sin(turn)} ${shape.y - out * Math.cos(turn) - shape.lift})`;
}

export function markRing(svg, ring) {
  for (const one of svg.querySelectorAll("circle[data-ring]")) one.toggleAttribute("data-under", Number(one.dataset.ring) === ring);
}

