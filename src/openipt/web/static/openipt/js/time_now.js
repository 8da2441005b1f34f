// button[data-time-now="ID"]: puts the time it is now into that field. Without script the button is not there.
export function start(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.timeNow);
    const now = new Date();
    field.value = [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  });
}
