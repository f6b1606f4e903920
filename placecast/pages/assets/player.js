// Makes the pages more comfortable: links such as #t=754, #t=12:34 and #t=1:02:03 play from there, the sentence that
// is heard is marked, and can be copied as a link or as a quote. Without this script the links scroll and the
// browser's own player plays.

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const at = (list, index) => list[Math.min(Math.max(0, index), list.length - 1)];

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
  // A frame of the sound may begin a little before the time that was asked for.
  return list.findLast((entry) => entry.start <= seconds + 0.05);
}

function say(words) {
  const said = one(".said");
  if (!said) return;
  said.textContent = words;
  setTimeout(() => said.textContent === words && (said.textContent = ""), 6000);
}

// What a listener has chosen is kept in this browser, and only that. It may be forbidden to keep anything.
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
  } catch {} // Then it holds for this page.
}

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // The clipboard is for pages on HTTPS; the older way asks for a field with the text.
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

// The sound
function setUpPlayer(audio) {
  let wanted = null;
  const player = {
    audio,
    now: () => wanted ?? audio.currentTime,
    end: () => audio.duration || Number(audio.dataset.seconds) || Infinity,
    seek(seconds) {
      wanted = Math.min(Math.max(0, seconds), player.end());
      player.moved();
      if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) return arrive();
      // Nothing is loaded before somebody wants it. iOS waits for the play button even then; `arrive` follows.
      if (audio.paused) {
        audio.preload = "metadata";
        audio.load();
      }
    },
    play() {
      if (audio.error) audio.load();
      // A browser may want a press on its own button first; the place is kept.
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
  const deck = setUpDeck(player);
  player.moved = () => {
    document.documentElement.classList.add("live");
    reader.mark(player.now());
    deck.show(player.now());
  };
  deck.position.addEventListener("change", () => player.seek(Number(deck.position.value)));
  const deeds = deedsOf(player, reader, deck);
  for (const button of all("button[data-do]")) button.addEventListener("click", () => deeds[button.dataset.do]());
  setUpKeys(reader, deeds);
  setUpSystem(player, reader);
  setUpLinks(player, reader);
}

// The transcript: which sentence is heard, and which one is chosen
function setUpReader(player) {
  const { audio } = player;
  const sentences = readSentences();
  const chapters = all(".chapters a[href^='#t=']").map((element) => ({ element, start: secondsOf(element.hash) }));
  for (const link of all(".paragraph a")) link.ariaLabel = `Play from ${link.textContent}`;
  const [follow, back, actions] = [one("[data-follow]"), one("[data-do=back]"), one(".actions")];
  let heard = null;
  let chosen = [];
  let inView = false;
  let moving = 0;

  const watch = new IntersectionObserver(
    (entries) => {
      // On the way to it, a sentence is not in view yet.
      if (performance.now() - moving > 1000 || entries.at(-1).isIntersecting) inView = entries.at(-1).isIntersecting;
      offer();
    },
    { rootMargin: "-80px 0px -16px" },
  );

  const offer = () => back?.toggleAttribute("hidden", inView || audio.paused || !heard);
  for (const event of ["play", "pause"]) audio.addEventListener(event, offer);
  follow?.addEventListener("change", () => follow.checked && heard && reach(heard.element));

  function reach(element) {
    moving = performance.now();
    inView = true;
    offer();
    element.scrollIntoView({ block: "start" });
  }

  function focus({ element }) {
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
  }

  // Whoever reads elsewhere on the page is left there; and the page stays as it is while there is more to read on it.
  function keepUp(element) {
    const { top, bottom } = element.getBoundingClientRect();
    if (follow?.checked && !audio.paused && inView && (top < 80 || bottom > innerHeight * 0.7)) reach(element);
  }

  function mark(seconds) {
    const chapter = lastBefore(chapters, seconds);
    for (const entry of chapters) entry.element.ariaCurrent = entry === chapter ? "true" : null;
    const sentence = lastBefore(sentences, seconds) ?? null;
    if (sentence === heard) return;
    watch.disconnect();
    if (heard) show(heard, false);
    if (sentence) show(sentence, true);
    heard = sentence;
  }

  function show({ element }, current) {
    element.classList.toggle("heard", current);
    element.ariaCurrent = current ? "true" : null;
    if (!current) return;
    keepUp(element);
    watch.observe(element);
  }

  function choose(list) {
    chosen = list;
    actions?.toggleAttribute("hidden", !list.length);
    list.at(-1)?.element.after(actions);
  }

  function step(by) {
    const entry = at(sentences, sentences.indexOf(chosen[0] ?? heard) + by);
    if (!entry) return;
    choose([entry]);
    focus(entry);
    entry.element.scrollIntoView({ block: "nearest" });
  }

  function stepChapter(by) {
    const entry = at(chapters, chapters.indexOf(lastBefore(chapters, player.now())) + by);
    if (entry) player.seek(entry.start);
  }

  return {
    mark,
    choose,
    step,
    stepChapter,
    find: (element) => sentences.find((entry) => entry.element === element),
    within: (range) => sentences.filter((entry) => range.intersectsNode(entry.element)),
    show: () => heard && reach(heard.element),
    goBack() {
      if (!heard) return;
      focus(heard); // the button that was pressed is about to go
      reach(heard.element);
    },
    hasChapters: chapters.length > 0,
    chosen: () => (chosen.length ? chosen : [heard ?? sentences[0]].filter(Boolean)),
  };
}

function readSentences() {
  let who = "";
  return all(".paragraph").flatMap((paragraph) => {
    const name = one("b", paragraph);
    if (name) who = name.firstChild.data;
    if (paragraph.dataset.who === "") who = "";
    return all("span[id]", paragraph).map((element) => ({ element, who, start: Number(element.id.slice(2)) }));
  });
}

// Quotes
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

// The reference of the page, as APA has it, and what stands in the text for this moment
function cited(sentence) {
  const { dataset, textContent } = one("[data-cite]");
  return `${textContent}\n(${dataset.cite}, ${clock(sentence.start)}) ${addressOf(sentence)}`;
}

// What shows where the sound is, and how fast
function setUpDeck({ audio, end }) {
  const tools = one(".tools");
  const [play, position, now, speed] = ["play", "position", "now", "speed"].map((name) => one(`[data-${name}]`, tools));

  function setSpeed(index) {
    speed.selectedIndex = Math.min(Math.max(0, index), speed.length - 1);
    audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value);
    remember("speed", speed.value);
  }

  function show(seconds) {
    position.value = seconds;
    position.style.setProperty("--played", seconds / Number(position.max));
    position.ariaValueText = `${clock(seconds)} of ${clock(end())}`;
    now.textContent = clock(seconds);
  }

  function showState() {
    tools.classList.toggle("playing", !audio.paused);
    one(".unseen", play).textContent = audio.paused ? "Play" : "Pause";
  }

  for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, showState);
  for (const event of ["waiting", "playing", "pause", "error"]) {
    audio.addEventListener(event, () => tools.classList.toggle("waiting", event === "waiting"));
  }
  position.addEventListener("input", () => show(Number(position.value)));
  speed.addEventListener("change", () => setSpeed(speed.selectedIndex));
  const kept = [...speed.options].findIndex((option) => option.value === recall("speed"));
  if (kept >= 0) setSpeed(kept);
  [audio.hidden, tools.hidden] = [true, false];
  return { show, position, faster: (by) => setSpeed(speed.selectedIndex + by) };
}

