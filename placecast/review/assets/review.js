// The review page: the doubtful words one by one, and the whole transcript, each sentence heard and edited in place.
// The server has the truth. Every save sends one edit with the version that it was made on, and brings back everything.

import { openEditor } from "./editor.js";
import { button, element, clock, marked } from "./pieces.js";
import { setUpPlayer } from "./player.js";

const KINDS = {
  loop: "Said again and again",
  phantom: "Perhaps invented",
  prompted: "A name that is not written",
  name: "Sounds like a name",
  "near-name": "An unsure name",
  unsure: "Unsure",
  unlikely: "Hard to make out",
  end: "After the end of the sound",
  overlap: "Two people at once",
};

const find = (id) => document.getElementById(id);
const player = setUpPlayer(document.querySelector("audio"), find("speed"), {
  cues: () => state?.cues ?? [],
  row: (number) => find(`cue-${number}`),
  say,
});
const kept = `right ${location.pathname}`; // for this tab and this run of placecast
const right = new Set(JSON.parse(sessionStorage.getItem(kept) ?? "[]"));
const undoable = [];
let state = null;
let current = 0; // which of the open doubts is looked at
let editor = null;
let turn = null; // the change that is on its way to the server
let said = null; // until when the last message is shown

// Asking the server

async function ask(path, body) {
  const options = body && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  try {
    const answer = await fetch(path, options);
    const found = await answer.json();
    if (answer.ok) return found;
    complain(found.error, answer.status === 409);
  } catch {
    complain("Placecast does not answer any more. What you have typed stays here; start placecast review again.");
  }
  return null;
}

/** Do this unless another change is on its way: a second press of the same button must not be a second change. */
async function alone(act) {
  if (turn) return false;
  turn = act();
  const done = await turn;
  turn = null;
  return done;
}

function complain(text, changed = false) {
  const load = changed ? [button("Load the new version", loadAgain, "primary")] : [];
  find("problem").replaceChildren(element("p", {}, text), ...load, button("Close", forgive));
}

function forgive() {
  find("problem").replaceChildren();
}

async function load() {
  const found = await ask("data");
  if (found) show(found);
}

async function loadAgain() {
  const typed = editor?.typed();
  const found = await ask("data");
  if (!found) return;
  undoable.length = 0;
  forgive();
  editor?.close();
  show(found);
  if (!typed) return;
  const nearest = state.cues.reduce(
    (best, cue, n) => (Math.abs(cue.start - typed.start) < Math.abs(state.cues[best].start - typed.start) ? n : best),
    0,
  );
  edit(nearest, "row", typed);
  say("The new version is loaded. Your text is still in the box.");
}

/** Replace the cues from `first` up to `last` by these sentences. Says whether it was saved. */
function save(first, last, sentences, done) {
  return alone(async () => {
    const old = state.cues.slice(first, last).map(({ text, speaker, start, end }) => ({ text, speaker, start, end }));
    const found = await ask("save", { version: state.version, first, last, sentences });
    if (!found) return false;
    undoable.push({ first, last: first + sentences.filter((each) => each.text.trim()).length, sentences: old });
    saved(found, done);
    return true;
  });
}

function saved(found, done) {
  forgive();
  editor?.close();
  show(found);
  say(`${done} ${counted(doubts().length)} left.`);
}

async function undo() {
  while (turn) await turn;
  if (editor?.dirty()) return say("Save or cancel the sentence that you are editing first.");
  return alone(async () => {
    const last = undoable.at(-1);
    const found = last && (await ask("save", { version: state.version, ...last }));
    if (!found) return;
    undoable.pop();
    saved(found, "Undone.");
  });
}

// Showing

function show(found) {
  state = found;
  find("waiting").hidden = true;
  document.querySelector("main").hidden = false;
  document.title = `Review: ${state.title}`;
  find("show").textContent = ` · ${state.show}`;
  find("title").textContent = state.title;
  find("standing").textContent = state.review.said;
  find("standing").classList.toggle("approved", state.review.approved);
  find("approve").disabled = state.review.approved;
  find("speakers").replaceChildren(...state.speakers.map((name) => element("option", { value: name })));
  find("no-sound").hidden = state.sound;
  player.load(state.sound);
  showCues();
  showDoubts();
}

function doubts() {
  return state.doubts.filter((doubt) => !right.has(keyOf(doubt)));
}

function keyOf(doubt) {
  return `${doubt.start} ${doubt.text}`;
}

