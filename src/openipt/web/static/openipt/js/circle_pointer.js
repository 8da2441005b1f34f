// The finger, pen or mouse on the drawing of circle.js: drag a person, tap a person, tap a ring.
import { markRing, placeAt } from "./circle_glide.js";

const FAR = 6; // pixels: nearer than this it was a tap

export function follow(svg, { tapped, tappedRing, dropped, holding }) {
  let held = null;
  let wasDragged = false;

  svg.addEventListener("pointerdown", (event) => {
    wasDragged = false;
    const person = event.target.closest(".circle-person[data-code]");
    if (!person || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    held = { person, id: event.pointerId, x: event.clientX, y: event.clientY, from: person.getAttribute("transform") };
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held || event.pointerId !== held.id) return;
    if (!held.drags && Math.hypot(event.clientX - held.x, event.clientY - held.y) < FAR) return;
    if (!held.drags) begin();
    const place = placeAt(svg, event.clientX, event.clientY);
    held.person.setAttribute("transform", place.at);
    markRing(svg, place.ring);
  });
  svg.addEventListener("pointerup", (event) => end(event, true));
  svg.addEventListener("pointercancel", (event) => end(event, false));
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const person = event.target.closest(".circle-person[data-code]");
    if (person || wasDragged) event.preventDefault();
    if (wasDragged) return void (wasDragged = false);
    if (person) return tapped(person.dataset.code, event.detail === 0);
    const { ring, angle } = placeAt(svg, event.clientX, event.clientY);
    if (ring !== null) tappedRing(ring, angle);
    return undefined;
  });

  function begin() {
    held.drags = true;
    held.person.dataset.dragged = "";
    held.person.parentNode.append(held.person);
    svg.setPointerCapture(held.id);
    holding(held.person.dataset.code);
  }

  function end(event, isDrop) {
    if (!held || event.pointerId !== held.id) return;
    const { person, drags, from } = held;
    held = null;
    if (!drags) return;
    wasDragged = isDrop;
    delete person.dataset.dragged;
    markRing(svg, 0);
    holding(null);
    const { ring, angle } = placeAt(svg, event.clientX, event.clientY);
    if (isDrop && ring !== null) dropped(person.dataset.code, ring, angle);
    else person.setAttribute("transform", from);
  }
}
