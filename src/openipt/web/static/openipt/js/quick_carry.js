// A quick line whose row is drawn anew while somebody is still at it: what they chose or typed after the line
// was sent goes with them into the fresh line, which then sends it (data-carried). The answer to a first press
// must never take back a second one.
const received = new WeakMap(); // form -> what the server has of it
const sent = new WeakMap(); // form -> what is on its way

export function watch(form) {
  form.addEventListener("htmx:configRequest", (event) => event.detail.elt === form && sent.set(form, stateOf(form)));
  form.addEventListener("htmx:beforeOnLoad", (event) => {
    const status = event.detail.xhr?.status ?? 0;
    if (event.detail.elt === form && status && status < 500 && status !== 401 && status !== 403) received.set(form, sent.get(form));
  });
}

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  for (const old of event.detail.target.querySelectorAll("[data-quick-line]")) {
    const fresh = [...event.detail.fragment.querySelectorAll("[data-quick-line]")].find((form) => form.id === old.id);
    if (fresh) carry(old, fresh);
  }
});

function carry(old, fresh) {
  const known = received.get(old);
  const places = new Map(fieldsOf(fresh));
  for (const [key, field] of fieldsOf(old)) {
    const place = places.get(key);
    if (!place || stateIn(field) === (known?.get(key) ?? drawnIn(field))) continue;
    if (isPressed(field)) place.checked = field.checked;
    else place.value = field.value;
    fresh.dataset.carried = "";
  }
}

const isPressed = (field) => field.type === "radio" || field.type === "checkbox";
const stateIn = (field) => (isPressed(field) ? field.checked : field.value);
const stateOf = (form) => new Map(fieldsOf(form).map(([key, field]) => [key, stateIn(field)]));

// Each field under its name; a choice under its value too, and fields of one name in their order.
function fieldsOf(form) {
  const seen = new Map();
  const shown = [...form.elements].filter((field) => field.name && "value" in field && !["hidden", "submit", "button"].includes(field.type));
  return shown.map((field) => {
    const name = isPressed(field) ? `${field.name}=${field.value}` : field.name;
    const place = seen.get(name) ?? 0;
    seen.set(name, place + 1);
    return [`${name}#${place}`, field];
  });
}

function drawnIn(field) {
  if (isPressed(field)) return field.defaultChecked;
  if (!field.options) return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value;
}
