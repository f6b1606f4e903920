const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
function secondsOf(hash) {
const match = /^#t=(\d[\d:.]*)/.exec(hash.replace(/%3A/gi, ":"));
const parts = match ? match[1].split(":").map(Number) : [];
const total = parts.reduce((sum, part) => sum * 60 + part, 0);
return match && parts.length <= 3 && Number.isFinite(total) ? total : null;
}
function clock(seconds) {
const two = (number) => String(Math.floor(number)).padStart(2, "0");
const minutes = Math.floor(seconds / 60);
return minutes < 60
? `${minutes}:${two(seconds % 60)}`
: `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
function lastBefore(list, seconds) {
return list.findLast((entry) => entry.start <= seconds + 0.05);
}
function say(words) {
const said = one(".said");
if (!said) return;
said.textContent = words;
setTimeout(() => said.textContent === words && (said.textContent = ""), 6000);
}
function recall(name) {
try {
return localStorage.getItem(`placecast-${name}`);
} catch {
return null;
}
}
function remember(name, value) {
try {
localStorage.setItem(`placecast-${name}`, value);
} catch {
}
}
async function copy(text, done) {
try {
await navigator.clipboard.writeText(text);
} catch {
const field = document.body.appendChild(document.createElement("textarea"));
const before = document.activeElement;
field.value = text;
field.className = "unseen";
field.select();
const copied = document.execCommand("copy");
field.remove();
before?.focus({ preventScroll: true });
if (!copied) return say("This browser does not let pages copy.");
}
say(done);
}
function setUpPlayer(audio) {
let wanted = null;
const player = {
audio,
get pending() {
return wanted !== null;
},
get now() {
return wanted ?? audio.currentTime;
},
get end() {
return audio.duration || Number(audio.dataset.seconds) || Infinity;
},
seek(seconds) {
wanted = Math.min(Math.max(0, seconds), player.end);
player.moved();
if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) return arrive();
if (audio.paused) {
audio.preload = "metadata";
audio.load();
}
},
play() {
if (audio.error) audio.load();
audio.play().catch(() => {});
},
toggle: () => (audio.paused ? player.play() : audio.pause()),
moved() {},
};
function arrive() {
if (wanted === null) return;
audio.currentTime = wanted;
wanted = null;
}
audio.addEventListener("loadedmetadata", arrive);
audio.addEventListener("timeupdate", () => wanted === null && (!audio.paused || audio.currentTime) && player.moved());
audio.addEventListener("error", () => say("The sound could not be loaded. Are you online? Press Play to try again."));
const reader = setUpReader(player);
const deck = setUpDeck(player, reader);
player.moved = () => {
document.documentElement.classList.add("live");
reader.mark(player.now);
deck.show(player.now);
};
setUpSystem(player, reader);
setUpLinks(player, reader);
}
function setUpReader(player) {
const { audio } = player;
const sentences = readSentences();
const chapters = all(".chapters a[href^='#t=']").map((element) => ({ element, start: secondsOf(element.hash) }));
const [follow, back, actions] = [one("[data-follow]"), one("[data-do=back]"), one(".actions")];
let heard = null;
let chosen = [];
let inView = false;
let moving = 0;
const watch = new IntersectionObserver(
(entries) => {
if (performance.now() - moving > 1000 || entries.at(-1).isIntersecting) inView = entries.at(-1).isIntersecting;
offer();
},
{ rootMargin: "-80px 0px -16px" },
);
const offer = () => back?.toggleAttribute("hidden", inView || audio.paused || !heard);
for (const event of ["play", "pause"]) audio.addEventListener(event, offer);
follow?.addEventListener("change", () => follow.checked && heard && show(heard.element));
function show(element) {
moving = performance.now();
inView = true;
offer();
element.scrollIntoView({ block: "start" });
}
function focus({ element }) {
element.tabIndex = -1;
element.focus({ preventScroll: true });
}
function keepUp({ element }) {
const { top, bottom } = element.getBoundingClientRect();
if (follow?.checked && !audio.paused && inView && (top < 80 || bottom > innerHeight * 0.7)) show(element);
}
function mark(seconds) {
const chapter = lastBefore(chapters, seconds);
for (const entry of chapters) entry.element.ariaCurrent = entry === chapter ? "true" : null;
const sentence = lastBefore(sentences, seconds) ?? null;
if (sentence === heard) return;
for (const [entry, current] of [[heard, false], [sentence, true]]) {
entry?.element.classList.toggle("heard", current);
if (entry) entry.element.ariaCurrent = current ? "true" : null;
}
if (sentence) keepUp(sentence);
watch.disconnect();
heard = sentence;
if (heard) watch.observe(heard.element);
}
function choose(list) {
chosen = list;
actions?.toggleAttribute("hidden", !list.length);
list.at(-1)?.element.after(actions);
}
function step(by) {
const from = sentences.indexOf(chosen[0] ?? heard);
const entry = sentences[Math.min(Math.max(0, from + by), sentences.length - 1)];
if (!entry) return;
choose([entry]);
focus(entry);
entry.element.scrollIntoView({ block: "nearest" });
}
function stepChapter(by) {
const from = chapters.indexOf(lastBefore(chapters, player.now));
const entry = chapters[Math.min(Math.max(0, from + by), chapters.length - 1)];
if (entry) player.seek(entry.start);
}
return {
mark,
choose,
step,
stepChapter,
find: (element) => sentences.find((entry) => entry.element === element),
within: (range) => sentences.filter((entry) => range.intersectsNode(entry.element)),
show: () => heard && show(heard.element),
goBack() {
if (!heard) return;
focus(heard); // the button that was pressed is about to go
show(heard.element);
},
get chapters() {
return chapters.length;
},
get chosen() {
return chosen.length ? chosen : [heard ?? sentences[0]].filter(Boolean);
},
};
}
function readSentences() {
let who = "";
return all(".paragraph").flatMap((paragraph) => {
const name = one(".speaker", paragraph);
if (name) who = name.firstChild.data;
if (paragraph.dataset.who === "") who = "";
return all("span[id]", paragraph).map((element) => ({ element, who, start: Number(element.id.slice(2)) }));
});
}
const addressOf = ({ element }) => `${one("link[rel=canonical]").href}#${element.id}`;
function quote(list) {
const { title, show, day, trust } = one("audio").dataset;
const turns = [];
for (const { who, element } of list) {
if (turns.at(-1)?.who !== who) turns.push({ who, said: [] });
turns.at(-1).said.push(element.textContent.trim());
}
const named = turns.length > 1;
const said = turns.map((turn) => `${named && turn.who ? `${turn.who}: ` : ""}“${turn.said.join(" ")}”`).join("\n");
const place = `“${title}”, ${show}, ${day}, at ${clock(list[0].start)}${trust ? ` (${trust})` : ""}`;
return `${said}\n— ${!named && turns[0].who ? `${turns[0].who}, in ` : ""}${place}. ${addressOf(list[0])}`;
}
function setUpDeck(player, reader) {
const { audio } = player;
const tools = one(".tools");
const [play, position, now, speed] = ["[data-do=play]", "[data-position]", "[data-now]", "[data-speed]"].map(
(selector) => one(selector, tools),
);
const help = one("dialog");
const [keys, follow] = [one("[data-keys]"), one("[data-follow]")];
const deeds = {
play: player.toggle,
rewind: () => player.seek(player.now - 15),
ahead: () => player.seek(player.now + 30),
slower: () => setSpeed(speed.selectedIndex - 1),
faster: () => setSpeed(speed.selectedIndex + 1),
next: () => reader.step(1),
previous: () => reader.step(-1),
"next-chapter": () => reader.stepChapter(1),
"previous-chapter": () => reader.stepChapter(-1),
follow: () => follow?.click(),
back: reader.goBack,
here: () => reader.chosen.slice(0, 1).forEach(({ start }) => (player.seek(start), player.play())),
link: () => reader.chosen.slice(0, 1).forEach((entry) => copy(addressOf(entry), "The link is copied.")),
quote: () => reader.chosen.length && copy(quote(reader.chosen), "The quote is copied, with where it is from."),
help: () => (help.open ? help.close() : help.showModal()),
};
const keyed = Object.fromEntries(all("kbd[data-do]").map((key) => [key.textContent, deeds[key.dataset.do]]));
function setSpeed(index) {
speed.selectedIndex = Math.min(Math.max(0, index), speed.length - 1);
audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value);
remember("speed", speed.value);
}
function show(seconds) {
position.value = seconds;
position.style.setProperty("--played", seconds / Number(position.max));
position.ariaValueText = `${clock(seconds)} of ${clock(player.end)}`;
now.textContent = clock(seconds);
}
function showState() {
tools.classList.toggle("playing", !audio.paused);
one(".unseen", play).textContent = audio.paused ? "Play" : "Pause";
}
function pressed(event) {
const writing = event.target.closest("input:not([type=range], [type=checkbox]), select, textarea");
if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || writing) return;
if (event.key === "Escape") reader.choose([]);
const deed = event.key === "Enter" && reader.find(event.target) ? deeds.here : keys?.checked && keyed[event.key];
if (!deed || (help?.open && deed !== deeds.help)) return;
event.preventDefault();
deed();
}
for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, showState);
for (const event of ["waiting", "playing", "pause", "error"]) {
audio.addEventListener(event, () => tools.classList.toggle("waiting", event === "waiting"));
}
for (const button of all("button[data-do]")) button.addEventListener("click", () => deeds[button.dataset.do]());
document.addEventListener("keydown", pressed);
position.addEventListener("input", () => show(Number(position.value)));
position.addEventListener("change", () => player.seek(Number(position.value)));
speed.addEventListener("change", () => setSpeed(speed.selectedIndex));
if (keys) keys.checked = recall("keys") !== "off";
keys?.addEventListener("change", () => remember("keys", keys.checked ? "on" : "off"));
const index = [...speed.options].findIndex((option) => option.value === recall("speed"));
if (index >= 0) setSpeed(index);
[audio.hidden, tools.hidden] = [true, false];
return { show };
}
function setUpLinks(player, reader) {
let clickedHash = null;
function followHash() {
const seconds = secondsOf(location.hash);
const done = location.hash === clickedHash;
clickedHash = null;
if (seconds === null || done) return;
player.seek(seconds);
if (!document.getElementById(location.hash.slice(1))) reader.show();
}
function followLink(link) {
if (link.hash !== location.hash) clickedHash = link.hash;
player.seek(secondsOf(link.hash));
player.play();
}
function clicked(event) {
if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
const link = event.target.closest("a[href^='#t=']");
if (link && secondsOf(link.hash) !== null) return followLink(link);
if (event.target.closest(".actions") || !getSelection().isCollapsed) return;
const sentence = reader.find(event.target.closest(".paragraph span[id]"));
reader.choose(sentence ? [sentence] : []);
if (sentence) player.seek(sentence.start);
}
let waiting = 0;
document.addEventListener("selectionchange", () => {
clearTimeout(waiting);
waiting = setTimeout(() => {
const selection = getSelection();
if (!selection.isCollapsed && one(".transcript")?.contains(selection.anchorNode)) {
reader.choose(reader.within(selection.getRangeAt(0)));
}
}, 400);
});
document.addEventListener("click", clicked);
window.addEventListener("hashchange", followHash);
followHash();
}
function setUpSystem(player, reader) {
const session = navigator.mediaSession;
if (!session) return;
player.audio.addEventListener("play", () => {
const { title, show, cover } = player.audio.dataset;
const artwork = [{ src: new URL(cover, document.baseURI).href }];
session.metadata = new MediaMetadata({ title, artist: show, artwork });
});
session.setActionHandler("seekbackward", () => player.seek(player.now - 15));
session.setActionHandler("seekforward", () => player.seek(player.now + 30));
if (!reader.chapters) return;
session.setActionHandler("previoustrack", () => reader.stepChapter(-1));
session.setActionHandler("nexttrack", () => reader.stepChapter(1));
}
function setUpCopying(button) {
const field = document.getElementById(button.dataset.copy);
const status = document.querySelector(".status");
button.hidden = false;
button.addEventListener("click", async () => {
field.select();
try {
await navigator.clipboard.writeText(field.value);
status.textContent = "Copied";
} catch {
status.textContent = "Press Ctrl+C or ⌘C to copy";
}
});
}
if (one("[data-position]")) setUpPlayer(one("audio"));
document.querySelectorAll("[data-copy]").forEach(setUpCopying);