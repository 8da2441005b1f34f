// form[data-find]: everything of the manual, found by its name; choosing opens the thing above the guide, which
// stays as it is.
import { combobox } from "./combobox.js";

export function start(form) {
  combobox({
    input: form.querySelector("input"),
    list: form.querySelector(".find-list"),
    status: form.querySelector("[data-find-status]"),
    async load() {
      const response = await fetch(form.dataset.find, { headers: { "X-Requested-With": "fetch" } });
      if (!response.ok) throw new Error(String(response.status));
      return response.text();
    },
    choose: (one) => window.htmx.ajax("GET", one.dataset.address, { target: "#guide-opened", swap: "innerHTML" }),
  });
}
