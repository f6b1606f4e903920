// Makes the pages more comfortable: links such as #t=754, #t=12:34 and #t=1:02:03 play from there, and the
// sentence that is heard is marked. Without this script the links scroll and the browser's own player plays.

function secondsOf(hash) {
  const match = /^#t=(\d[\d:.]*)/.exec(hash.replace(/%3A/gi, ":"));
  const parts = match ? match[1].split(":").map(Number) : [];
  const total = parts.reduce((sum, part) => sum * 60 + part, 0);
  return match && parts.length <= 3 && Number.isFinite(total) ? total : null;
}

function lastBefore(list, seconds) {
  // A frame of the sound may begin a little before the time that was asked for.
  return list.findLast((entry) => entry.start <= seconds + 0.05);
}

function setUpPlayer(audio) {
  const sentences = [...document.querySelectorAll(".paragraph span[id]")].map((element) => ({
    element,
    start: Number(element.id.slice(2)),
  }));
  const chapters = [...document.querySelectorAll(".chapters a[href^='#t=']")].map((element) => ({
    element,
    start: secondsOf(element.hash),
  }));
  const follow = document.querySelector("[data-follow]");
  let wanted = null;
  let heard = null;
  let clickedHash = null;

  function mark(seconds) {
    const chapter = lastBefore(chapters, seconds);
    for (const entry of chapters) entry.element.ariaCurrent = entry === chapter ? "true" : null;
    const sentence = lastBefore(sentences, seconds)?.element ?? null;
    if (sentence === heard) return;
    heard?.classList.remove("heard");
    sentence?.classList.add("heard");
    heard = sentence;
    if (sentence && follow.checked && !audio.paused) sentence.scrollIntoView({ block: "center" });
  }

  function arrive() {
    if (wanted === null) return;
    audio.currentTime = wanted;
    wanted = null;
  }

  function seek(seconds) {
    wanted = seconds;
    document.documentElement.classList.add("live");
    mark(seconds);
    if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) return arrive();
    // Nothing is loaded before somebody wants it. iOS waits for the play button even then; `arrive` follows.
    if (audio.paused) {
      audio.preload = "metadata";
      audio.load();
    }
  }

  function play() {
    // A browser may want a press on its own button first; the place is kept.
    audio.play().catch(() => {});
  }

  function followHash() {
    const seconds = secondsOf(location.hash);
    const done = location.hash === clickedHash;
    clickedHash = null;
    if (seconds === null || done) return;
    seek(seconds);
    if (!document.getElementById(location.hash.slice(1))) heard?.scrollIntoView({ block: "center" });
  }

  function clicked(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a[href^='#t=']");
    const sentence = event.target.closest(".paragraph span[id]");
    const seconds = secondsOf(link?.hash ?? (sentence && getSelection().isCollapsed ? `#${sentence.id}` : ""));
    if (seconds === null) return;
    seek(seconds);
    if (!link) return;
    if (link.hash !== location.hash) clickedHash = link.hash;
    play();
  }

  function announce() {
    if (!navigator.mediaSession) return;
    const { title, show, cover } = audio.dataset;
    const artwork = [{ src: new URL(cover, document.baseURI).href }];
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist: show, artwork });
  }

  audio.addEventListener("loadedmetadata", arrive);
  audio.addEventListener("play", announce);
  audio.addEventListener("timeupdate", () => {
    if (wanted !== null || (audio.paused && !audio.currentTime)) return;
    document.documentElement.classList.add("live");
    mark(audio.currentTime);
  });
  document.addEventListener("click", clicked);
  window.addEventListener("hashchange", followHash);
  setUpTools(audio, seek);
  followHash();
}

function setUpTools(audio, seek) {
  const tools = document.querySelector(".tools");
  for (const button of tools.querySelectorAll("[data-skip]")) {
    button.addEventListener("click", () => seek(Math.max(0, audio.currentTime + Number(button.dataset.skip))));
  }
  tools.querySelector("[data-speed]").addEventListener("change", (event) => {
    audio.defaultPlaybackRate = audio.playbackRate = Number(event.target.value);
  });
  tools.hidden = false;
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

document.querySelectorAll("audio").forEach(setUpPlayer);
document.querySelectorAll("[data-copy]").forEach(setUpCopying);
