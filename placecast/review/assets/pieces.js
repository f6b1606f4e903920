// Small parts of the page. All text goes in as text: what a transcript says is never taken for markup.

export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

/** A button with its words, and the key that does the same. */
export function button(content, act, kind = "", key = "") {
  const made = element("button", { type: "button", class: kind, "aria-keyshortcuts": key }, ...[content].flat());
  if (key) made.append(" ", element("kbd", { "aria-hidden": "true" }, key));
  made.addEventListener("click", act);
  return made;
}

export function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A sentence with the words in doubt marked. The server counts characters, JavaScript half of some of them. */
export function marked(text, doubts, keyOf = null) {
  const characters = [...text];
  const parts = [];
  let done = 0;
  for (const doubt of doubts.toSorted((one, two) => one.at - two.at)) {
    if (doubt.at < done) continue;
    const end = doubt.at + [...doubt.text].length;
    const mark = element("mark", {}, characters.slice(doubt.at, end).join(""));
    if (keyOf) mark.dataset.key = keyOf(doubt);
    parts.push(characters.slice(done, doubt.at).join(""), mark);
    done = end;
  }
  return [...parts, characters.slice(done).join("")];
}
