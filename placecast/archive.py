"""A long archive, built again in the time that its changes take: what has not changed is neither read nor rendered.

What is known of each episode's words, and which files were made of it, is remembered in the cache. The files count as
long as they lie in the folder `feed` and look as they did when they were written there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial

from placecast import looks, realign, vtt
from placecast.fingerprint import sha256
from placecast.model import AsItLies, Episode, MovedIn, Release, Said, Show, Text, Transcript, Tree
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
    about = [look, project.language(episode, show), looks.program()]
    read = project.memory.found(
        _SAID, episode.slug, about, lambda: asdict(said_of(_transcript(project, show, episode)))
    )
    return Said(**read)


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
    transcript, record = _transcript(project, show, episode), project.record(episode.slug)
    return Text(transcript=transcript, words=realign.timed(transcript, record.words if record else ()))


def _transcript(project: Project, show: Show, episode: Episode) -> Transcript:
    found = project.transcript(episode, show)
    # None: it was taken away a moment ago, or the episode moved in without.
    return found or Transcript(cues=(), language=show.language)


class Archive:
    """What was made of a show's episodes before, and lies in the folder `feed`."""

    def __init__(self, project: Project, show: Show) -> None:
        self._project = project
        self._about = sha256(repr((looks.program(), show)).encode())
        self._made: dict[str, tuple[str, Tree]] = {}

    def files(self, release: Release, around: object, make: Callable[[], Tree]) -> Tree:
        """The files of an episode: as they lie, or made now. `around`: what they come from beside the release."""
        return self.group(release.episode.slug, self._key(release, around), make)

    def group(self, name: str, key: str, make: Callable[[], Tree]) -> Tree:
        """Files that are made together: as they lie, or made now. `key`: a name for all that they come from."""
        kept = self._project.memory.recall(_MADE, name, key)
        if kept is not None and (lying := self._lying(kept)) is not None:
            return lying
        self._made[name] = key, make()
        return self._made[name][1]

    def settle(self) -> None:
        """Remember what was made: it has been written into the folder now."""
        for name, (key, tree) in self._made.items():
            self._project.memory.keep(_MADE, name, key, dict(map(self._entry, tree, tree.values())))

    def _entry(self, path: str, content: bytes | AsItLies) -> tuple[str, list[object]]:
        file = as_it_lies(content)
        return path, [looks.look(self._project.feed / path), file.size, file.sha256]

    def _lying(self, kept: Mapping[str, tuple[looks.Look, int, str]]) -> Tree | None:
        """The files that were kept in mind; None if one of them is not as it was."""
        feed = f"{self._project.feed}/"
        if any(looks.look(feed + path) != look for path, (look, _, _) in kept.items()):
            return None
        return {path: AsItLies(size=size, sha256=digest) for path, (_, size, digest) in kept.items()}

    def _key(self, release: Release, around: object) -> str:
        """A name for all that an episode's files come from."""
        slug = release.episode.slug
        words = looks.look(self._project.transcript_file(slug)), looks.look(self._project.record_file(slug))
        return sha256(repr((self._about, release, around, words)).encode())


def as_it_lies(content: bytes | AsItLies) -> AsItLies:
    """The size and the hash of a file of the tree, whether it lies there or not."""
    if isinstance(content, AsItLies):
        return content
    return AsItLies(size=len(content), sha256=sha256(content))