function showDoubts() {
  const open = doubts();
  current = Math.max(0, Math.min(current, open.length - 1));
  find("count").textContent = open.length ? `${open.length} to look at` : "none left";
  find("undo").disabled = !undoable.length;
  find("card").replaceChildren(...(open.length ? cardOf(open[current], open.length) : nothingLeft()));
  find("list").replaceChildren(...state.doubts.map(entryOf));
  for (const mark of document.querySelectorAll("#cues mark")) {
    mark.classList.toggle("current", open.length > 0 && mark.dataset.key === keyOf(open[current]));
  }
}

function cardOf(doubt, count) {
  const cue = state.cues[doubt.cue];
  const fix = doubt.suggestion && button(["Use “", element("b", {}, doubt.suggestion), "”"], useSuggestion, "", "U");
  return [
    element(
      "header",
      {},
      element("h3", {}, `${current + 1} of ${count}`, element("span", { class: "kind" }, KINDS[doubt.kind])),
      element("span", { class: "steps" }, button("Previous", () => step(-1), "", "K"), button("Next", () => step(1), "", "J")),
    ),
    element("p", { class: "sentence", lang: state.language }, ...speakerOf(cue), ...marked(cue.text, [doubt])),
    element("p", { class: "reason" }, element("span", { class: "clock" }, clock(doubt.start)), " ", doubt.reason),
    element(
      "p",
      { class: "actions" },
      button("Listen", listen, "primary", "L"),
      ...(fix ? [fix] : []),
      button("Right as it is", itIsRight, "", "R"),
      button("Edit", () => edit(doubt.cue, "card"), "", "E"),
    ),
    element("div", { id: "card-editor" }),
  ];
}

function nothingLeft() {
  const approved = state.review.approved;
  const next = approved ? "" : " If you have listened to the rest of it, approve it.";
  return [element("p", { class: "sentence" }, "Nothing doubtful is left."), element("p", {}, `Read the whole transcript once.${next}`)];
}

function entryOf(doubt) {
  const isRight = right.has(keyOf(doubt));
  const open = button([element("span", { class: "clock" }, clock(doubt.start)), " ", element("q", {}, doubt.text)], () => goTo(doubt));
  open.append(element("span", { class: "kind" }, isRight ? "Right as it is" : KINDS[doubt.kind]));
  return element("li", { class: isRight ? "settled" : "" }, open);
}

function showCues() {
  find("cues").replaceChildren(...state.cues.map(rowOf));
}

function rowOf(cue, number) {
  const inside = state.doubts.filter((doubt) => doubt.cue === number && !right.has(keyOf(doubt)));
  const before = state.cues[number - 1]?.speaker;
  const time = button([element("span", { class: "unseen" }, "Play from "), clock(cue.start)], () => player.play(cue.start), "clock");
  const open = button(["Edit", element("span", { class: "unseen" }, ` the sentence at ${clock(cue.start)}`)], () => edit(number, "row"), "edit");
  const text = element("p", { class: "text", lang: state.language }, ...(cue.speaker === before ? [] : speakerOf(cue)), ...marked(cue.text, inside, keyOf));
  return element("li", { id: `cue-${number}` }, time, element("div", { class: "body" }, text), open);
}

function speakerOf(cue) {
  return cue.speaker ? [element("b", { class: "speaker" }, cue.speaker, element("span", { class: "unseen" }, ": "))] : [];
}

function counted(open) {
  return open === 1 ? "1 doubt is" : `${open} doubts are`;
}

function say(text) {
  find("said").textContent = text;
  clearTimeout(said);
  said = setTimeout(() => (find("said").textContent = ""), 8000);
}

// Going through the doubts

function step(by) {
  const count = doubts().length;
  if (!count) return;
  current = (current + by + count) % count;
  look();
}

function goTo(doubt) {
  const number = doubts().findIndex((each) => keyOf(each) === keyOf(doubt));
  if (number < 0) {
    right.delete(keyOf(doubt)); // looked at once more
    rememberRight();
    showCues();
    return goTo(doubt);
  }
  current = number;
  return look();
}

async function look() {
  if (!(await leaveEditor())) return;
  showDoubts();
  find("card").focus({ preventScroll: true });
  document.querySelector(".desk").scrollTop = 0;
  const beside = matchMedia("(min-width: 60rem)").matches;
  const shown = beside ? find(`cue-${doubts()[current].cue}`) : find("card");
  shown.scrollIntoView({ block: beside ? "center" : "start" });
}

