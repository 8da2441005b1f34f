// form[data-send-on-change]: a choice that is an address is followed as soon as it is chosen. Without script it has its button.
export function start(form) {
  form.addEventListener("change", () => form.requestSubmit());
}
