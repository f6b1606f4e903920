"""The promotion kit of an episode, in `announce/<slug>/`: texts, pictures, quotes, a newsletter and a clip.

It can be made again at any time, so git does not keep it. What a person has changed in it stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from placecast import archive, captions, colours, drawing, files, looks, vtt
from placecast.drawing import Card
from placecast.errors import UsageError
from placecast.fingerprint import sha256
from placecast.lettering import writable
from placecast.model import Cue, Episode, Show, Text, Transcript
from placecast.pages import pictures
from placecast.pipeline import require
from placecast.promotion import Telling, newsletter, posts, quotes, stretch, telling
from placecast.promotion.newsletter import Letter
from placecast.promotion.quotes import Quote
from placecast.review.sound import sound_of
from placecast.run import Run
from placecast.timecode import clock, spoken

FOLDER = "announce"
CARD, SQUARE, CLIP, ALTERNATIVES = "card.jpg", "square.jpg", "clip.mp4", "alt-texts.txt"
BLUESKY, MASTODON = "bluesky.txt", "mastodon.txt"
_MEMORY = ".kit.json"
_IGNORE = "# Made by `placecast announce`. To keep your texts in git, take this file away.\n*\n"
_PAPER = ("#ffffff",)
_UNCHECKED = "Nobody has checked the transcript that these words come from: listen before you quote them."

_UNWRITABLE = "Our letters cannot write some of the words, so the clip does not show them: give clip.srt along with it."


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a producer wants. `part`: the seconds that the clip plays; None: what was wanted before, or our choice."""

    slug: str
    part: tuple[float, float] | None = None
    clip: bool = True
    anew: bool = False  # also what people have changed
    side: int = 0  # pixels of the clip, and
    frames: int = 0  # of its pictures a second; 0: as it is meant to be


@dataclass(frozen=True, kw_only=True)
class Kit:
    """What the folder holds now: files that were made, those that were right already, those that people changed."""

    slug: str
    folder: Path
    told: Telling
    made: tuple[str, ...]
    same: tuple[str, ...]
    kept: tuple[str, ...]
    quotes: tuple[Quote, ...]
    part: tuple[float, float] | None = None  # of the clip
    why: str = ""  # this part, or no clip
    unchecked: bool = False  # nobody has approved the transcript that quotes and captions come from


@dataclass(kw_only=True)
class _Desk:
    """Writes the files of a kit, but for those that people have changed."""

    folder: Path
    anew: bool
    known: dict[str, Any]
    made: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def put(self, name: str, content: bytes) -> None:
        """A file that costs nothing to make."""
        if (path := self.folder / name).is_file() and path.read_bytes() == content:
            self.known[name] = {"source": sha256(content), "written": sha256(content)}
        self.make(name, sha256(content), lambda path: files.write(path, content))

    def make(self, name: str, source: str, write: Callable[[Path], None]) -> None:
        """A file that is made again when what it comes from is another. `source`: a name for that."""
        path, known = self.folder / name, self.known.get(name, {})
        here = files.sha256_of(path) if path.is_file() else ""
        if here and here != known.get("written") and not self.anew:
            self.kept.append(name)
        elif here and here == known.get("written") and source == known.get("source"):
            self.same.append(name)
        else:
            write(path)
            self.known[name] = {"source": source, "written": files.sha256_of(path)}
            self.made.append(name)

    def save(self) -> None:
        files.write(self.folder / _MEMORY, json.dumps(self.known, indent=1, sort_keys=True).encode())


def folder_of(run: Run, slug: str) -> Path:
    """Where the kit of an episode lies."""
    return run.project.root / FOLDER / slug


