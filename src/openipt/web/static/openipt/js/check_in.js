// A check-in, made quicker and safer than plain forms; without this file the forms do the same.
//   section[data-check-in]       one screen, exchanged by htmx: the focus follows, a double tap answers once,
//                                a lost connection is told, an expired sign-in keeps the choice
//   form[data-check-in-all]      all questions: each choice is posted to the address there as it is made
//   textarea[data-marks=NAME]    its saved mark (autosave.js) also goes into the hidden field NAME
// Whom to call ([data-call-now]) takes the focus the moment it appears.
import { SignedOut, post } from "./server.js";

const RETRY = 4000;
let isFirstScreen = true;

export function start(element) {
  if ("marks" in element.dataset) return keepMark(element);
  if ("checkInAll" in element.dataset) return startAll(element);
  return startScreen(element);
}

function keepMark(field) {
  field.addEventListener("openipt:saved", () => {
    const mark = field.form?.elements.namedItem(field.dataset.marks);
    if (mark) mark.value = field.dataset.version;
  });
}

// -- one question a screen

function startScreen(section) {
  const target = section.querySelector("[data-call-now]") ?? (isFirstScreen ? null : section.querySelector("[data-check-in-focus]"));
  target?.focus({ preventScroll: !target.matches("[data-call-now]") });
  isFirstScreen = false;
  document.querySelector("#messages").replaceChildren();
  section.addEventListener("click", answerOnce, true);
  const form = section.querySelector("[data-check-in-form]");
  let pressed = null;
  form?.addEventListener("submit", (event) => (pressed = event.submitter));
  form?.addEventListener("htmx:sendError", () => say("This answer is not kept yet: there is no connection.", () => pressed?.click()));
  form?.addEventListener("htmx:timeout", () => say("This answer is not kept yet: the connection is slow.", () => pressed?.click()));
  form?.addEventListener("htmx:responseError", (event) => {
    // Signed out, or the form grew old: sent as a plain form, the choice is kept through the sign-in.
    if ([401, 403].includes(event.detail.xhr.status)) setTimeout(() => sendPlainly(form, pressed));
  });
}

// The second press of a double tap would answer the next question, which now stands in the same place.
function answerOnce(event) {
  if (event.detail < 2 || !event.target.closest("button[name=value]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function sendPlainly(form, pressed) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: pressed?.name ?? "value", value: pressed?.value ?? "" });
  form.append(field);
  form.submit();
}

function say(words, again) {
  const line = document.createElement("p");
  line.className = "not-kept";
  line.setAttribute("role", "alert");
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button button-secondary", textContent: "Try again" });
  button.addEventListener("click", again);
  line.append(`${words} `, button);
  document.querySelector("#messages").replaceChildren(line);
}

// -- all on one page

function startAll(form) {
  const waiting = new Map();
  let busy = false;

  form.addEventListener("change", ({ target }) => {
    if (target.type !== "radio") return;
    waiting.set(target.name, target);
    status(target, "");
    sendNext();
  });

  async function sendNext() {
    if (busy || !waiting.size) return;
    busy = true;
    const [name, radio] = waiting.entries().next().value;
    try {
      const response = await post(form.dataset.checkInAll, { name, value: radio.value });
      const answer = await response.json().catch(() => ({}));
      if (response.status === 409) location.replace(form.dataset.sent);
      else if (response.status === 422) status(radio, answer.message ?? "", "waiting");
      else if (!response.ok) throw new Error(String(response.status));
      else kept(radio, answer);
      if (waiting.get(name) === radio) waiting.delete(name);
    } catch (error) {
      notKept(radio, error);
      busy = false;
      return;
    }
    busy = false;
    sendNext();
  }

  function notKept(radio, error) {
    if (error instanceof SignedOut) {
      status(radio, "You are signed out. Press Send: you sign in, and nothing you chose is lost.", "waiting");
      return;
    }
    status(radio, "Not kept yet. We keep trying.", "waiting");
    setTimeout(sendNext, RETRY);
  }

  window.addEventListener("online", sendNext);
  for (const radio of form.querySelectorAll("input[type=radio]:checked")) {
    if (!radio.defaultChecked) waiting.set(radio.name, radio); // pressed before this script came
  }
  sendNext();
}

function kept(radio, { at, help }) {
  status(radio, `Kept ${at}`, "saved");
  const place = radio.closest("fieldset").querySelector("[data-call-now-place]");
  place.innerHTML = help ?? "";
  const panel = place.querySelector("[data-call-now]");
  panel?.focus({ preventScroll: true });
  panel?.scrollIntoView({ block: "center" });
}

function status(radio, words, state = "") {
  const line = radio.closest("fieldset").querySelector("[data-kept]");
  line.textContent = words;
  line.dataset.state = state;
}
