"""The public tree: from what is kept of each episode to feed, pages and sidecars, as bytes and then as files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from placecast import archive, captions, chapters, files, indexing, looks, pages, plan, rss, search, vtt
from placecast.archive import Archive
from placecast.fingerprint import sha256
from placecast.model import (
    AsItLies,
    Content,
    Episode,
    Publication,
    Release,
    Show,
    SoundFile,
    Spooled,
    Text,
    Tree,
)
from placecast.plan import FEED, Stored, Upload
from placecast.project import Project
from placecast.project.memory import Answer

# Folders of the public tree that hold nothing but what is built: what is not built any more is taken away.
BUILT_FOLDERS = ("e", "assets", "about", "people", "places", "search", "subscribe", "transcripts")


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Which files of the public tree were written or taken away."""

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.written or self.removed)


@dataclass(frozen=True, kw_only=True)
class _Unread:
    """An episode whose words a helper reads."""

    project: Project
    show: Show
    episode: Episode


def read_ahead(project: Project, show: Show, episodes: Sequence[Episode], tell: Callable[[str], None]) -> None:
    """Have helpers read what an archive says, where there is much that is not known yet.

    `publication` and `render` then find it in mind, and what comes from the words alone as files.
    """
    lying = Archive(project, show)
    dated = (each for each in episodes if each.published and not each.withdrawn)
    unread = [each for each in dated if project.audio_file(each.slug).is_file() and lying.lacks_words(each)]
    jobs = [_Unread(project=project, show=show, episode=each) for each in unread]
    for job, (news, tree) in project.helpers.shared(_read, jobs, tell):
        for answer in news:
            project.memory.keep(*answer)
        lying.expect_words(job.episode, tree)


def _read(job: _Unread) -> tuple[list[Answer], Tree]:
    """What there is to know of an episode's words, for the memory of who asked, and the files that come of them."""
    project, episode = job.project, job.episode
    said, read = archive.said(project, job.show, episode), archive.reader(project, job.show, episode)
    project.edited(episode.slug)
    _notes_html(project, episode)
    tree = archive.spooled(project.helpers.spool, _spoken(episode, read()))
    if said:
        indexing.of(project, episode, said, read)
    return project.memory.news(), tree


def publication(project: Project, show: Show, episodes: Sequence[Episode], until: datetime | None) -> Publication:
    """The show with the episodes that listeners may have at this moment (all dated ones when it is None)."""
    found = [_release(project, show, episode, until) for episode in episodes]
    newest_first = sorted((each for each in found if each), key=lambda each: (each.published, each.episode.slug))
    withdrawn = tuple(episode for episode in episodes if episode.withdrawn)
    return Publication(show=show, releases=tuple(reversed(newest_first)), withdrawn=withdrawn)


def _release(project: Project, show: Show, episode: Episode, until: datetime | None) -> Release | None:
    if episode.published is None or episode.withdrawn or (until and episode.published > until):
        return None
    audio, said = project.audio(episode.slug), archive.said(project, show, episode)
    if audio is None or said is None:
        return None
    verdict = project.verdict(episode)
    return Release(
        episode=episode,
        published=episode.published,
        audio=audio,
        said=said,
        text=archive.reader(project, show, episode),
        edited=project.edited(episode.slug),
        machine=project.record_facts(episode.slug) is not None,
        notes_html=_notes_html(project, episode),
        approval=verdict.approval,
        waiver=verdict.waiver,
    )


def _notes_html(project: Project, episode: Episode) -> str:
    about = [sha256(episode.notes.encode()), looks.program()]
    return str(project.memory.found("notes", episode.slug, about, lambda: pages.notes_html(episode.notes)))


def as_published(project: Project, show: Show, episodes: Sequence[Episode]) -> dict[str, Stored]:
    """What a target would hold that has all that this clone knows: the sound, and the transcripts that `feed` shows.

    The transcripts as they would be now: what is shown stays shown.
    """
    paths = ((each, path) for each in episodes for path in each.transcript_paths("vtt"))
    shown = [(each, path) for each, path in paths if (project.feed / path).is_file()]
    said = {path: archive.said(project, show, each) for each, path in shown}
    sound = [audio for each in episodes if (audio := project.audio(each.slug))]
    played = [each for audio in sound for each in audio.files]
    heard = {each.path: Stored(key=each.path, size=each.bytes, mark="", sha256=each.sha256) for each in played}
    return heard | {
        path: Stored(key=path, size=text.size, mark="", sha256=text.sha256) for path, text in said.items() if text
    }


def render(project: Project, published: Publication, lying: Archive | None = None) -> Tree:
    """Every text of the public tree. Media are files already. `lying`: what need not be made again."""
    tree: dict[str, Content] = {FEED: rss.render(published), **pages.site(published)}
    alone, around = Publication(show=published.show), pages.neighbours(published)
    groups = []
    for release in published.releases:
        beside = around[release.episode.slug]
        show, speak = partial(_told, release, alone, beside), partial(_words, release)
        if lying:
            groups += [lying.told(release, beside, show), lying.words(release.episode, speak)]
        else:
            tree |= {**show(), **speak()}
    if lying:
        tree |= lying.files(groups)
    tree |= indexing.files(project, published, lying)
    return tree | _at_former_addresses(project, published, tree)


