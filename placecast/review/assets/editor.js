// The box in which one sentence is edited. It knows nothing of the server: what is to happen is told to those who
// opened it.

import { button, element } from "./pieces.js";

/**
 * Open the box in an element. `start`: the cue, whether it is the last one, and what somebody had typed before a new
 * version of the file came. `tell`: save, split, merge, cancel, play, say and close.
 */
export function openEditor(slot, start, tell) {
  const { cue, typed, last, language } = start;
  const text = element("textarea", { lang: language, "aria-label": "Sentence", spellcheck: "true" });
  const speaker = element("input", { list: "speakers", autocomplete: "off" });
  text.value = typed?.text ?? cue.text;
  speaker.value = typed?.speaker ?? cue.speaker ?? "";

  const words = () => [text.value.trim(), speaker.value.trim() || null];
  const dirty = () => text.value.trim() !== cue.text || (speaker.value.trim() || null) !== cue.speaker;
  const close = () => {
    box.remove();
    tell.close();
  };
  const save = async () => {
    if (dirty()) return tell.save(...words());
    tell.cancel();
    return true;
  };
  const remove = () => tell.save("", null);
  const split = () => {
    const [before, after] = [text.value.slice(0, text.selectionStart), text.value.slice(text.selectionStart)];
    if (before.trim() && after.trim()) return tell.split(before.trim(), after.trim(), words()[1]);
    text.focus();
    return tell.say("Put the caret where the second sentence begins, then split.");
  };
  const merge = button("Merge with the next", () => tell.merge(...words()));
  merge.disabled = last;

  const box = element(
    "div",
    { class: "editor", role: "group", "aria-label": "Edit the sentence" },
    element("label", { class: "who" }, "Speaker ", speaker),
    text,
    ...(typed ? [element("p", { class: "now" }, "In the file now: ", element("q", { lang: language }, cue.text))] : []),
    element(
      "p",
      { class: "actions" },
      button("Save", save, "primary"),
      button("Cancel", tell.cancel),
      button("Play from here", () => tell.play([...text.value.slice(0, text.selectionStart)].length)),
      button("Split here", split),
      merge,
      button("Remove", remove, "danger"),
    ),
  );
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tell.cancel();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.target === speaker)) save();
    else if (event.key === "Enter" && event.target === text) tell.say("Ctrl and Enter save. A sentence is one line.");
    else return;
    event.preventDefault();
  });
  const grow = () => {
    text.rows = 1;
    while (text.scrollHeight > text.clientHeight && text.rows < 12) text.rows += 1;
  };
  text.addEventListener("input", grow);
  slot.append(box);
  grow();
  text.focus();
  return { close, dirty, save, typed: () => ({ text: text.value, speaker: speaker.value, start: cue.start }) };
}
