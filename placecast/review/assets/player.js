// The sound: from a little before a word, and the sentence that is heard marked.

const AROUND = 1.5; // seconds: a word is understood by what is around it

/** `page`: its cues, the row of a cue by its number, and a way to say something. */
export function setUpPlayer(audio, speed, page) {
  let stopAt = Infinity;
  let heard = null;

  function load(there) {
    audio.hidden = !there;
    if (there && !audio.hasAttribute("src")) audio.src = "sound";
  }

  /** Play from a second on, or what is between two. */
  function play(from, until = Infinity) {
    if (audio.hidden) return;
    audio.currentTime = Math.max(0, from - AROUND);
    stopAt = until + AROUND;
    audio.play().catch(() => page.say("The browser cannot play this sound."));
  }

  function follow() {
    if (audio.currentTime >= stopAt) audio.pause();
    // A frame of the sound may begin a little before the time that was asked for.
    const number = page.cues().findLastIndex((cue) => cue.start <= audio.currentTime + 0.05);
    const row = number < 0 ? null : page.row(number);
    if (row === heard) return;
    heard?.classList.remove("heard");
    row?.classList.add("heard");
    heard = row;
  }

  audio.addEventListener("timeupdate", follow);
  audio.addEventListener("pause", () => (stopAt = Infinity));
  speed.addEventListener("change", () => (audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value)));
  return { load, play };
}
