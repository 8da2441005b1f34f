// The pointer over the drawing of line.js: pointing reads a day, drawing across chooses days.
const SVG = "http://www.w3.org/2000/svg";

export function follow(plot, { show, nearest, choose }) {
  const at = (event) => {
    const box = plot.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * plot.viewBox.baseVal.width;
    return Math.min(Number(plot.dataset.end), Math.max(Number(plot.dataset.left), x));
  };
  let from = null;
  plot.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    if (event.pointerType !== "touch") from = at(event);
    const point = nearest(at(event));
    if (point) show(point);
  });
  plot.addEventListener("pointermove", (event) => {
    const point = nearest(at(event));
    if (from !== null && Math.abs(at(event) - from) > 8) mark(plot, from, at(event));
    else if (point && event.pointerType !== "touch") show(point);
  });
  const stop = (event) => {
    const begun = from;
    from = null;
    plot.querySelector(".line-choosing")?.remove();
    if (begun !== null && event.type === "pointerup" && Math.abs(at(event) - begun) > 8) choose(begun, at(event));
  };
  plot.addEventListener("pointerup", stop);
  plot.addEventListener("pointerleave", stop);
  plot.addEventListener("dragstart", (event) => event.preventDefault());
}

function mark(plot, from, to) {
  const box = plot.querySelector(".line-choosing") ?? plot.appendChild(document.createElementNS(SVG, "rect"));
  box.setAttribute("class", "line-choosing");
  const [x, end] = [Math.min(from, to), Math.max(from, to)];
  for (const [name, value] of Object.entries({ x, width: end - x, y: plot.dataset.top, height: plot.dataset.floor - plot.dataset.top })) box.setAttribute(name, value);
}
