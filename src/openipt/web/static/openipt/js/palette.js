// [data-palette]: the link "Go to" of the top bar. Ctrl+K (or a press on it) opens a field that goes to any room,
// client or page by its name; ? shows the keys of every room. Both are plain pages where there is no script.
export function start(link) {
  const show = async (what) => {
    const { open } = await import("./palette_dialog.js");
    open(what, link);
  };
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show("go");
  });
  document.addEventListener("click", (event) => {
    const keys = event.target.closest("[data-shows-keys]");
    if (!keys) return;
    event.preventDefault();
    show("keys");
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const at = event.target.closest("input, textarea, select, [contenteditable], dialog");
    const free = !at?.getClientRects().length; // the field of a dialog that has just closed is none
    const wanted = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
    if (wanted) {
      event.preventDefault();
      show("go");
    } else if (event.key === "?" && free) {
      event.preventDefault();
      show("keys");
    }
  });
}