@dataclass(frozen=True, kw_only=True)
class _Case:
    """What a kit is made of."""

    run: Run
    order: Order
    show: Show
    episode: Episode
    told: Telling
    card: Card
    text: Text
    quotes: tuple[Quote, ...]

    @property
    def cues(self) -> tuple[Cue, ...]:
        return self.text.transcript.cues

    @property
    def unchecked(self) -> bool:
        return self.run.project.verdict(self.episode).approval is None

    @property
    def letter(self) -> Letter:
        best = self.quotes[0] if self.quotes else None
        return Letter(
            told=self.told,
            picture=self.show.at(self.episode.folder + self.card.name),
            alternative=pictures.alternative(self.card),
            quote=best.text if best else "",
            speaker=(best.speaker or "") if best else "",
            listen=listen(self.told, best) if best else "",
            when=clock(best.start) if best else "",
            accent=colours.nearest(self.card.ground, _PAPER),
            on_accent=_PAPER[0],
        )


def prepare(run: Run, order: Order) -> Kit:
    """Make the kit, or bring it up to date."""
    show, episodes = run.project.load()
    require(episodes, [order.slug])
    case = _case(run, order, show, next(each for each in episodes if each.slug == order.slug))
    with run.project.locked():
        folder = folder_of(run, order.slug)
        if not folder.parent.exists():
            files.write(folder.parent / ".gitignore", _IGNORE.encode())
        desk = _Desk(folder=folder, anew=order.anew, known=_known(folder / _MEMORY))
        try:
            return _filled(case, desk)
        finally:
            desk.save()


def listen(told: Telling, quote: Quote) -> str:
    """The address where a quote is heard."""
    return f"{told.page}#t={int(quote.start)}"


def _case(run: Run, order: Order, show: Show, episode: Episode) -> _Case:
    told, text = telling(show, episode), Text(transcript=Transcript(cues=(), language=show.language), words=tuple)
    if run.project.transcript_file(episode.slug).is_file():
        text = archive.reader(run.project, show, episode)()
    found = quotes.candidates(text.transcript.cues, {person.name for person in told.guests})
    card = pictures.of_episode(episode, show)
    return _Case(run=run, order=order, show=show, episode=episode, told=told, card=card, text=text, quotes=found)


def _filled(case: _Case, desk: _Desk) -> Kit:
    for name, content in _texts(case):
        desk.put(name, content.encode("utf-8", "replace"))
    desk.put("newsletter.eml", newsletter.letter(case.letter))
    # The card's name says all that it shows, and the version of the drawing.
    for name, draw in ((CARD, drawing.card), (SQUARE, drawing.square)):
        desk.make(name, case.card.name, partial(_draw, draw, case))
    part, why = _clip(case, desk) if case.order.clip else (None, "none was wanted")
    desk.put(ALTERNATIVES, _alternatives(case, part).encode("utf-8", "replace"))
    return Kit(
        slug=case.order.slug,
        folder=desk.folder,
        told=case.told,
        made=tuple(desk.made),
        same=tuple(desk.same),
        kept=tuple(desk.kept),
        quotes=case.quotes,
        part=part,
        why=why,
        unchecked=bool(case.cues) and case.unchecked,
    )


def _draw(draw: Callable[[Card, Path], bytes], case: _Case, path: Path) -> None:
    files.write(path, draw(case.card, case.show.cover.source))


def _texts(case: _Case) -> Iterator[tuple[str, str]]:
    yield BLUESKY, posts.bluesky(case.told)
    yield MASTODON, posts.mastodon(case.told)
    yield "linkedin.txt", posts.linkedin(case.told)
    yield "newsletter.html", newsletter.html(case.letter)
    yield "newsletter.txt", newsletter.text(case.letter)
    if case.quotes:
        yield "quotes.md", "\n".join(_listed(case))


def _listed(case: _Case) -> Iterator[str]:
    """The quotes as a person chooses among them, the best first."""
    yield from (f"# Quotes from “{case.told.title}”", "")
    if case.unchecked:
        yield from (_UNCHECKED, "")
    for number, each in enumerate(case.quotes, 1):
        by = f"{each.speaker}, " if each.speaker else ""
        yield from (f"{number}. “{each.text}”", f"   {by}{clock(each.start)}: {listen(case.told, each)}", "")


