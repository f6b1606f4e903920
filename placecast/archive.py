"""A long archive, built again in the time that its changes take: what has not changed is neither read nor rendered.

What is known of each episode's words, and which files were made of it, is remembered in the cache. The files count as
long as they lie in the folder `feed` and look as they did when they were written there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
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


Make = Callable[[], Mapping[str, bytes]]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Files that are made together. `key`: a name for all that they come from. `make` may be sent to a helper."""

    name: str
    key: str
    make: Make


class Archive:
    """What was made of a show's episodes before, and lies in the folder `feed`; and what helpers have made by now."""

    def __init__(self, project: Project, show: Show) -> None:
        self._project, self._show = project, show
        self._about = sha256(repr((looks.program(), show)).encode())
        self._made: dict[str, tuple[str, Tree]] = {}
        self._feed = f"{project.feed}/"

    def files(self, groups: Sequence[Group]) -> Tree:
        """The files of all these groups: as they lie, or made now, by helpers where many are missing."""
        lying = {each.name: tree for each in groups if (tree := self._lying(each)) is not None}
        missing = [each for each in groups if each.name not in lying]
        made = {each.name: tree for each, tree in self._made_by_helpers(missing)}
        made |= {each.name: each.make() for each in missing if each.name not in made}
        self._made |= {each.name: (each.key, made[each.name]) for each in missing}
        trees = lying | made
        return {path: file for each in groups for path, file in trees[each.name].items()}

    def _made_by_helpers(self, groups: Sequence[Group]) -> Iterator[tuple[Group, Tree]]:
        helpers, waiting = self._project.helpers, []
        for each in groups:
            if tree := helpers.taken(each.name, each.key):
                yield each, tree
            else:
                waiting.append(each)
        jobs = [_Job(group=each, spool=helpers.spool) for each in waiting]
        yield from ((job.group, tree) for job, tree in helpers.shared(_make, jobs))

    def words(self, episode: Episode, make: Make) -> Group:
        """The files of an episode that come from its words alone."""
        heard = looks.look(self._project.record_file(episode.slug))
        about = _about(self._project, self._show, episode)
        return Group(name=f"{episode.slug} words", key=sha256(repr((about, heard)).encode()), make=make)

    def told(self, release: Release, around: object, make: Make) -> Group:
        """The files of an episode that its facts and words make. `around`: what they come from beside the release."""
        slug = release.episode.slug
        words = looks.look(self._project.transcript_file(slug)), looks.look(self._project.record_file(slug))
        return Group(name=slug, key=sha256(repr((self._about, release, around, words)).encode()), make=make)

    def lacks_words(self, episode: Episode) -> bool:
        """Whether an episode has words that must be read, to be known or to make files of them.

        As far as is remembered: whether those files still lie there is seen once they are needed.
        """
        about = _about(self._project, self._show, episode)
        if not about[0]:
            return False
        recall, words = self._project.memory.recall, self.words(episode, dict)
        if recall(_SAID, episode.slug, about) is None:
            return True
        made = recall(_MADE, words.name, words.key)
        return made is None and not self._project.helpers.has(words.name, words.key)

    def expect_words(self, episode: Episode, made: Tree) -> None:
        """Helpers have made the files of an episode's words: `files` need not."""
        words = self.words(episode, dict)
        self._project.helpers.keep(words.name, words.key, made)

    def settle(self) -> None:
        """Remember what was made: it has been written into the folder now."""
        for name, (key, tree) in self._made.items():
            self._project.memory.keep(_MADE, name, key, dict(map(self._entry, tree, tree.values())))

    def _entry(self, path: str, content: Content) -> tuple[str, list[object]]:
        file = as_it_lies(content)
        return path, [looks.look(self._feed + path), file.size, file.sha256]

    def _lying(self, group: Group) -> Tree | None:
        """The files that were kept in mind; None if there are none, or one of them is not as it was."""
        known = self._project.memory.recall(_MADE, group.name, group.key)
        kept: Mapping[str, tuple[looks.Look, int, str]] | None = known
        if kept is None or any(looks.look(self._feed + path) != look for path, (look, _, _) in kept.items()):
            return None
        return {path: AsItLies(size=size, sha256=digest) for path, (_, size, digest) in kept.items()}


@dataclass(frozen=True, kw_only=True)
class _Job:
    """A group that a helper makes."""

    group: Group
    spool: Path


def _make(job: _Job) -> Tree:
    return spooled(job.spool, job.group.make())


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