// Buttons and keys: what the help says is what they do
function deedsOf(player, reader, deck) {
  const help = one("dialog");
  const first = (act) => reader.chosen().slice(0, 1).forEach(act);
  return {
    play: player.toggle,
    rewind: () => player.seek(player.now() - 15),
    ahead: () => player.seek(player.now() + 30),
    slower: () => deck.faster(-1),
    faster: () => deck.faster(1),
    next: () => reader.step(1),
    previous: () => reader.step(-1),
    "next-chapter": () => reader.stepChapter(1),
    "previous-chapter": () => reader.stepChapter(-1),
    follow: () => one("[data-follow]")?.click(),
    back: reader.goBack,
    here: () => first(({ start }) => (player.seek(start), player.play())),
    link: () => first((entry) => copy(addressOf(entry), "The link is copied.")),
    quote: () => first(() => copy(quote(reader.chosen()), "The quote is copied, with where it is from.")),
    cite: () => first((entry) => copy(cited(entry), "The reference is copied, with the moment.")),
    help: () => (help.open ? help.close() : help.showModal()),
  };
}

function setUpKeys(reader, deeds) {
  const [help, keys] = [one("dialog"), one("[data-keys]")];
  const keyed = Object.fromEntries(all("kbd[data-do]").map((key) => [key.textContent, deeds[key.dataset.do]]));

  function deedOf(event) {
    const writing = event.target.closest("input:not([type=range], [type=checkbox]), select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || writing) return null;
    const deed = event.key === "Enter" && reader.find(event.target) ? deeds.here : keys?.checked && keyed[event.key];
    return help?.open && deed !== deeds.help ? null : deed;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") reader.choose([]);
    const deed = deedOf(event);
    if (!deed) return;
    event.preventDefault();
    deed();
  });
  if (keys) keys.checked = recall("keys") !== "off";
  keys?.addEventListener("change", () => remember("keys", keys.checked ? "on" : "off"));
}

// Links into the sound, and clicks on what is said
function startOf(hash) {
  const seconds = secondsOf(hash);
  // #t=12:34 is a paragraph, and its first sentence may begin within that second.
  const first = seconds !== null && one(`[id="${CSS.escape(hash.slice(1))}"] span[id]`);
  return first ? secondsOf(`#${first.id}`) : seconds;
}

function setUpLinks(player, reader) {
  let clickedHash = null;

  function followHash() {
    const seconds = startOf(location.hash);
    const done = location.hash === clickedHash;
    clickedHash = null;
    if (seconds === null || done) return;
    player.seek(seconds);
    if (!document.getElementById(location.hash.slice(1))) reader.show();
  }

  function followLink(link) {
    if (link.hash !== location.hash) clickedHash = link.hash;
    player.seek(startOf(link.hash));
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

// The system's own buttons: a headset, a lock screen, a keyboard's media keys
function setUpSystem(player, reader) {
  const session = navigator.mediaSession;
  if (!session) return;
  player.audio.addEventListener("play", () => {
    const { title, show, cover } = player.audio.dataset;
    const artwork = [{ src: new URL(cover, document.baseURI).href }];
    session.metadata = new MediaMetadata({ title, artist: show, artwork });
  });
  session.setActionHandler("seekbackward", () => player.seek(player.now() - 15));
  session.setActionHandler("seekforward", () => player.seek(player.now() + 30));
  if (!reader.hasChapters) return;
  session.setActionHandler("previoustrack", () => reader.stepChapter(-1));
  session.setActionHandler("nexttrack", () => reader.stepChapter(1));
}

if (one("[data-position]")) setUpPlayer(one("audio"));
