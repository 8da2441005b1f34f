// [data-circle]: the drawing of the closeness circle, taken in hand. Without it the room is a drawing with links and
// a list of rings; that list stays the truth of the form. Every act changes the list, is said, can be undone, and is
// saved at once by autosave.js (the hidden field holds code -> [ring, angle]); the answer is the drawing as the server
// lays it out, and people glide there. The keys are told on the page.
import { adding } from "./circle_add.js";
import { choosing } from "./circle_choose.js";
import { drawingsOf, middleOf, move, personIn, takeOver } from "./circle_glide.js";
import { arrows } from "./circle_keys.js";
import { follow } from "./circle_pointer.js";
import { said, twoDrawings, words } from "./circle_words.js";

export function start(room) {
  const field = room.querySelector("[data-circle-drawn]");
  const part = (name, box = room) => box.querySelector(`[data-circle-part="${name}"]`);
  const svgs = () => drawingsOf(part("figure"));
  const [undoButton, redoButton] = ["undo", "redo"].map((name) => room.querySelector(`[data-${name}]`));
  const say = said(room);
  const nameOf = (code) => room.querySelector(`[name="ring-${code}"]`)?.closest("fieldset").querySelector("legend span").textContent ?? "";
  let state = JSON.parse(field.defaultValue); // the value may have been brought back already
  let [done, undone] = [[], []];
  let inHand = null;

  // -- one act ------------------------------------------------------------------------------------
  function act(change, what, more = {}) {
    const before = state;
    show({ ...state, ...change });
    done.push({ before, after: state, what, ...more });
    undone = [];
    say(what);
    send();
  }

  function show(next) {
    const codes = Object.keys(next).filter((code) => String(next[code]) !== String(state[code]));
    state = next;
    for (const code of codes) {
      const [ring, angle] = state[code];
      for (const radio of room.querySelectorAll(`[name="ring-${code}"]`)) radio.checked = radio.value === String(ring ?? "");
      const kept = room.querySelector(`[name="angle-${code}"]`);
      if (kept) kept.value = angle ?? "";
      for (const svg of svgs()) {
        const person = personIn(svg, code);
        if (person && ring) move(person, middleOf(svg, ring, angle ?? Number(person.dataset.angle)));
        else person?.remove();
      }
    }
    undoButton.disabled = !done.length;
    redoButton.disabled = !undone.length;
  }

  function send() {
    [undoButton.disabled, redoButton.disabled] = [!done.length, !undone.length];
    field.value = JSON.stringify(state);
    field.dispatchEvent(new Event("change"));
  }

  const put = (code, ring, angle = state[code]?.[1] ?? null) => {
    const before = state[code]?.[0] ?? null;
    if (before === ring && angle === (state[code]?.[1] ?? null)) return say(words.stays(nameOf(code), ring));
    return act({ [code]: [ring, angle] }, words.moved(nameOf(code), before, ring));
  };

  async function step(from, to, side, how) {
    const last = from.pop();
    if (!last) return say(`Nothing to ${how === "Undone" ? "undo" : "do again"}.`);
    const kept = last.added ? await add.again(last, side) : true;
    if (kept === false) return void from.push(last);
    to.push(last);
    show(last[side]);
    say(`${how}: ${last.what}`);
    return send();
  }
  let stepping = Promise.resolve(); // one after the other: the next may lie on what the server still takes back
  const inTurn = (one) => () => (stepping = stepping.then(one, one));
  const undo = inTurn(() => step(done, undone, "before", "Undone"));
  const redo = inTurn(() => step(undone, done, "after", "Done again"));

  // -- what the server answers --------------------------------------------------------------------
  function take(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    takeOver(part("figure"), part("figure", fresh.content), inHand);
    for (const name of ["words", "list"]) {
      const [old, now] = [part(name), part(name, fresh.content)];
      const isSame = name === "list" && listed(old) === listed(now);
      if (!isSame && !old.contains(document.activeElement)) old.replaceWith(now);
    }
    choice.mark();
  }
  const listed = (box) => [...box.querySelectorAll("legend")].map((one) => one.textContent).join();
  const isState = (text) => Object.entries(JSON.parse(text)).every(([code, place]) => String(place) === String(state[code] ?? [null, null]));

  // Who was added elsewhere stands on the drawing from now on; whoever moved meanwhile stays as moved.
  function takeIfSame(drawn, html) {
    state = { ...JSON.parse(drawn), ...state };
    field.value = JSON.stringify(state);
    if (isState(drawn)) take(html);
  }
  field.addEventListener("openipt:saved", ({ detail }) => {
    room.querySelector("[data-circle-version]").value = detail.version;
    takeIfSame(detail.drawn, detail.html);
  });
  field.addEventListener("openipt:conflict", ({ detail }) => detail.value && twoDrawings(room, field, detail, { state: () => state, nameOf, act, take }));
  field.addEventListener("input", () => show(JSON.parse(field.value))); // brought back from this device
  document.body.addEventListener("openipt:person-saved", async () => {
    const answer = await fetch(room.dataset.room, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = await answer.json();
    takeIfSame(fresh.drawn, fresh.html);
  });

  // -- choosing somebody, adding somebody ---------------------------------------------------------
  const choice = choosing(room, { svgs, say, nameOf });
  const tappedRing = (ring, angle) => {
    const code = choice.taken();
    return code ? put(code, ring, angle) : add.begin(ring, angle);
  };
  const add = adding(room, {
    say,
    added: (person, ring, angle) => act({ [person.code]: [ring, angle] }, words.came(person.label, ring), { added: person }),
  });

  // -- hands --------------------------------------------------------------------------------------
  for (const svg of svgs()) {
    follow(svg, { tapped: choice.tapped, tappedRing, dropped: put, holding: (code) => (inHand = code) });
  }
  document.addEventListener("keydown", (event) => arrows(event, { svgs, put, undo, redo, state: () => state, add, choose: choice.choose }));
  room.addEventListener("change", (event) => {
    const code = event.target.name?.startsWith("ring-") && event.target.name.slice(5);
    if (code) put(code, Number(event.target.value) || null);
  });
  room.querySelector("[data-circle-again]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    act(JSON.parse(event.target.dataset.circleAgain), "Back to the circle kept last.");
  });
  undoButton.addEventListener("click", undo);
  redoButton.addEventListener("click", redo);
  for (const hidden of room.querySelectorAll("[data-circle-tools], [data-circle-keys]")) hidden.hidden = false;
  choice.choose(room.querySelector("#circle-person")?.dataset.person ?? null);
  if (field.value !== field.defaultValue) show(JSON.parse(field.value));
  room.dataset.circleTaken = "";
}