def _at_former_addresses(project: Project, published: Publication, tree: Tree) -> dict[str, bytes]:
    """Of episodes that were renamed: pages that lead on, and what feeds and players point to that were made before."""
    found: dict[str, bytes] = {}
    for release in (each for each in published.releases if each.episode.formerly):
        episode = release.episode
        kept = {path.removeprefix(episode.folder): path for path in tree if path.startswith(episode.folder)}
        still = {name: _content(project, path, tree) for name, path in kept.items() if _is_pointed_to(name)}
        found |= pages.moved(release, published)
        found |= {old + name: content for old in episode.former_folders for name, content in still.items()}
    return found


def _is_pointed_to(name: str) -> bool:
    return name.startswith("transcript.") or name in ("chapters.json", "oembed.json")


def _content(project: Project, path: str, tree: Tree) -> bytes:
    content = tree[path]
    if isinstance(content, Spooled):
        return content.source.read_bytes()
    return (project.feed / path).read_bytes() if isinstance(content, AsItLies) else content


def feed_of(tree: Tree) -> bytes:
    """feed.xml, which is made anew each time."""
    feed = tree[FEED]
    if isinstance(feed, AsItLies):
        raise TypeError("the feed is always made")
    return feed


def _told(release: Release, alone: Publication, beside: pages.Neighbours) -> dict[str, bytes]:
    """The pages of an episode, the chapters, and the forms of the transcript that show more than what was said.

    Of the publication, they show nothing but the show.
    """
    episode, transcript = release.episode, release.text().transcript
    tree = {f"{episode.folder}index.html": pages.episode(release, alone, beside, transcript)}
    tree |= pages.embedded(release, alone) | pages.references(release, alone.show)
    tree[episode.transcript_path("html")] = captions.html(transcript, title=episode.title).encode()
    tree |= search.parts(release, transcript)
    return tree | ({episode.chapters_path: chapters.render(alone.show, release)} if episode.chapters else {})


def _words(release: Release) -> dict[str, bytes]:
    return _spoken(release.episode, release.text())


def _spoken(episode: Episode, text: Text) -> dict[str, bytes]:
    """The transcript in the forms that apps ask for, which follow from the words alone."""
    texts = {
        "vtt": vtt.write(text.transcript),
        "srt": captions.srt(text.transcript, text.words()),
        "json": captions.podcast_json(text.transcript),
        "txt": captions.plain_text(text.transcript),
    }
    return {episode.transcript_path(suffix): told.encode() for suffix, told in texts.items()}


def local_files(project: Project, published: Publication, tree: Tree) -> list[Upload]:
    """Everything that the target must hold, as far as it is on this machine: old audio may be in the target only."""
    folders = [each for gone in published.withdrawn for each in (gone.folder, *gone.former_folders)]
    notices = {f"{folder}{page}index.html" for folder in folders for page in ("", "player/")}
    found = {path: archive.as_it_lies(content) for path, content in tree.items()}
    texts = [plan.upload(path, project.feed / path, file.size, file.sha256) for path, file in found.items()]
    texts = [plan.as_notice(each) if each.key in notices else each for each in texts]
    pictures = [
        plan.upload(each.path, each.source, each.source.stat().st_size, files.sha256_of(each.source))
        for each in published.pictures
    ]
    sound = _sound_here(project, published)
    return texts + pictures + [plan.upload(each.path, project.media(each), each.bytes, each.sha256) for each in sound]


def _sound_here(project: Project, published: Publication) -> list[SoundFile]:
    found = (each for release in published.releases for each in release.audio.files)
    return [each for each in found if project.media(each).is_file()]


def changes(folder: Path, tree: Tree, kept: Collection[str] = ()) -> Changes:
    """What writing the tree into the folder would change. `kept`: folders that others answer for."""
    written = [path for path, content in tree.items() if not _holds(folder, path, content)]
    built = sorted(path for name in BUILT_FOLDERS for path in looks.paths(str(folder / name)))
    names = [path.removeprefix(f"{folder}{os.sep}").replace(os.sep, "/") for path in built]
    removed = [name for name in names if name not in tree and not name.startswith(tuple(kept))]
    return Changes(written=tuple(written), removed=tuple(removed))


def write(folder: Path, tree: Tree, changed: Changes) -> None:
    """Bring the folder to the tree: feed.xml last, so that it never names a file that is not there."""
    for path in sorted(changed.written, key=lambda path: path == FEED):
        match tree[path]:
            case Spooled() as made:
                files.move(made.source, folder / path)
            case bytes() as content:
                files.write(folder / path, content)
    for path in changed.removed:
        (folder / path).unlink()
        _remove_empty((folder / path).parent, folder)


def copy_pictures(published: Publication, folder: Path) -> None:
    """The show's and the episodes' pictures under their published names."""
    for picture in published.pictures:
        if not (folder / picture.path).is_file():
            with files.replacing(folder / picture.path) as temporary:
                shutil.copyfile(picture.source, temporary)


def copy_media(project: Project, published: Publication, folder: Path) -> None:
    """The audio that is on this machine, under its public path in another folder too."""
    for sound in _sound_here(project, published):
        if not (folder / sound.path).is_file():
            with files.replacing(folder / sound.path) as temporary:
                shutil.copyfile(project.media(sound), temporary)


def _holds(folder: Path, path: str, content: Content) -> bool:
    if isinstance(content, AsItLies) and not isinstance(content, Spooled):
        return True
    file = folder / path
    if not file.is_file() or file.is_symlink():
        return False
    return files.sha256_of(file) == content.sha256 if isinstance(content, Spooled) else file.read_bytes() == content


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
