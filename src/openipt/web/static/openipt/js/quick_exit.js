// form[data-quick-exit="/neutral/page/"]: signs out behind our back and shows the neutral page at once,
// in place of this one, so that Back does not lead here. Shift pressed three times does the same.
export function start(form) {
  const leave = () => {
    navigator.sendBeacon(form.action);
    document.documentElement.hidden = true;
    location.replace(form.dataset.quickExit);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave();
  });
  let presses = [];
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift") {
      presses = [];
      return;
    }
    presses = [...presses.filter((at) => event.timeStamp - at < 1500), event.timeStamp];
    if (presses.length >= 3) leave();
  });
}
