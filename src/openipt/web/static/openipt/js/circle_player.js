// [data-circle-player]: the circles of a course, one after the other. Without it each is a link. People glide to
// where they stood next; with no motion asked for they stand there at once. Any step stops the playing.
import { takeOver } from "./circle_glide.js";

const HOLD = 1600;

export function start(player) {
  const frames = [...player.querySelectorAll("template[data-frame]")];
  const steps = [...player.querySelectorAll("[data-step]")];
  const slide = player.querySelector("[data-slide]");
  const button = player.querySelector("[data-play]");
  if (frames.length < 2) return;
  let now = Number(player.dataset.now);
  let timer = null;

  function show(at) {
    now = at;
    const frame = frames[at];
    const fresh = frame.content.cloneNode(true);
    takeOver(player.querySelector("[data-stage]"), fresh);
    player.querySelector("[data-when]").textContent = frame.dataset.frameWhen;
    player.querySelector("[data-moved]").textContent = frame.dataset.frameMoved;
    for (const step of steps) {
      if (Number(step.dataset.step) === at) step.setAttribute("aria-current", "true");
      else step.removeAttribute("aria-current");
    }
    slide.value = at;
    slide.setAttribute("aria-valuetext", frame.dataset.frameWhen);
    player.dataset.now = at;
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    tell("Play", "play");
  }
  function play() {
    if (timer) return stop();
    tell("Pause", "pause");
    show(now === frames.length - 1 ? 0 : now + 1);
    timer = setInterval(() => {
      show(now + 1);
      if (now === frames.length - 1) stop();
    }, HOLD);
    return undefined;
  }
  function tell(words, icon) {
    button.querySelector("[data-play-words]").textContent = words;
    for (const drawn of button.querySelectorAll("[data-icon]")) drawn.toggleAttribute("hidden", drawn.dataset.icon !== icon);
  }

  button.addEventListener("click", play);
  slide.addEventListener("input", () => {
    stop();
    show(Number(slide.value));
  });
  player.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (!step || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    stop();
    show(Number(step.dataset.step));
  });
  slide.setAttribute("aria-valuetext", frames[now].dataset.frameWhen);
  for (const hidden of [button, player.querySelector("[data-slide-box]")]) hidden.hidden = false;
}