function listen() {
  const doubt = doubts()[current];
  if (doubt) player.play(doubt.start, doubt.end);
}

async function useSuggestion() {
  const doubt = doubts()[current];
  if (!doubt?.suggestion || !(await leaveEditor())) return;
  const { text, speaker } = state.cues[doubt.cue];
  const fixed = [...text].toSpliced(doubt.at, [...doubt.text].length, doubt.suggestion).join("");
  if (await save(doubt.cue, doubt.cue + 1, [{ text: fixed, speaker }], "Saved.")) find("card").focus();
}

function itIsRight() {
  const doubt = doubts()[current];
  if (!doubt) return;
  right.add(keyOf(doubt));
  rememberRight();
  showCues();
  showDoubts();
  find("card").focus({ preventScroll: true });
  say(`Kept. ${doubts().length} left.`);
}

function rememberRight() {
  sessionStorage.setItem(kept, JSON.stringify([...right]));
}

// Editing

/** Put the editor in place of a sentence: in its row, or in the card of its doubt. */
async function edit(wanted, place, typed = null) {
  const { start } = state.cues[wanted];
  if (!(await leaveEditor())) return;
  const number = state.cues.findIndex((each) => each.start === start); // a sentence above may be gone now
  if (number < 0) return;
  const row = find(`cue-${number}`);
  const slot = place === "card" ? find("card-editor") : row.querySelector(".body");
  const hidden = place === "card" ? [] : [row.querySelector(".text"), row.querySelector(".edit")];
  const cue = state.cues[number];
  const close = () => {
    editor = null;
    for (const each of hidden) each.hidden = false;
  };
  for (const each of hidden) each.hidden = true;
  editor = openEditor(slot, { cue, typed, last: number === state.cues.length - 1, language: state.language }, {
    close,
    save: (text, speaker) => finish(number, place, number + 1, [{ text, speaker }], text.trim() ? "Saved." : "Removed."),
    split: (before, after, speaker) => split(number, place, before, after, speaker),
    merge: (text, speaker) =>
      finish(number, place, number + 2, [{ text: `${text} ${state.cues[number + 1].text}`, speaker }], "Merged."),
    cancel: () => back(number, place),
    play: (at) => player.play(cue.words.findLast(([place]) => place <= at)?.[1] ?? cue.start),
    say,
  });
}

async function leaveEditor() {
  if (!editor) return true;
  if (!editor.dirty()) {
    editor.close();
    return true;
  }
  return editor.save();
}

async function finish(number, place, last, sentences, done) {
  if (!(await save(number, last, sentences, done))) return false;
  back(number, place);
  return true;
}

async function split(number, place, before, after, speaker) {
  if (await save(number, number + 1, [before, after].map((text) => ({ text, speaker })), "Split in two.")) edit(number + 1, "row");
}

function back(number, place) {
  editor?.close();
  const row = find(`cue-${Math.min(number, state.cues.length - 1)}`);
  const target = place === "card" ? find("card") : row?.querySelector(".edit");
  target?.focus({ preventScroll: true });
}

// Approving

async function askForName() {
  if (!(await leaveEditor())) return;
  const open = doubts().length;
  find("left").textContent = open
    ? `${counted(open)} open: neither corrected, nor said to be right as it is.`
    : "";
  find("approval").showModal();
  find("by").focus();
}

function approve(event) {
  event.preventDefault();
  find("approval").close();
  alone(async () => {
    const found = await ask("approve", { version: state.version, by: find("by").value });
    if (!found) return;
    forgive();
    show(found);
    say(state.review.said);
  });
}

// Keys

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  l: listen,
  u: useSuggestion,
  r: itIsRight,
  e: () => doubts().length && edit(doubts()[current].cue, "card"),
};

function pressed(event) {
  if (!state || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!find("keys").checked || find("approval").open || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

find("undo").addEventListener("click", undo);
find("approve").addEventListener("click", askForName);
find("approval").querySelector("form").addEventListener("submit", approve);
find("not-yet").addEventListener("click", () => find("approval").close());
find("cues").addEventListener("click", (event) => {
  const mark = event.target.closest("mark");
  const doubt = mark && state.doubts.find((each) => keyOf(each) === mark.dataset.key);
  if (doubt) goTo(doubt);
});
document.addEventListener("keydown", pressed);
window.addEventListener("beforeunload", (event) => editor?.dirty() && event.preventDefault());
find("list-fold").open = matchMedia("(min-width: 60rem)").matches;
load();
