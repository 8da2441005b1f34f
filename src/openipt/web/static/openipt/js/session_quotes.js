// [data-quotes]: the client's own words of this session. The Quote button (F8) keeps what is selected, or
// opens the line to write them; a kept quote goes into whatever field one was in, at the caret.
let lastField = null;
let listening = false;

export function start(strip) {
  const form = strip.querySelector("[data-quote-form]");
  const input = form.querySelector("input[name=words]");
  const had = strip.ownerDocument.querySelector("[data-quote-open]");
  if (had) had.hidden = false;
  if (!("stays" in strip.dataset)) form.hidden = true;
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    form.hidden = true;
    lastField?.focus();
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt === form && event.detail.successful) lastField?.focus({ preventScroll: true });
  });
  strip.addEventListener("click", (event) => {
    const button = event.target.closest("[data-quote-insert]");
    if (button) insert(button.dataset.quoteInsert);
  });
  if (listening) return;
  listening = true;
  document.addEventListener("focusin", (event) => remember(event.target));
  document.addEventListener("click", (event) => event.target.closest("[data-quote-open]") && open());
  document.querySelector("[data-quote-open]")?.addEventListener("mousedown", (event) => event.preventDefault());
}

function remember(field) {
  if (!field.matches?.('textarea, input[type="text"], input:not([type])')) return;
  if (field.closest("[data-quotes], [data-find], dialog")) return;
  lastField = field;
}

// What is selected in a field or on the page; else a line to write.
function open() {
  const form = document.querySelector("[data-quote-form]");
  const input = form.querySelector("input[name=words]");
  const words = selected();
  if (words) {
    input.value = words;
    form.requestSubmit();
    return;
  }
  form.hidden = false;
  form.closest("[data-quotes]").scrollIntoView({ block: "nearest", behavior: "instant" });
  input.focus();
}

function selected() {
  const field = document.activeElement;
  if (field?.matches("textarea, input") && typeof field.selectionStart === "number") {
    const words = field.value.slice(field.selectionStart, field.selectionEnd).trim();
    if (words) return words;
  }
  return String(document.getSelection() ?? "").trim();
}

function insert(words) {
  const field = lastField?.isConnected ? lastField : null;
  if (!field) return;
  const quoted = field.value.trim() ? `“${words}”` : words;
  const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
  const gap = from > 0 && !/\s$/.test(field.value.slice(0, from)) ? " " : "";
  field.setRangeText(gap + quoted, from, to, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
