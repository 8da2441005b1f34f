// input[type=date], input[type=time]: what is no day or no time (31 February) is sent by a browser as if nothing had
// been typed. Here the form stays as it is and says so at the field.
const WORDS = {
  date: "This is no day of the calendar. Look at day, month and year again.",
  time: "This is no time of the day. Look at hours and minutes again.",
};

export function start(input) {
  input.form?.addEventListener("submit", (event) => stop(event, input), true);
  input.addEventListener("input", () => takeBack(input));
}

function stop(event, input) {
  if (!input.validity.badInput) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  takeBack(input);
  const line = document.createElement("p");
  Object.assign(line, { className: "field-error", id: `${input.id}-whole`, textContent: WORDS[input.type] });
  line.setAttribute("role", "alert");
  input.before(line);
  input.setAttribute("aria-invalid", "true");
  input.dataset.described = input.getAttribute("aria-describedby") ?? "";
  input.setAttribute("aria-describedby", `${input.dataset.described} ${line.id}`.trim());
  input.closest("details")?.setAttribute("open", "");
  input.focus();
}

function takeBack(input) {
  const line = document.getElementById(`${input.id}-whole`);
  if (!line) return;
  line.remove();
  input.removeAttribute("aria-invalid");
  input.setAttribute("aria-describedby", input.dataset.described);
}
