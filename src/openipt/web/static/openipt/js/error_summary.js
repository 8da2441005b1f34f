// data-error-summary: takes the focus when it appears; its links bring the focus into their field.
export function start(summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const within = field.matches("input, select, textarea, button") ? field : field.querySelector("input, select, textarea");
    field.closest("details")?.setAttribute("open", "");
    (within ?? field).scrollIntoView({ block: "center" });
    (within ?? field).focus();
  });
}
