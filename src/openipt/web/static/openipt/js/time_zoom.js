// The pointer over the drawing of time_lanes.js: the wheel with Ctrl and two fingers look closer, dragging moves.
// While it lasts only the marks are moved, each along the line; once it rests the days are asked for anew.
const RESTS = 180;
const LEAST_DRAG = 8;

export function follow(plot, { look }) {
  const standing = plot.classList.contains("time-standing");
  const [from, room] = [Number(plot.dataset.from), Number(plot.dataset.room)];
  const [first, last] = [Date.parse(plot.dataset.first), Date.parse(plot.dataset.last)];
  const marks = [...plot.querySelectorAll(".time-mark, .time-graph")];
  const fingers = new Map();
  let [scale, shift] = [1, 0]; // a place p of the drawing is shown at p * scale + shift
  let begun = null;
  let frame = 0;
  let timer = null;
  let moved = false;

  const at = (event) => {
    const box = plot.getBoundingClientRect();
    return standing
      ? ((event.clientY - box.top) / box.height) * plot.viewBox.baseVal.height
      : ((event.clientX - box.left) / box.width) * plot.viewBox.baseVal.width;
  };
  const draw = () => {
    frame = 0;
    plot.classList.add("time-moving");
    for (const mark of marks) {
      const place = Number(mark.dataset.at ?? from + room / 2);
      const away = (place * scale + shift - place).toFixed(1);
      mark.setAttribute("transform", standing ? `translate(0 ${away})` : `translate(${away} 0)`);
    }
  };
  const redraw = () => (frame ||= requestAnimationFrame(draw));
  const zoom = (place, by) => {
    const next = Math.min(200, Math.max(0.05, scale * by));
    shift = place - ((place - shift) / scale) * next;
    scale = next;
    redraw();
  };
  const rest = (wait = RESTS) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const day = (place) => first + (((place - shift) / scale - from) / room) * (last - first);
      if (scale !== 1 || shift !== 0) look(day(from), day(from + room));
    }, wait);
  };

  plot.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // the wheel alone scrolls the page
    event.preventDefault();
    zoom(at(event), Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)));
    rest();
  }, { passive: false });

  plot.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    fingers.set(event.pointerId, at(event));
    begun = { places: [...fingers.values()], scale, shift };
    moved = false;
  });
  plot.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, at(event));
    const places = [...fingers.values()];
    if (places.length > 1) pinch(places);
    else drag(places[0], event);
  });
  function drag(place, event) {
    if (standing && event.pointerType === "touch") return; // one finger scrolls the page
    if (!moved && Math.abs(place - begun.places[0]) < LEAST_DRAG) return;
    if (!moved) plot.setPointerCapture(event.pointerId);
    moved = true;
    shift = begun.shift + place - begun.places[0];
    redraw();
  }
  function pinch([one, other]) {
    const [a, b] = begun.places;
    if (b === undefined) return;
    moved = true;
    scale = Math.min(200, Math.max(0.05, begun.scale * (Math.max(4, Math.abs(one - other)) / Math.max(4, Math.abs(a - b)))));
    shift = (one + other) / 2 - (((a + b) / 2 - begun.shift) / begun.scale) * scale;
    redraw();
  }
  const end = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    begun = { places: [...fingers.values()], scale, shift };
    if (!fingers.size && moved) rest(0);
  };
  plot.addEventListener("pointerup", end);
  plot.addEventListener("pointercancel", end);
  plot.addEventListener("click", (event) => {
    if (moved) event.preventDefault(), event.stopPropagation(); // a drag that ends on a mark opens nothing
    moved = false;
  }, true);
  plot.addEventListener("dragstart", (event) => event.preventDefault());
}
