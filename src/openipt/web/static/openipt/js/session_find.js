// form[data-find]: a combobox over everything of the manual. The list is fetched once, on first use, and
// narrowed here as one types; choosing opens the thing above the guide, which stays as it is.
export function start(form) {
  const input = form.querySelector("input");
  const list = form.querySelector(".find-list");
  const status = form.querySelector("[data-find-status]");
  const most = 10;
  let all = null;
  let shown = [];
  let active = -1;

  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "find-options", "aria-autocomplete": "list" })) {
    input.setAttribute(name, value);
  }

  async function ready() {
    if (all) return;
    const response = await fetch(form.dataset.find, { headers: { "X-Requested-With": "fetch" } });
    if (!response.ok) throw new Error(String(response.status));
    list.innerHTML = await response.text();
    all = [...list.querySelectorAll("[role=option]")];
  }

  async function narrow() {
    await ready().catch(() => null);
    if (!all) return;
    const wanted = plain(input.value).split(" ").filter(Boolean);
    const ranked = wanted.length ? all.map((one) => [rank(wanted, one.dataset.words), one]).filter(([at]) => at < 9) : [];
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
    shown[active]?.setAttribute("aria-selected", "false");
    for (const one of shown) one.setAttribute("aria-selected", "false");
    active = at;
    const one = shown[at];
    if (!one) return;
    one.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", one.id);
    one.scrollIntoView({ block: "nearest" });
  }

  async function choose(one) {
    if (!one) return;
    input.value = "";
    open(false);
    await window.htmx.ajax("GET", one.dataset.address, { target: "#guide-opened", swap: "innerHTML" });
  }

  input.addEventListener("focus", () => ready().catch(() => null));
  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!shown.length) return;
      open(true);
      point((active + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length);
    } else if (event.key === "Enter" && !list.hidden && shown[active]) {
      event.preventDefault();
      choose(shown[active]);
    } else if (event.key === "Escape" && (!list.hidden || input.value)) {
      event.preventDefault();
      event.stopPropagation();
      input.value = "";
      open(false);
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => choose(event.target.closest("[role=option]")));
  input.addEventListener("blur", () => open(false));
}

const plain = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

function rank(wanted, words) {
  if (!wanted.every((part) => words.includes(part))) return 9;
  if (words.startsWith(wanted[0])) return 0;
  return wanted.every((part) => words.split(" ").some((word) => word.startsWith(part))) ? 1 : 2;
}
