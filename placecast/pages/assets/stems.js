// From what a reader types to what is looked up: `words`, `stem` and `hashOf` do to a question what the build did to what
// was said. `distance` tells how alike two words are.

export const words = (text) =>
  text.normalize("NFKD").toLowerCase().replace(/[\p{M}'’ʼ＇]/gu, "").match(/[\p{L}\p{N}]+/gu) ?? [];

export function hashOf(bytes) {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

// Porter's algorithm, 1980; `placecast/search/porter.py` has the same.
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

// How many letters must be added, taken away, changed or swapped with their neighbour; more than `most` is Infinity.
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
