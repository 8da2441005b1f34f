// What circle.js says: each act in words, and what to do where there are two drawings of one circle.
const RINGS = { 1: "the inner ring", 2: "the middle ring", 3: "the outer ring" };
const at = (ring) => RINGS[ring] ?? "off the circle";

export const words = {
  chosen: (name) => `${name} is chosen. Tap a ring to move them.`,
  came: (name, ring) => `${name} came into ${at(ring)}.`,
  stays: (name, ring) => `${name} stays in ${at(ring)}.`,
  moved(name, before, ring) {
    if (!ring) return `${name} is off the circle.`;
    if (!before) return words.came(name, ring);
    if (before === ring) return `${name} moved within ${at(ring)}.`;
    return `${name} moved ${ring < before ? "closer" : "further out"}, to ${at(ring)}.`;
  },
};

// Says what happened; `more` is where the rest of it stands on a small screen, as [address, words].
export function said(room) {
  const place = room.querySelector("[data-circle-said]");
  return (text, more) => {
    place.textContent = `${text} `;
    if (!more) return;
    const link = document.createElement("a");
    [link.href, link.textContent] = more;
    place.append(link);
  };
}

// Somebody drew the same circle in another window. Both are kept; the person says with which one to go on.
export function twoDrawings(room, field, detail, { state, nameOf, act, take }) {
  const box = room.querySelector("[data-circle-conflict]");
  const theirs = JSON.parse(detail.value);
  const mine = state();
  const differ = Object.keys(theirs).filter((code) => (theirs[code]?.[0] ?? null) !== (mine[code]?.[0] ?? null));
  const lines = differ.map((code) => `${nameOf(code) || "Somebody new"}: here ${at(mine[code]?.[0])}, there ${at(theirs[code]?.[0])}`);
  box.querySelector("[data-conflict-words]").textContent = lines.length ? `${lines.join("; ")}.` : "They differ only in where on their rings people stand.";
  box.hidden = false;
  const go = (change) => {
    box.hidden = true;
    field.dataset.version = detail.version;
    change();
  };
  box.querySelector("[data-take-mine]").onclick = () => go(() => field.dispatchEvent(new Event("change")));
  box.querySelector("[data-take-theirs]").onclick = () =>
    go(() => {
      act(theirs, "The other drawing was taken.");
      take(detail.html);
    });
}
