// The search page: what is asked for is in its address, and what is found is shown by episode.

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

// The sentence with the words that were asked for marked.
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
    if (number === asked) say("The search index could not be read. Try again, or use the list of transcripts.");
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
fromAddress();
if (!form.q.value) form.q.focus();
