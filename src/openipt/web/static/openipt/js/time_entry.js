// [data-time-entry]: the one line of the time line. htmx reads it back as it is typed, drafts.js keeps it on this
// device; this says so while the service is out of reach, tells a screen reader the sentence alone and not the choices
// under it, and reads a line that came back or was typed early.
const OUT = "Out of reach just now. Your line is kept on this device; Enter keeps it once we are back.";

export function start(form) {
  const line = form.querySelector("[name=line]");
  const reading = form.querySelector(".time-read");
  const heard = form.querySelector("[data-time-heard]");
  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
  const lost = () => {
    const words = document.createElement("p");
    words.className = "small time-note";
    words.textContent = OUT;
    reading.replaceChildren(words);
    heard.textContent = OUT;
  };
  form.addEventListener("htmx:afterSwap", () => {
    const parts = [...reading.querySelectorAll(".time-heard-part, .time-note, .field-error")];
    heard.textContent = parts.map((part) => part.textContent.trim()).join(". ");
  });
  line.addEventListener("htmx:sendError", lost);
  line.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status < 400) return;
    event.detail.shouldSwap = false; // an expired sign-in, a broken service: the line stays, its reading waits
    lost();
  });
  window.addEventListener("online", () => line.value && window.htmx.trigger(line, "input"));
  if (line.value !== line.defaultValue) window.htmx.trigger(line, "input");
}
