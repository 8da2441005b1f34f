// details[id][data-remember-open]: stays as the person left it while this tab lives.
export function start(details) {
  const key = `open:${location.pathname}#${details.id}`;
  const kept = sessionStorage.getItem(key);
  if (kept !== null) details.open = kept === "1";
  details.addEventListener("toggle", () => sessionStorage.setItem(key, details.open ? "1" : "0"));
}
