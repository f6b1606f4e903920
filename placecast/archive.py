"""A long archive, built again in the time that its changes take: what has not changed is neither read nor rendered.

What is known of each episode's words, and which files were made of it, is remembered in the cache. The files count as
long as they lie in the folder `feed` and look as they did when they were written there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from placecast import looks, realign, vtt
from placecast.fingerprint import sha256
from placecast.model import (
    AsItLies,
    Content,
    Episode,
    MovedIn,
    Release,
    Said,
    Show,
    Spooled,
    Text,
    Transcript,
    Tree,
    Word,
)
from placecast.project import Project

_SAID, _MADE = "said", "made"


def said(project: Project, show: Show, episode: Episode) -> Said | None:
    """What is known of the words of an episode; None where there is no transcript.

    An episode that moved in has no words until somebody transcribes it: listeners have it already, and it stays theirs.
    """
    look = looks.look(project.transcript_file(episode.slug))
    if not look:
        audio = project.audio(episode.slug)
        moved_in = audio and isinstance(audio.made_from, MovedIn)
        return said_of(_transcript(project, show, episode)) if moved_in else None
    about = _about(project, show, episode)
    read = project.memory.found(
        _SAID, episode.slug, about, lambda: asdict(said_of(_transcript(project, show, episode)))
    )
    return Said(**read)


def _about(project: Project, show: Show, episode: Episode) -> list[object]:
    """All that the words of an episode are known from; an empty look where it has none."""
    look = looks.look(project.transcript_file(episode.slug))
    return [look, project.language(episode, show), looks.program()]


def said_of(transcript: Transcript) -> Said:
    """What is worth knowing of a transcript that need not be read again."""
    file = vtt.write(transcript).encode()
    return Said(
        language=transcript.language,
        empty=not any(cue.text.strip() for cue in transcript.cues),
        end=max((cue.end for cue in transcript.cues), default=0.0),
        size=len(file),
        sha256=sha256(file),
    )


def reader(project: Project, show: Show, episode: Episode) -> Callable[[], Text]:
    """Reads the words of an episode that has a transcript, once somebody asks."""
    return partial(_text, project, show, episode)


def _text(project: Project, show: Show, episode: Episode) -> Text:
    transcript = _transcript(project, show, episode)
    return Text(transcript=transcript, words=partial(_words, project, episode, transcript))


def _words(project: Project, episode: Episode, transcript: Transcript) -> Sequence[Sequence[Word]]:
    record = project.record(episode.slug)
    return realign.timed(transcript, record.words if record else ())


def _transcript(project: Project, show: Show, episode: Episode) -> Transcript:
    found = project.transcript(episode, show)
    # None: it was taken away a moment ago, or the episode moved in without.
    return found or Transcript(cues=(), language=show.language)


class Archive:
    """What was made of a show's episodes before, and lies in the folder `feed`; and what helpers have made by now."""

    def __init__(self, project: Project, show: Show) -> None:
        self._project, self._show = project, show
        self._about = sha256(repr((looks.program(), show)).encode())
        self._made: dict[str, tuple[str, Tree]] = {}

    def files(self, release: Release, around: object, make: Callable[[], Tree]) -> Tree:
        """The files of an episode that the facts and the words make: as they lie, or made now.

        `around`: what they come from beside the release.
        """
        return self.group(release.episode.slug, self._key(release, around), make)

    def words(self, episode: Episode, make: Callable[[], Tree]) -> Tree:
        """The files of an episode that come from its words alone: as they lie, or made now."""
        return self.group(*self._words(episode), make)

    def group(self, name: str, key: str, make: Callable[[], Tree]) -> Tree:
        """Files that are made together: as they lie, or made now. `key`: a name for all that they come from."""
        lying = self._lying(name, key)
        if lying is not None:
            return lying
        self._made[name] = key, self._project.helpers.taken(name, key) or make()
        return self._made[name][1]

    def lacks(self, release: Release, around: object) -> bool:
        """Whether `files` would have to make them."""
        return self._lying(release.episode.slug, self._key(release, around)) is None

    def lacks_words(self, episode: Episode) -> bool:
        """Whether an episode has words that `words` would have to make files of, or `said` would have to read."""
        about = _about(self._project, self._show, episode)
        if not about[0]:
            return False
        known, words = self._project.memory.recall(_SAID, episode.slug, about), self._words(episode)
        return known is None or not (self._project.helpers.has(*words) or self._lying(*words))

    def expect(self, release: Release, around: object, made: Tree) -> None:
        """Helpers have made the files of an episode: `files` need not."""
        self._project.helpers.keep(release.episode.slug, self._key(release, around), made)

    def expect_words(self, episode: Episode, made: Tree) -> None:
        """Helpers have made the files of an episode's words: `words` need not."""
        self._project.helpers.keep(*self._words(episode), made)

    def settle(self) -> None:
        """Remember what was made: it has been written into the folder now."""
        for name, (key, tree) in self._made.items():
            self._project.memory.keep(_MADE, name, key, dict(map(self._entry, tree, tree.values())))

    def _entry(self, path: str, content: Content) -> tuple[str, list[object]]:
        file = as_it_lies(content)
        return path, [looks.look(self._project.feed / path), file.size, file.sha256]

    def _lying(self, name: str, key: str) -> Tree | None:
        """The files that were kept in mind; None if there are none, or one of them is not as it was."""
        kept: Mapping[str, tuple[looks.Look, int, str]] | None = self._project.memory.recall(_MADE, name, key)
        if kept is None:
            return None
        feed = f"{self._project.feed}/"
        if any(looks.look(feed + path) != look for path, (look, _, _) in kept.items()):
            return None
        return {path: AsItLies(size=size, sha256=digest) for path, (_, size, digest) in kept.items()}

    def _words(self, episode: Episode) -> tuple[str, str]:
        """A name for the files of an episode's words, and one for all that they come from."""
        heard = looks.look(self._project.record_file(episode.slug))
        about = _about(self._project, self._show, episode)
        return f"{episode.slug} words", sha256(repr((about, heard)).encode())

    def _key(self, release: Release, around: object) -> str:
        """A name for all that an episode's files come from."""
        slug = release.episode.slug
        words = looks.look(self._project.transcript_file(slug)), looks.look(self._project.record_file(slug))
        return sha256(repr((self._about, release, around, words)).encode())


def as_it_lies(content: Content) -> AsItLies:
    """The size and the hash of a file of the tree, whether it lies there or not."""
    if isinstance(content, AsItLies):
        return content
    return AsItLies(size=len(content), sha256=sha256(content))


def spooled(folder: Path, tree: Mapping[str, bytes]) -> Tree:
    """The files of a tree in this folder, from where they can be moved."""
    made = {}
    for path, content in tree.items():
        source = folder / path
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(content)
        made[path] = Spooled(size=len(content), sha256=sha256(content), source=source)
    return made
