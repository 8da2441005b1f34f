// data-keep-in-view: a strip that scrolls sideways shows the place we are at.
export function start(strip) {
  const here = strip.querySelector("[aria-current]");
  if (!here) return;
  const middle = here.offsetLeft + here.offsetWidth / 2 - strip.clientWidth / 2;
  strip.scrollTo({ left: middle, behavior: "instant" });
}
