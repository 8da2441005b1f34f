// A field with a list under it that narrows as one types (ARIA combobox). The list is fetched once, on first use, and
// narrowed here: what is typed goes nowhere.
//   load()      gives the HTML of a listbox; each option has data-words, plain and small
//   choose(one) what happens with the option chosen
//   whole       with nothing typed, the first ones are shown
export function combobox({ input, list, status, load, choose, most = 10, whole = false }) {
  let all = null;
  let shown = [];
  let active = -1;

  const said = { role: "combobox", "aria-expanded": "false", "aria-controls": list.dataset.options, "aria-autocomplete": "list" };
  for (const [name, value] of Object.entries(said)) input.setAttribute(name, value);

  async function ready() {
    if (all) return;
    list.innerHTML = await load();
    all = [...list.querySelectorAll("[role=option]")];
  }

  async function narrow() {
    await ready().catch(() => null);
    if (!all) return void (status.textContent = "This cannot be reached now.");
    const wanted = plain(input.value).split(" ").filter(Boolean);
    const ranked = wanted.length ? all.map((one) => [rank(wanted, one.dataset.words), one]).filter(([at]) => at < 9) : whole ? all.map((one) => [0, one]) : [];
    ranked.sort((a, b) => a[0] - b[0]);
    shown = ranked.slice(0, most).map(([, one]) => one);
    for (const one of all) one.hidden = true;
    const box = list.querySelector("[role=listbox]");
    for (const one of shown) {
      one.hidden = false;
      box.append(one);
    }
    status.textContent = wanted.length ? (shown.length ? `${ranked.length} found.` : "Nothing found.") : "";
    open(shown.length > 0);
    point(shown.length ? 0 : -1);
  }

  function open(yes) {
    list.hidden = !yes;
    input.setAttribute("aria-expanded", String(yes));
    if (!yes) input.removeAttribute("aria-activedescendant");
  }

  function point(at) {
    for (const one of shown) one.setAttribute("aria-selected", "false");
    active = at;
    const one = shown[at];
    if (!one) return;
    one.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", one.id);
    one.scrollIntoView({ block: "nearest" });
  }

  function take(one) {
    if (!one) return;
    input.value = "";
    open(false);
    choose(one);
  }

  input.addEventListener("focus", () => (whole ? narrow() : ready().catch(() => null)));
  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!shown.length) return;
      open(true);
      point((active + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length);
    } else if (event.key === "Enter" && !list.hidden && shown[active]) {
      event.preventDefault();
      take(shown[active]);
    } else if (event.key === "Escape" && (input.value || (!whole && !list.hidden))) {
      event.preventDefault();
      event.stopPropagation();
      input.value = "";
      if (whole) narrow();
      else open(false);
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => take(event.target.closest("[role=option]")));
  if (!whole) input.addEventListener("blur", () => open(false));
}

const plain = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

function rank(wanted, words) {
  if (!wanted.every((part) => words.includes(part))) return 9;
  if (words.startsWith(wanted[0])) return 0;
  return wanted.every((part) => words.split(" ").some((word) => word.startsWith(part))) ? 1 : 2;
}
