// [data-rows]: a list of rows that is comfortable to type. Everything here also works without script,
// by the same buttons (they post `_rows`); this saves the round trip.
//   Enter in the last row adds one, in any other goes to the next; Alt+ArrowUp/Down moves a row.
//   Removing can be undone; what happened is said politely. The order on the page is the order sent.
export function start(rows) {
  const list = rows.querySelector(":scope > [data-rows-list]");
  const blank = rows.querySelector(":scope > [data-rows-blank]");
  const actions = [...rows.children].find((child) => child.querySelector(":scope > [data-rows-add]"));
  const status = actions.querySelector("[data-rows-status]");
  const undo = actions.querySelector("[data-rows-undo]");
  const adder = actions.querySelector("[data-rows-add]");
  const { rowName, rowToken } = rows.dataset;
  let removed = null;

  const all = () => [...list.children];
  const say = (words) => (status.textContent = words);
  const mine = (element) => element?.closest("[data-rows]") === rows;

  function number() {
    all().forEach((row, place) => {
      for (const spot of row.querySelectorAll("[data-row-number]")) {
        if (spot.closest("[data-row]") === row) spot.textContent = place + 1;
      }
    });
    const most = Number(rows.dataset.maxRows || Infinity);
    adder.disabled = all().length >= most;
  }

  // Moving a ticked circle within the page can untick it in some browsers, so places are swapped around it.
  function move(row, by) {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return say(`This is the ${by < 0 ? "first" : "last"} ${rowName}.`);
    const focused = document.activeElement;
    if (by < 0) row.after(other);
    else row.before(other);
    number();
    focused?.focus();
    changed();
    return say(`Moved to place ${all().indexOf(row) + 1} of ${all().length}.`);
  }

  function add() {
    if (adder.disabled) return;
    const token = 1 + Math.max(0, ...all().map(tokenOf));
    const row = fill(blank.content.cloneNode(true), rowToken, String(token)).querySelector("[data-row]");
    list.append(row);
    number();
    document.body.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: row } }));
    focusIn(row);
    changed();
    say(`Added ${rowName} ${all().length}.`);
  }

  function remove(row) {
    const place = all().indexOf(row);
    removed = { row, place };
    row.remove();
    number();
    undo.hidden = false;
    const next = all()[Math.min(place, all().length - 1)];
    if (next) focusIn(next);
    else adder.focus();
    changed();
    say(`Removed ${rowName} ${place + 1}. The button “${undo.textContent}” undoes it.`);
  }

  function bringBack() {
    if (!removed) return;
    const { row, place } = removed;
    removed = null;
    undo.hidden = true;
    if (all()[place]) all()[place].before(row);
    else list.append(row);
    number();
    focusIn(row);
    changed();
    say(`${rowName} ${place + 1} is back.`);
  }

  const changed = () => rows.dispatchEvent(new Event("input", { bubbles: true }));

  rows.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !mine(button)) return;
    const row = button.closest("[data-row]");
    const acts = { rowsAdd: add, rowsUndo: bringBack, rowsUp: () => move(row, -1), rowsDown: () => move(row, 1), rowsRemove: () => remove(row) };
    const act = Object.keys(acts).find((name) => name in button.dataset);
    if (!act) return;
    event.preventDefault();
    acts[act]();
  });

  rows.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row || !mine(row)) return;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(row, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Enter" && !event.isComposing && event.target.matches('input[type="text"]')) {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const next = row.nextElementSibling;
      if (next) focusIn(next);
      else if (hasWords(row)) add();
    }
  });
}

const tokenOf = (row) => Number(row.querySelector('[name="_rows"]')?.value.split(":").pop() ?? 0);
const focusIn = (row) => row.querySelector('input:not([type="hidden"]), select, textarea')?.focus();
const hasWords = (row) => [...row.querySelectorAll('input[type="text"], textarea')].some((one) => one.value.trim());

// Puts the row's own number wherever the blank row has its placeholder, also in blank rows within it.
function fill(node, placeholder, token) {
  for (const element of node.querySelectorAll("*")) {
    for (const attribute of element.attributes) {
      if (attribute.value.includes(placeholder)) attribute.value = attribute.value.replaceAll(placeholder, token);
    }
    if (element.content) fill(element.content, placeholder, token);
  }
  return node;
}
