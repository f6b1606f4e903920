"""The public tree: from what is kept of each episode to feed, pages and sidecars, as bytes and then as files."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from placecast import captions, chapters, files, pages, plan, realign, rss, vtt
from placecast.fingerprint import sha256
from placecast.model import Episode, Publication, Release, Show, SoundFile, Tree
from placecast.plan import FEED, Stored, Upload
from placecast.project import Project

# Folders of the public tree that hold nothing but what is built: what is not built any more is taken away.
BUILT_FOLDERS = ("e", "assets")


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Which files of the public tree were written or taken away."""

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.written or self.removed)


def publication(project: Project, show: Show, episodes: Sequence[Episode], until: datetime | None) -> Publication:
    """The show with the episodes that listeners may have at this moment (all dated ones when it is None)."""
    found = [_release(project, show, episode, until) for episode in episodes]
    newest_first = sorted((each for each in found if each), key=lambda each: (each.published, each.episode.slug))
    withdrawn = tuple(episode for episode in episodes if episode.withdrawn)
    return Publication(show=show, releases=tuple(reversed(newest_first)), withdrawn=withdrawn)


def _release(project: Project, show: Show, episode: Episode, until: datetime | None) -> Release | None:
    if episode.published is None or episode.withdrawn or (until and episode.published > until):
        return None
    audio, transcript = project.audio(episode.slug), project.transcript(episode, show)
    if audio is None or transcript is None:
        return None
    heard, verdict = project.record(episode.slug), project.verdict(episode)
    return Release(
        episode=episode,
        published=episode.published,
        audio=audio,
        transcript=transcript,
        edited=project.edited(episode.slug),
        machine=heard is not None,
        notes_html=pages.notes_html(episode.notes),
        approval=verdict.approval,
        waiver=verdict.waiver,
        words=realign.timed(transcript, heard.words if heard else ()),
    )


def as_published(project: Project, show: Show, episodes: Sequence[Episode]) -> dict[str, Stored]:
    """What a target would hold that has all that this clone knows: the sound, and the transcripts that `feed` shows.

    The transcripts as they would be now: what is shown stays shown.
    """
    shown = [each for each in episodes if (project.feed / each.transcript_path("vtt")).is_file()]
    texts = {each.transcript_path("vtt"): project.transcript(each, show) for each in shown}
    contents = {path: vtt.write(transcript).encode() for path, transcript in texts.items() if transcript}
    sound = [audio for each in episodes if (audio := project.audio(each.slug))]
    played = [each for audio in sound for each in audio.files]
    heard = {each.path: Stored(key=each.path, size=each.bytes, mark="", sha256=each.sha256) for each in played}
    return heard | {
        path: Stored(key=path, size=len(text), mark="", sha256=sha256(text)) for path, text in contents.items()
    }


def render(published: Publication) -> Tree:
    """Every text of the public tree. Media are files already."""
    tree = {FEED: rss.render(published), **pages.render(published)}
    for release in published.releases:
        tree |= _sidecars(release)
    return tree


def _sidecars(release: Release) -> Tree:
    """The transcript in the forms that apps ask for, and the chapters."""
    episode, transcript = release.episode, release.transcript
    texts = {
        "vtt": vtt.write(transcript),
        "srt": captions.srt(transcript, release.words),
        "json": captions.podcast_json(transcript),
        "txt": captions.plain_text(transcript),
        "html": captions.html(transcript, title=episode.title),
    }
    tree = {episode.transcript_path(suffix): text.encode() for suffix, text in texts.items()}
    return tree | ({episode.chapters_path: chapters.render(episode)} if episode.chapters else {})


def local_files(project: Project, published: Publication, tree: Tree) -> list[Upload]:
    """Everything that the target must hold, as far as it is on this machine: old audio may be in the target only."""
    notices = {f"{episode.folder}index.html" for episode in published.withdrawn}
    texts = [plan.upload(path, project.feed / path, len(content), sha256(content)) for path, content in tree.items()]
    texts = [plan.as_notice(each) if each.key in notices else each for each in texts]
    cover = published.show.cover
    pictures = [plan.upload(cover.path, cover.source, cover.source.stat().st_size, files.sha256_of(cover.source))]
    sound = _sound_here(project, published)
    return texts + pictures + [plan.upload(each.path, project.media(each), each.bytes, each.sha256) for each in sound]


def _sound_here(project: Project, published: Publication) -> list[SoundFile]:
    found = (each for release in published.releases for each in release.audio.files)
    return [each for each in found if project.media(each).is_file()]


def changes(folder: Path, tree: Tree, kept: Collection[str] = ()) -> Changes:
    """What writing the tree into the folder would change. `kept`: folders that others answer for."""
    written = [path for path, content in tree.items() if not _holds(folder / path, content)]
    built = [path for name in BUILT_FOLDERS for path in sorted((folder / name).rglob("*")) if path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in built]
    removed = [name for name in names if name not in tree and not name.startswith(tuple(kept))]
    return Changes(written=tuple(written), removed=tuple(removed))


def write(folder: Path, tree: Tree, changed: Changes) -> None:
    """Bring the folder to the tree: feed.xml last, so that it never names a file that is not there."""
    for path in sorted(changed.written, key=lambda path: path == FEED):
        files.write(folder / path, tree[path])
    for path in changed.removed:
        (folder / path).unlink()
        _remove_empty((folder / path).parent, folder)


def copy_cover(show: Show, folder: Path) -> None:
    """The cover under its published name."""
    if not (folder / show.cover.path).is_file():
        with files.replacing(folder / show.cover.path) as temporary:
            shutil.copyfile(show.cover.source, temporary)


def copy_media(project: Project, published: Publication, folder: Path) -> None:
    """The audio that is on this machine, under its public path in another folder too."""
    for sound in _sound_here(project, published):
        if not (folder / sound.path).is_file():
            with files.replacing(folder / sound.path) as temporary:
                shutil.copyfile(project.media(sound), temporary)


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and path.read_bytes() == content


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
