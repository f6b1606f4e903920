// Looks up words in the index that `placecast.search` builds: which sentences say them, the best first. Nothing here
// touches the page. The build joins it with `stems.js` before it and `search.js` behind it.

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

// The postings of a term in a shard; nothing where it has none.
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
  // `load` gives the bytes of a file, by its path from the top of the site.
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

  // The places where a term is said: each a passage, counted through all episodes, and bits of what follows it there.
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

  // What the places of a term tell of the word that follows it.
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

  // The words that are said and look like this one, the likeliest first.
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

  // The text of a passage, and the beginning of the one behind it.
  async text(passage) {
    const episode = this.episodeOf(passage);
    const local = passage - this.starts[episode];
    const part = Math.floor(local / PART);
    const facts = read(await this.load(`e/${this.slugs[episode]}/part-${part}.json`));
    const passages = [...facts.passages, facts.further];
    return { episode, facts, sentences: passages[local % PART] ?? [], next: passages[(local % PART) + 1] };
  }
}

const SURELY = FURTHER + 1; // words of a phrase that the passage says in which it begins

// What is asked for, word by word, as far as anybody would type. Words in quotation marks must be said side by side; they
// are looked up by the first of them, since the others may be in the next passage.
export function understood(whole) {
  const query = whole.slice(0, LONGEST * 10);
  const quoted = [];
  const shortened = query.replace(/["“”„]([^"“”„]+)["“”„]/g, (_, phrase) => {
    const said = words(phrase);
    if (said.length) quoted.push(said);
    return ` ${said.slice(0, SURELY).join(" ")} `;
  });
  return { said: words(query).slice(0, LONGEST), quoted, lookedUp: words(shortened).slice(0, LONGEST) };
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

  // The best passages, each with its sentence and when its words are said: { score, exact, episode, facts,
  // sentence: [seconds, text, speaker], seconds }.
  async answers({ episodes = null, speaker = "" } = {}) {
    await this.index.open();
    const slots = await this.singles();
    const found = [];
    const seen = new Set();
    for (const [round, most] of ROUNDS.entries()) {
      // Frequent words tell little, and two of them side by side tell much: looked up once the others were not enough.
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

  // What could be read of these passages. Where nothing could, that is an error.
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

  // As many of these passages as lie in so many files.
  firstOf(passages, most) {
    const files = new Set();
    return passages.filter(({ passage }) => {
      const episode = this.index.episodeOf(passage);
      const file = `${episode}/${Math.floor((passage - this.index.starts[episode]) / PART)}`;
      return files.has(file) || (files.size < most && files.add(file));
    });
  }

  // The passages that say most of what was asked, by how rarely that is said, and in the order in which it was asked.
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

  // What of the question tells something: each with the passages that say it, or something like it, and how much that is
  // worth, and those of them where it is followed by what was asked behind it.
  async singles() {
    const telling = [...new Set(this.lookedUp.filter((word) => !this.index.common.has(word)))];
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

  // So many words side by side, from each word on; what is missing at the end is undefined.
  runs(length) {
    const phrases = this.quoted.length ? this.quoted.map((phrase) => phrase.slice(0, SURELY)) : [this.said];
    return phrases.flatMap((phrase) => phrase.map((_, at) => Array.from({ length }, (_, further) => phrase[at + further])));
  }

  behind(word) {
    return this.runs(2).flatMap(([one, two]) => (one === word ? [two] : []));
  }

  // The stems under which a word is looked up: its own, or those of what stands for it.
  spelt(word) {
    const likely = this.corrected.get(word);
    if (!likely) return [{ term: this.index.stem(word), worth: 1 }];
    const telling = likely.filter((each) => !this.index.common.has(each.word));
    return telling.map((each) => ({ term: this.index.stem(each.word), worth: 1 / (each.far + 1) ** 0.5 }));
  }

  // Notes what stands for a word that nobody says.
  async known(word) {
    const own = await this.index.places("single", this.index.stem(word));
    if (!own.length) this.corrected.set(word, await this.index.alternatives(word));
  }

  async slots(asked) {
    const made = asked.map(async ({ kind, terms, behind }) => {
      const slot = { said: new Map(), followed: new Set() };
      const hints = new Set(behind.filter(Boolean).flatMap((word) => this.hints(word)));
      // A passage where the word comes last in a phrase says nothing of what follows.
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

  // A word as it was typed, and what stands for it.
  readings(word) {
    return [word, ...(this.corrected.get(word) ?? []).map((each) => each.word)];
  }

  // A word that nearly every sentence has: the newest episodes will do.
  latest() {
    const { starts, slugs } = this.index;
    const said = new Map();
    for (let episode = Math.max(0, slugs.length - 3); episode < slugs.length; episode++)
      for (let passage = starts[episode]; passage < Math.min(starts[episode] + PART, starts[episode + 1]); passage++) said.set(passage, 1);
    return { said, followed: [] };
  }

  // The sentence of a passage that says most of what was asked, as near together as it was asked.
  async read({ passage, score }, speaker) {
    const { episode, facts, sentences, next } = await this.index.text(passage);
    const spoken = [];
    sentences.forEach((sentence, number) => {
      for (const word of words(sentence[1])) spoken.push({ word, number });
    });
    const further = Math.max(FURTHER, ...this.quoted.map((phrase) => phrase.length));
    for (const word of words((next ?? []).map((sentence) => sentence[1]).join(" ")).slice(0, further))
      spoken.push({ word, number: sentences.length });
    if (!this.quoted.every((phrase) => this.saysExactly(spoken, phrase))) return [];
    const { length, number, run, at } = this.best(spoken, sentences, speaker ? facts.speakers.indexOf(speaker) : null);
    if (number === null) return [];
    const exact = run === this.said.length;
    const seconds = this.when(spoken, at, sentences[number][0], (sentences[number + 1] ?? next?.[0])?.[0]);
    const near = this.said.length > 1 ? (run - 1) / (this.said.length - 1) : 0;
    return [{ score: score * (1 + near) + length / 10, exact, episode, facts, sentence: sentences[number], seconds }];
  }

  // About when the word at this place is said: as far into its sentence as there are letters before it.
  when(spoken, at, start, end) {
    const letters = (words) => words.reduce((sum, { word }) => sum + word.length + 1, 0);
    const sentence = spoken.filter(({ number }) => number === spoken[at].number);
    const before = letters(sentence.slice(0, at - spoken.indexOf(sentence[0])));
    const into = end > start ? ((end - start) * before) / letters(sentence) : before / PACE;
    return into > SOON ? Math.round((start + into - LEAD) * 10) / 10 : start;
  }

  // As far as the text is here: of the next file only its first sentences are.
  saysExactly(spoken, phrase) {
    const last = spoken.length - Math.min(phrase.length, SURELY);
    const says = (at, word) => at >= spoken.length || spoken[at].word === word;
    return spoken.some((_, at) => at <= last && phrase.every((word, further) => says(at + further, word)));
  }

  // Where the run of words begins that are asked in this order and tell most; then, which sentence tells most. Frequent
  // words tell little beside others, and nothing alone.
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
