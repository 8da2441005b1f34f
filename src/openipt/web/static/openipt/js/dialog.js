// dialog[data-dialog]: opened by any [data-opens="ID"], closed by [data-closes], Escape, or a press beside it.
// It remembers what had the focus and gives it back.
export function start(dialog) {
  let opener = null;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-opens]");
    if (!button || button.dataset.opens !== dialog.id || dialog.open) return;
    event.preventDefault();
    opener = button;
    dialog.showModal();
    dialog.querySelector("[autofocus], .dialog-title")?.focus();
  });
  dialog.addEventListener("click", (event) => {
    const beside = event.target === dialog && !within(dialog.getBoundingClientRect(), event);
    if (beside || event.target.closest("[data-closes]")) dialog.close();
  });
  dialog.addEventListener("close", () => opener?.focus());
}

function within(box, event) {
  const { clientX: x, clientY: y } = event;
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}