def _alternatives(case: _Case, part: tuple[float, float] | None) -> str:
    """What each picture and the clip show, in words: networks ask for it when something is attached."""
    said = pictures.alternative(case.card)
    lines = [f"{CARD}: {said}", f"{SQUARE}: {said}"]
    if part:
        words = " ".join(cue.text for cue in case.cues if part[0] <= (cue.start + cue.end) / 2 < part[1])
        film = f"{case.told.show}: {case.told.title}. The words stand on the picture as they are said: “{words}”"
        lines.append(f"{CLIP}: {film}")
    return "\n\n".join(lines) + "\n"


def _clip(case: _Case, desk: _Desk) -> tuple[tuple[float, float] | None, str]:
    """Make the clip and its captions; its seconds, and why these, or why there is none."""
    if not (sound := sound_of(case.run.project, case.episode)):
        return None, "its sound is not on this machine"
    part, why = _part(case, desk)
    if part is None:
        return None, why
    shown = captions.of_stretch(case.cues, case.text.words(), *part)
    film = vtt.write(Transcript(cues=shown, language=case.text.transcript.language))
    desk.put("clip.vtt", film.encode())
    desk.put("clip.srt", captions.subrip(shown).encode())
    if any(not writable(cue.text) for cue in shown):
        case.run.reporter.warn(_UNWRITABLE)
    _film(case, sound, part, shown, desk)
    return part, why


def _part(case: _Case, desk: _Desk) -> tuple[tuple[float, float] | None, str]:
    """What the producer says, said before or marked as a soundbite, else around the best quote."""
    published = case.run.project.audio(case.episode.slug)
    length = published.seconds if published else max((cue.end for cue in case.cues), default=0.0)
    if asked := case.order.part or _asked_before(desk):
        desk.known["part"] = list(stretch.asked(*asked, length))
        return asked, "as you said"
    for bite in case.episode.soundbites:
        if stretch.SHORTEST / 2 <= bite.duration <= stretch.LONGEST and bite.seconds < length:
            part = stretch.whole(bite.seconds, bite.seconds + bite.duration, case.cues, length)
            return part, "the soundbite in episode.md"
    if not case.quotes:
        return None, "there is no transcript with words to quote"
    return stretch.around(case.quotes[0], case.cues, length), "around the first quote"


def _asked_before(desk: _Desk) -> tuple[float, float] | None:
    match desk.known.get("part"):
        case [int() | float() as start, int() | float() as end]:
            return float(start), float(end)
    return None


def _film(case: _Case, sound: Path, part: tuple[float, float], shown: tuple[Cue, ...], desk: _Desk) -> None:
    from placecast import audiogram  # it loads FFmpeg

    published = case.run.project.audio(case.episode.slug)
    later = published.start if published and sound == case.episode.recording else 0.0
    clip = audiogram.Clip(
        sound=sound,
        start=part[0] + later,
        end=part[1] + later,
        captions=shown,
        title=case.episode.title,
        show=case.show.title,
        address=case.show.url.partition("://")[2].rstrip("/"),
        cover=case.show.cover.source,
        ground=colours.nearest(case.card.ground, (case.card.ink,), colours.EASY),
        ink=case.card.ink,
        side=case.order.side or audiogram.SIDE,
        frames=case.order.frames or audiogram.FRAMES,
    )
    about = (audiogram.VERSION, clip, case.show.cover.name, looks.look(sound))

    def write(path: Path) -> None:
        with case.run.reporter.step(f"make the clip of {case.episode.slug}", spoken(clip.seconds)) as progress:
            audiogram.make(clip, path, progress)

    desk.make(CLIP, sha256(repr(about).encode("utf-8", "replace")), write)


def alternative(folder: Path, name: str) -> str:
    """What the kit says, and people may have changed, that this picture or clip shows."""
    try:
        lines = (folder / ALTERNATIVES).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    found = next((line.partition(": ")[2].strip() for line in lines if line.startswith(f"{name}: ")), "")
    if not found:
        cure = f"Write a line into it that begins with {name}: and says what is to be seen."
        raise UsageError(f"{FOLDER}/{folder.name}/{ALTERNATIVES}", f"has no words for {name}.", cure)
    return found


def _known(path: Path) -> dict[str, Any]:
    """What was written there before; nothing when that is not known: then everything there counts as a person's."""
    try:
        known = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
