// In the preview alone: tells what is wrong with the facts, and loads the page again when it was built anew.
"use strict";

const shown = document.currentScript.dataset.version;
const note = document.createElement("section");
note.className = "placecast-preview";
note.setAttribute("role", "status");

function line(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function tell(heading, faults) {
  const told = JSON.stringify([heading, faults]);
  if (note.dataset.told === told) return;
  note.dataset.told = told;
  note.replaceChildren();
  note.hidden = !heading;
  if (!heading) return;
  note.append(line("h2", heading));
  for (const fault of faults) {
    const item = document.createElement("p");
    const where = [fault.file, fault.key].filter(Boolean).join(": ");
    item.append(line("strong", where), " ", fault.what, document.createElement("br"), fault.cure);
    note.append(item);
  }
}

async function look() {
  try {
    const answer = await fetch("/.preview/state", { cache: "no-store" });
    const { version, faults } = await answer.json();
    if (version !== shown) {
      location.reload();
      return;
    }
    tell(faults.length ? "Not built: below is the last good build" : "", faults);
  } catch {
    tell("The preview has ended. Start it again with: placecast preview", []);
  }
  setTimeout(look, document.hidden ? 3000 : 700);
}

tell("", []);
document.body.prepend(note);
look();
