// form[data-rank-order]: issues are moved instead of numbered. The places they are moved to stand in the number
// fields, which work alone where there is no script. Alt+ArrowUp and Alt+ArrowDown move the row in hand.
export function start(form) {
  const said = form.querySelector("[data-rank-said]");
  const rows = () => [...form.querySelectorAll("[data-rank-row]")];
  for (const moves of form.querySelectorAll("[data-rank-moves]")) moves.hidden = false;

  function move(row, by, focused) {
    const all = rows();
    const other = all[all.indexOf(row) + by];
    if (!other) return void (said.textContent = by < 0 ? "It stands first." : "It stands last.");
    if (by < 0) other.before(row);
    else other.after(row);
    rows().forEach((one, place) => (one.querySelector("[data-rank-place]").value = place + 1));
    focused?.focus();
    said.textContent = `${row.dataset.rankName}: place ${rows().indexOf(row) + 1} of ${all.length}.`;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rank-move]");
    if (button) move(button.closest("[data-rank-row]"), Number(button.dataset.rankMove), button);
  });
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-rank-row]");
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!row || !by || !event.altKey) return;
    event.preventDefault();
    move(row, by, document.activeElement);
  });
}
