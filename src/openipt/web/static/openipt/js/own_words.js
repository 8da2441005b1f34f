// input[data-own-words="VALUE"]: words written beside a choice take its place: what a draft had chosen gives way, and
// beside a yes or no they mean yes (VALUE). Without script the form says that it is one or the other.
export function start(input) {
  const box = input.closest("fieldset, .field");
  input.addEventListener("input", () => {
    if (!input.value.trim()) return;
    const select = box.querySelector("select");
    if (select) select.value = "";
    for (const radio of box.querySelectorAll("input[type=radio]")) radio.checked = radio.value === input.dataset.ownWords;
  });
}
