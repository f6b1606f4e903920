export const words = (text) =>
text.normalize("NFKD").toLowerCase().replace(/[\p{M}'’ʼ＇]/gu, "").match(/[\p{L}\p{N}]+/gu) ?? [];
export function hashOf(bytes) {
let value = 0x811c9dc5;
for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
return value;
}
const STEP_2 =
"ational:ate tional:tion enci:ence anci:ance izer:ize abli:able alli:al entli:ent eli:e ousli:ous ization:ize ation:ate ator:ate alism:al iveness:ive fulness:ful ousness:ous aliti:al iviti:ive biliti:ble";
const STEP_3 = "icate:ic ative: alize:al iciti:ic ical:ic ful: ness:";
const STEP_4 = /(?:ement|ance|ence|able|ible|ment|ant|ent|ion|ism|ate|iti|ous|ive|ize|al|er|ic|ou)$/;
const shape = (text) =>
text.replace(/(?<=[aeiou])y|^y/g, "j").replace(/[aeiouy]/g, "V").replace(/[^V]/g, "c");
const measure = (text) => shape(text).split("Vc").length - 1;
const isShort = (text) => shape(text).endsWith("cVc") && !/[wxy]$/.test(text);
function replaced(word, endings) {
for (const pair of endings.split(" ")) {
const [ending, instead] = pair.split(":");
if (!word.endsWith(ending)) continue;
const left = word.slice(0, -ending.length);
return measure(left) ? left + instead : word;
}
return word;
}
function mended(left) {
if (/(at|bl|iz)$/.test(left)) return left + "e";
if (/([^lsz])\1$/.test(left) && shape(left).endsWith("c")) return left.slice(0, -1);
return measure(left) === 1 && isShort(left) ? left + "e" : left;
}
function past(word) {
if (word.endsWith("eed")) return measure(word.slice(0, -3)) ? word.slice(0, -1) : word;
const ending = /(ed|ing)$/.exec(word);
const left = ending && word.slice(0, ending.index);
return ending && shape(left).includes("V") ? mended(left) : word;
}
export function stem(word) {
if (word.length < 3 || /[^a-z\d]/.test(word)) return word;
if (/(sses|ies)$/.test(word)) word = word.slice(0, -2);
else if (/[^s]s$/.test(word)) word = word.slice(0, -1);
word = past(word);
if (word.endsWith("y") && shape(word.slice(0, -1)).includes("V")) word = word.slice(0, -1) + "i";
word = replaced(replaced(word, STEP_2), STEP_3);
const ending = STEP_4.exec(word);
const left = ending && word.slice(0, ending.index);
if (ending && measure(left) > 1 && (ending[0] !== "ion" || /[st]$/.test(left))) word = left;
if (word.endsWith("e")) {
const bare = word.slice(0, -1);
if (measure(bare) > 1 || (measure(bare) === 1 && !isShort(bare))) word = bare;
}
return word.endsWith("ll") && measure(word) > 1 ? word.slice(0, -1) : word;
}
export function distance(one, two, most) {
if (Math.abs(one.length - two.length) > most) return Infinity;
let earlier = [];
let before = Array.from({ length: two.length + 1 }, (_, at) => at);
for (let i = 1; i <= one.length; i++) {
const row = [i];
for (let j = 1; j <= two.length; j++) {
const same = one[i - 1] === two[j - 1];
row[j] = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + !same);
if (i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1])
row[j] = Math.min(row[j], earlier[j - 2] + 1);
}
if (Math.min(...row) > most) return Infinity;
[earlier, before] = [before, row];
}
return before[two.length] > most ? Infinity : before[two.length];
}
const PART = 16; // passages in one file of text
const FURTHER = 8; // words of the next passage that count as said in this one
const SHORTEST = 3; // letters: shorter words are not corrected
const HINT = 3; // bits that tell what is said behind a word
const FOLLOWED = HINT * Math.LN2; // what these tell, as the logarithm of a chance
class Numbers {
constructor(bytes) {
this.bytes = bytes;
this.at = 0;
}
get ended() {
return this.at >= this.bytes.length;
}
next() {
let value = 0;
for (let shift = 0; ; shift += 7) {
const byte = this.bytes[this.at++];
value |= (byte & 127) << shift;
if (byte < 128) return value >>> 0;
}
}
take(count) {
this.at += count;
return this.bytes.subarray(this.at - count, this.at);
}
}
function postings(shard, term) {
const numbers = new Numbers(shard);
let alike = 0; // bytes that the entry before has in common with the term
while (!numbers.ended) {
const shared = numbers.next();
const rest = numbers.take(numbers.next());
const found = numbers.take(numbers.next());
if (shared > alike) continue;
alike = shared;
while (alike - shared < rest.length && rest[alike - shared] === term[alike]) alike++;
if (alike === term.length && rest.length === term.length - shared) return found;
}
return null;
}
const read = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
export class Index {
constructor(load) {
this.loaded = new Map();
this.load = (path) => {
if (!this.loaded.has(path)) {
const coming = Promise.resolve(load(path)).then((found) => new Uint8Array(found));
coming.catch(() => this.loaded.delete(path)); // so that it can be asked for again
this.loaded.set(path, coming);
}
return this.loaded.get(path);
};
this.table = null;
}
async open() {
if (this.table) return;
const table = read(await this.load("search/index.json"));
this.starts = [0]; // the first passage of each episode, and behind the last
this.slugs = [];
for (const segment of table.segments) {
segment.first = this.slugs.length;
if (segment.slugs) this.slugs.push(...segment.slugs.split(" "));
for (const count of segment.passages) this.starts.push(this.starts.at(-1) + count);
}
this.stem = table.language.startsWith("en") ? stem : (word) => word;
this.common = new Set(table.common.split(" "));
this.table = table;
}
file(hash) {
return this.load(`search/${hash}.bin`);
}
facets() {
return this.file(this.table.facets).then(read);
}
async places(kind, term) {
const bytes = new TextEncoder().encode(term);
const each = this.table.segments.map(async (segment) => {
const count = segment[kind].length / 10;
if (!count) return [];
const at = (hashOf(bytes) & (count - 1)) * 10;
const found = postings(await this.file(segment[kind].slice(at, at + 10)), bytes);
return found ? this.counted(new Numbers(found), segment.first) : [];
});
return (await Promise.all(each)).flat();
}
counted(numbers, first) {
const found = [];
for (let episode = first; !numbers.ended; ) {
episode += numbers.next();
let passage = this.starts[episode];
for (let more = 1; more; ) {
const value = numbers.next();
const place = (passage << HINT) + (value >>> 1);
passage = place >>> HINT;
more = value & 1;
found.push(place);
}
}
return found;
}
hint(word) {
return hashOf(new TextEncoder().encode(this.stem(word))) & ((1 << HINT) - 1);
}
episodeOf(passage) {
let low = 0;
let high = this.slugs.length;
while (high - low > 1) {
const middle = (low + high) >> 1;
if (this.starts[middle] <= passage) low = middle;
else high = middle;
}
return low;
}
async alternatives(word) {
if (word.length < SHORTEST) return [];
const letter = /^[a-z]/.test(word) ? word[0] : "-";
const most = word.length < 5 ? 1 : 2;
const near = await this.near(word, [letter], most);
return near.length ? near : this.near(word, null, most);
}
async near(word, letters, most) {
const often = new Map();
const hashes = this.table.segments.flatMap(({ words }) => (letters ?? Object.keys(words)).flatMap((letter) => words[letter] ?? []));
for (const list of await Promise.all(hashes.map((hash) => this.file(hash)))) {
let before = "";
for (const line of new TextDecoder().decode(list).split("\n")) {
before = before.slice(0, parseInt(line[0], 36)) + line.slice(1, -1);
if (distance(word, before, most) <= most) often.set(before, Math.max(often.get(before) ?? 0, Number(line.at(-1))));
}
}
const found = [...often].map(([other, times]) => ({ word: other, far: distance(word, other, most), often: times }));
found.sort((one, two) => one.far - two.far || two.often - one.often);
return found.filter((each) => each.far === found[0].far).slice(0, 4);
}
async text(passage) {
const episode = this.episodeOf(passage);
const local = passage - this.starts[episode];
const part = Math.floor(local / PART);
const facts = read(await this.load(`e/${this.slugs[episode]}/part-${part}.json`));
return { episode, facts, sentences: facts.passages[local % PART] ?? [], next: facts.passages[(local % PART) + 1] };
}
}
export function understood(whole) {
const query = whole.slice(0, LONGEST * 10);
const quoted = [...query.matchAll(/["“”„]([^"“”„]+)["“”„]/g)].map((match) => words(match[1])).filter((said) => said.length);
return { said: words(query).slice(0, LONGEST), quoted };
}
const ROUNDS = [4, 6, 14]; // how many files of text are read, as long as no passage says just what was asked
const CANDIDATES = 60;
const FREQUENT = 0.25; // what a frequent word tells, where another one tells 1
const LONGEST = 40; // words of a question
const SOON = 3; // seconds into a sentence: what is said by then is heard from its beginning
const LEAD = 1; // second before words that come later
const PACE = 15; // letters a second
export class Question {
constructor(index, query) {
this.index = index;
Object.assign(this, understood(query));
this.corrected = new Map(); // what stands for a word that nobody says
}
async answers({ episodes = null, speaker = "" } = {}) {
await this.index.open();
const slots = await this.singles();
const found = [];
const seen = new Set();
for (const [round, most] of ROUNDS.entries()) {
if (round === 1 || !slots.length) slots.push(...(await this.doubles()));
if (!slots.length) slots.push(this.latest());
const next = this.ranked(slots, episodes).filter((each) => !seen.has(each.passage));
for (const each of this.firstOf(next, most)) {
seen.add(each.passage);
found.push(this.read(each, speaker));
}
if (seen.size === 0 || this.satisfied(await this.texts(found))) break;
}
return (await this.texts(found)).sort((one, two) => two.score - one.score);
}
async texts(found) {
const read = await Promise.allSettled(found);
const failed = read.filter((each) => each.status === "rejected");
this.incomplete = failed.length > 0;
if (failed.length && failed.length === read.length) throw failed[0].reason;
return read.flatMap((each) => each.value ?? []);
}
satisfied(read) {
const exact = read.filter((each) => each.exact).length;
return this.quoted.length ? exact >= 10 : exact > 0 || (this.said.length === 1 && read.length >= 10);
}
firstOf(passages, most) {
const files = new Set();
return passages.filter(({ passage }) => {
const episode = this.index.episodeOf(passage);
const file = `${episode}/${Math.floor((passage - this.index.starts[episode]) / PART)}`;
return files.has(file) || (files.size < most && files.add(file));
});
}
ranked(slots, episodes) {
const total = this.index.starts.at(-1);
const scores = new Float32Array(total);
const covered = new Uint8Array(total);
for (const { said, followed } of slots) {
const weight = Math.log(1 + total / said.size);
for (const [passage, worth] of said) {
scores[passage] += weight * worth;
covered[passage]++;
}
for (const passage of followed) scores[passage] += FOLLOWED;
}
const found = [];
for (let passage = 0; passage < total; passage++) {
if (!covered[passage] || (this.quoted.length && covered[passage] < slots.length)) continue;
if (episodes && !episodes.has(this.index.episodeOf(passage))) continue;
found.push({ passage, score: scores[passage] * (0.5 + covered[passage] / slots.length / 2) });
}
return found.sort((one, two) => two.score - one.score || two.passage - one.passage).slice(0, CANDIDATES);
}
async singles() {
const telling = [...new Set(this.said.filter((word) => !this.index.common.has(word)))];
await Promise.all(telling.map((word) => this.known(word)));
const slots = await this.slots(telling.map((word) => ({ kind: "single", terms: this.spelt(word), behind: this.behind(word) })));
this.telling = slots.length > 0;
return slots;
}
async doubles() {
const { common } = this.index;
const pairs = new Map();
for (const [one, two, three] of this.runs(3))
if (common.has(one) && common.has(two)) pairs.set(`${one} ${two}`, [...(pairs.get(`${one} ${two}`) ?? []), three]);
return this.slots(
[...pairs].map(([pair, behind]) => ({ kind: "double", terms: [{ term: pair, worth: 1 }], behind })),
);
}
runs(length) {
const phrases = this.quoted.length ? this.quoted : [this.said];
return phrases.flatMap((phrase) => phrase.map((_, at) => Array.from({ length }, (_, further) => phrase[at + further])));
}
behind(word) {
return this.runs(2).flatMap(([one, two]) => (one === word ? [two] : []));
}
spelt(word) {
const likely = this.corrected.get(word);
if (!likely) return [{ term: this.index.stem(word), worth: 1 }];
const telling = likely.filter((each) => !this.index.common.has(each.word));
return telling.map((each) => ({ term: this.index.stem(each.word), worth: 1 / (each.far + 1) ** 0.5 }));
}
async known(word) {
const own = await this.index.places("single", this.index.stem(word));
if (!own.length) this.corrected.set(word, await this.index.alternatives(word));
}
async slots(asked) {
const made = asked.map(async ({ kind, terms, behind }) => {
const slot = { said: new Map(), followed: new Set() };
const hints = new Set(behind.filter(Boolean).flatMap((word) => this.hints(word)));
const open = behind.includes(undefined);
const lists = await Promise.all(terms.map(({ term }) => this.index.places(kind, term)));
lists.forEach((places, at) => {
for (const place of places) {
const passage = place >>> HINT;
const fits = hints.has(place & ((1 << HINT) - 1));
if (fits) slot.followed.add(passage);
if (fits || open || !this.quoted.length || !hints.size)
slot.said.set(passage, Math.max(slot.said.get(passage) ?? 0, terms[at].worth));
}
});
return slot;
});
return (await Promise.all(made)).filter((slot) => slot.said.size);
}
hints(word) {
return this.readings(word).map((each) => this.index.hint(each));
}
readings(word) {
return [word, ...(this.corrected.get(word) ?? []).map((each) => each.word)];
}
latest() {
const { starts, slugs } = this.index;
const said = new Map();
for (let episode = Math.max(0, slugs.length - 3); episode < slugs.length; episode++)
for (let passage = starts[episode]; passage < Math.min(starts[episode] + PART, starts[episode + 1]); passage++) said.set(passage, 1);
return { said, followed: [] };
}
async read({ passage, score }, speaker) {
const { episode, facts, sentences, next } = await this.index.text(passage);
const spoken = [];
sentences.forEach((sentence, number) => {
for (const word of words(sentence[1])) spoken.push({ word, number });
});
for (const word of words((next ?? []).map((sentence) => sentence[1]).join(" ")).slice(0, FURTHER))
spoken.push({ word, number: sentences.length });
if (!this.quoted.every((phrase) => this.saysExactly(spoken, phrase))) return [];
const { length, number, run, at } = this.best(spoken, sentences, speaker ? facts.speakers.indexOf(speaker) : null);
if (number === null) return [];
const exact = run === this.said.length;
const seconds = this.when(spoken, at, sentences[number][0], (sentences[number + 1] ?? next?.[0])?.[0]);
const near = this.said.length > 1 ? (run - 1) / (this.said.length - 1) : 0;
return [{ score: score * (1 + near) + length / 10, exact, episode, facts, sentence: sentences[number], seconds }];
}
when(spoken, at, start, end) {
const letters = (words) => words.reduce((sum, { word }) => sum + word.length + 1, 0);
const sentence = spoken.filter(({ number }) => number === spoken[at].number);
const before = letters(sentence.slice(0, at - spoken.indexOf(sentence[0])));
const into = end > start ? ((end - start) * before) / letters(sentence) : before / PACE;
return into > SOON ? Math.round((start + into - LEAD) * 10) / 10 : start;
}
saysExactly(spoken, phrase) {
return spoken.some((_, at) => phrase.every((word, further) => spoken[at + further]?.word === word));
}
best(spoken, sentences, speaker) {
const alike = this.said.map((word) => new Set(this.readings(word).map(this.index.stem)));
const stems = spoken.map(({ word }) => this.index.stem(word));
const worth = this.said.map((word) => (this.telling && this.index.common.has(word) ? FREQUENT : 1));
const shares = sentences.map(() => new Set());
const first = []; // where each sentence says the first of these words
const value = (asked) => [...asked].reduce((sum, each) => sum + worth[each], 0);
let best = { run: 0, number: null, value: 0, at: 0 };
const mine = (number) => speaker === null || sentences[number]?.[2] === speaker;
for (let at = 0; at < spoken.length; at++) {
const { number } = spoken[at];
if (number >= sentences.length || !mine(number)) continue;
for (let asked = 0; asked < alike.length; asked++) {
let run = 0;
while (asked + run < alike.length && at + run < stems.length && alike[asked + run].has(stems[at + run])) run++;
if (!run) continue;
if (run > 1 || worth[asked] === 1) {
if (!shares[number].size) first[number] = at;
shares[number].add(asked);
}
const told = value(Array.from({ length: run }, (_, further) => asked + further));
if (told > best.value) best = { run, number, value: told, at };
}
}
const values = shares.map(value);
const fullest = values.indexOf(Math.max(...values));
if (best.number === null || Math.max(best.value, values[fullest]) < 1) return { number: null };
if (best.run > 1 && best.value >= values[fullest]) return { ...best, length: values[best.number] };
return { run: best.run, number: fullest, length: values[fullest], at: first[fullest] };
}
}
const GROUPS = 10; // episodes that are shown at once
const EACH = 3; // sentences of an episode
const page = document.querySelector("[data-root]");
const form = page.querySelector("[data-search]");
const list = page.querySelector("[data-found]");
const more = page.querySelector("[data-more]");
const { root } = page.dataset;
const opened = () =>
new Index(async (path) => {
const answer = await fetch(root + path);
if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
return answer.arrayBuffer();
});
let index = opened();
const { title } = document;
let asked = 0;
const say = (text) => (page.querySelector("[data-status]").textContent = text);
function element(name, text, attributes = {}) {
const made = Object.assign(document.createElement(name), attributes);
made.append(...[text].flat());
return made;
}
function clock(seconds) {
const whole = Math.floor(seconds);
const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
if (!parts[0]) parts.shift();
return parts.map((part, at) => (at ? String(part).padStart(2, "0") : part)).join(":");
}
function marked(text, question) {
const wanted = new Set(question.said.flatMap((word) => question.readings(word)).map(index.stem));
const telling = question.said.some((word) => !index.common.has(word));
return text.split(/([\p{L}\p{N}][\p{L}\p{N}\p{M}'’]*)/u).map((part) => {
const [word] = words(part);
const hit = word && wanted.has(index.stem(word)) && !(telling && index.common.has(word) && !question.quoted.length);
return hit ? element("mark", part) : part;
});
}
function shownSentence({ sentence: [, text, speaker], seconds, facts, episode }, question) {
const address = `${root}e/${index.slugs[episode]}/${page.dataset.index}#t=${seconds}`;
const time = element("a", clock(seconds), { href: address, ariaLabel: `Play from ${clock(seconds)}` });
const who = speaker < 0 ? [] : [element("b", `${facts.speakers[speaker]}:`), " "];
return element("li", [time, element("p", [...who, element("q", marked(text, question))])]);
}
function shownEpisode(answers, question) {
const [{ episode, facts }] = answers;
const link = element("a", facts.title, { href: `${root}e/${index.slugs[episode]}/${page.dataset.index}` });
const day = new Date(`${facts.published}T12:00`).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
const list = (some) => element("ol", some.map((each) => shownSentence(each, question)));
const rest = answers.slice(EACH);
const sentences = [list(answers.slice(0, EACH))];
if (rest.length)
sentences.push(element("details", [element("summary", counted(rest.length, "more sentence")), list(rest)]));
const date = element("p", element("time", day, { dateTime: facts.published }), { className: "facts" });
return element("li", element("article", [element("h2", link), date, ...sentences]));
}
function shown(answers, question) {
const byEpisode = new Map();
for (const each of answers) byEpisode.set(each.episode, [...(byEpisode.get(each.episode) ?? []), each]);
const groups = [...byEpisode.values()];
const showMore = () => {
list.append(...groups.splice(0, GROUPS).map((group) => shownEpisode(group, question)));
more.hidden = !groups.length;
};
list.replaceChildren();
more.onclick = () => {
const last = list.lastElementChild;
showMore();
last?.nextElementSibling?.querySelector("a").focus();
};
const episodes = groups.length;
showMore();
return episodes;
}
const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;
function told(answers, episodes, question) {
const found = answers.length ? `${counted(answers.length, "sentence")} in ${counted(episodes, "episode")}.` : "Nothing was found.";
const instead = [...question.corrected].map(([word, others]) =>
others.length ? `Nobody says “${word}”; this is for “${others.map((each) => each.word).join("”, “")}”.` : `Nobody says “${word}”.`,
);
const missing = question.incomplete ? ["Some texts could not be read, so there may be more."] : [];
return [found, ...instead, ...missing].join(" ");
}
async function allowed({ speaker, place, year }) {
if (!speaker && !place && !year) return null;
await index.open();
const episodes = new Set(index.slugs.keys());
const facets = speaker || place ? await index.facets() : {};
for (const [value, known] of [[speaker, facets.speakers], [place, facets.places]]) {
if (!value) continue;
const here = new Set(Object.hasOwn(known, value) ? known[value] : []);
for (const episode of episodes) if (!here.has(episode)) episodes.delete(episode);
}
let first = 0;
for (const [which, count] of year ? index.table.years : []) {
if (String(which) !== year) for (let episode = first; episode < first + count; episode++) episodes.delete(episode);
first += count;
}
return episodes;
}
async function look() {
const facts = Object.fromEntries(new FormData(form));
const number = ++asked;
const question = new Question(index, facts.q);
document.title = (facts.q && `“${facts.q}” – `) + title;
if (!question.said.length) {
list.replaceChildren();
more.hidden = true;
return say(facts.q.trim() && "There is no word in this that could have been said.");
}
say("Searching …");
try {
const answers = await question.answers({ episodes: await allowed(facts), speaker: facts.speaker });
if (number === asked) say(told(answers, shown(answers, question), question));
} catch (error) {
console.error(error);
index = opened(); // what was read may be damaged, or of an index that is no more
if (number === asked) say("The search index could not be read. Try again, or use the list of transcripts below.");
}
}
function fromAddress() {
const wanted = new URLSearchParams(location.search);
form.q.value = wanted.get("q") ?? "";
for (const name of ["speaker", "place", "year"]) {
const value = wanted.get(name) ?? "";
if (value && ![...form[name].options].some((option) => option.value === value)) form[name].add(new Option(value));
form[name].value = value;
if (value) page.querySelector("[data-filters]").open = true;
}
return look();
}
async function offer() {
await index.open();
const { speakers, places } = await index.facets();
const years = index.table.years.map(([year]) => String(year)).reverse();
for (const [name, values] of Object.entries({ speaker: Object.keys(speakers), place: Object.keys(places), year: years })) {
const { value } = form[name];
form[name].length = 1;
form[name].append(...values.map((each) => new Option(each)));
form[name].value = value;
}
}
form.addEventListener("submit", (event) => {
event.preventDefault();
const wanted = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
const address = wanted.size ? `?${wanted}` : location.pathname;
if (address !== (location.search || location.pathname)) history.pushState(null, "", address);
look();
});
page.querySelector("[data-filters]").addEventListener("toggle", () => offer().catch(console.error), { once: true });
form.addEventListener("change", (event) => event.target !== form.q && form.requestSubmit());
addEventListener("popstate", fromAddress);
form.hidden = false;
page.querySelector("[data-plain]").firstChild.textContent = "";
fromAddress();
if (!form.q.value) form.q.focus();