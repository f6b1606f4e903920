"""Posting what a kit holds on Bluesky and Mastodon, each at most once, and writing the posts into episode.md.

What is posted is known from three places: `posts.json`, the comments in episode.md, and the network itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

from placecast import building, files
from placecast.announcing import kit, record
from placecast.announcing.kit import Kit
from placecast.errors import FactsError, HostError, PlacecastError, UsageError
from placecast.model import Comments, Episode
from placecast.project.conversing import with_comments
from placecast.promotion import lengths
from placecast.registers import DISABLED
from placecast.run import Run
from placecast.social import Draft, Media, Posted, accounts, bluesky, mastodon
from placecast.social.web import is_there

Network = Literal["bluesky", "mastodon"]
NETWORKS: tuple[Network, ...] = ("bluesky", "mastodon")
_PROTOCOLS = {"bluesky": "atproto", "mastodon": "activitypub"}
_LIMITS: dict[Network, tuple[str, Callable[[str], int], int]] = {
    "bluesky": (kit.BLUESKY, lengths.on_bluesky, lengths.BLUESKY),
    "mastodon": (kit.MASTODON, lengths.on_mastodon, lengths.MASTODON),
}
_TYPES = {".jpg": "image/jpeg", ".mp4": "video/mp4"}
_DESCRIPTION = 300  # characters below the title of a card
_NOBODY = (
    "Set PLACECAST_BLUESKY_HANDLE and PLACECAST_BLUESKY_PASSWORD (an app password), or PLACECAST_MASTODON_SERVER and "
    "PLACECAST_MASTODON_TOKEN, in the environment."
)


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Who posts where; None where nobody does."""

    bluesky: bluesky.Account | None = None
    mastodon: mastodon.Account | None = None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What would be posted on a network, and as whom."""

    network: Network
    account: str
    draft: Draft


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would be posted, and what is posted already: the network, and the address of the post."""

    slug: str
    waiting: tuple[Waiting, ...]
    done: tuple[tuple[Network, str], ...]


def known_accounts(only: Network | None = None) -> Accounts:
    """The accounts that the environment names; UsageError when it names none."""
    found = Accounts(
        bluesky=accounts.of_bluesky() if only != "mastodon" else None,
        mastodon=accounts.of_mastodon() if only != "bluesky" else None,
    )
    if found == Accounts():
        raise UsageError(f"--only {only}" if only else "--post", "has no account to post with.", _NOBODY)
    return found


def plan(run: Run, made: Kit, who: Accounts, attach: str = kit.CARD, seen: Callable[[str], bool] = is_there) -> Plan:
    """What is to be posted. `attach`: the file that goes with a post on Mastodon. `seen`: whether a page is there."""
    episode = _live(run, made.slug)
    known = record.read(episode.file.parent, run.project.shown(episode.file.parent))
    done = tuple((each, at) for each in NETWORKS if (at := _address(each, episode, known)))
    open_ = [each for each in NETWORKS if getattr(who, each) and each not in dict(done)]
    if open_ and not seen(made.told.page):
        cure = f"Publish first, so that nobody follows a dead link: placecast publish {made.slug}"
        raise UsageError(made.told.page, "does not answer yet.", cure)
    attached = {"bluesky": kit.CARD, "mastodon": attach}
    waiting = tuple(
        Waiting(network=each, account=_account(who, each), draft=_draft(made, episode, each, attached[each]))
        for each in open_
    )
    return Plan(slug=made.slug, waiting=waiting, done=done)


def send(run: Run, planned: Plan, who: Accounts) -> tuple[tuple[Network, Posted], ...]:
    """Post it, network by network; what one refuses does not keep it from the other, and is raised at the end."""
    sent: list[tuple[Network, Posted]] = []
    errors: list[PlacecastError] = []
    with run.project.locked():
        episode = _live(run, planned.slug)
        for network, _ in planned.done:
            with _gathered(errors):
                _write_down(run, episode, network)
        for each in planned.waiting:
            with _gathered(errors):
                sent.append((each.network, _sent(run, episode, each, who)))
    for later in errors[1:]:
        run.reporter.warn(str(later))
    if errors:
        for network, post in sent:
            run.reporter.tell(f"posted on {network.title()}: {post.address}")
        raise errors[0]
    return tuple(sent)


@contextmanager
def _gathered(errors: list[PlacecastError]) -> Iterator[None]:
    """Keep what goes wrong inside for later."""
    try:
        yield
    except (HostError, FactsError) as error:
        errors.append(error)


def _sent(run: Run, episode: Episode, each: Waiting, who: Accounts) -> Posted:
    folder, shown = episode.file.parent, run.project.shown(episode.file.parent)
    begun = record.begin(folder, shown, each.network, run.now).begun
    with run.reporter.step(f"post {episode.slug} on {each.network.title()}", f"as {each.account}"):
        post = _clients(run, who, begun)[each.network](each.draft)
    record.finish(folder, shown, each.network, post)
    _write_down(run, episode, each.network)
    return post


def _clients(run: Run, who: Accounts, begun: datetime) -> dict[Network, Callable[[Draft], Posted]]:
    clients: dict[Network, Callable[[Draft], Posted]] = {}
    if who.bluesky:
        clients["bluesky"] = partial(bluesky.post, who.bluesky, now=run.now, warn=run.reporter.warn)
    if who.mastodon:
        clients["mastodon"] = partial(mastodon.post, who.mastodon, now=run.now, begun=begun)
    return clients


def _write_down(run: Run, episode: Episode, network: Network) -> None:
    """The post into episode.md, unless it is there: the next publish names it in the feed (podcast:socialInteract)."""
    shown = run.project.shown(episode.file.parent)
    entry = record.read(episode.file.parent, shown).get(network)
    _, episodes = run.project.load()
    now = next(each for each in episodes if each.slug == episode.slug)
    if not (entry and entry.post) or any(each.protocol == _PROTOCOLS[network] for each in now.comments):
        return
    if any(each.protocol == DISABLED for each in now.comments):
        run.reporter.warn(f"{shown}/episode.md says that there are no comments, so the post is not named in the feed.")
        return
    post = entry.post
    added = Comments(protocol=_PROTOCOLS[network], uri=post.uri, account=post.account, account_url=post.account_url)
    text = episode.file.read_bytes().decode("utf-8")
    files.write(episode.file, with_comments(text, run.project.shown(episode.file), added).encode())


def _live(run: Run, slug: str) -> Episode:
    """The episode, if listeners have it; UsageError otherwise."""
    show, episodes = run.project.load()
    episode = next(each for each in episodes if each.slug == slug)
    if not building.publication(run.project, show, [episode], run.now).releases:
        cure = f"Publish it first: placecast publish {slug}"
        raise UsageError(slug, "is not published yet, so its page is not there to be posted.", cure)
    return episode


def _address(network: Network, episode: Episode, known: dict[str, record.Entry]) -> str:
    """Where the post is that is out already; "" when none is known."""
    if (entry := known.get(network)) and entry.post:
        return entry.post.address
    return next((each.uri or "" for each in episode.comments if each.protocol == _PROTOCOLS[network]), "")


def _account(who: Accounts, network: Network) -> str:
    if network == "bluesky":
        return f"@{who.bluesky.handle}" if who.bluesky else ""
    return f"the owner of the token on {who.mastodon.server.address}" if who.mastodon else ""


def _draft(made: Kit, episode: Episode, network: Network, attached: str) -> Draft:
    told, published = made.told, episode.published
    if published is None:
        raise TypeError("a live episode has a date")
    return Draft(
        text=_read(made.folder, network),
        page=told.page,
        title=told.title,
        description=lengths.first(" ".join(told.summary), _DESCRIPTION),
        language=told.language,
        guid=episode.guid,
        published=published,
        media=_media(made.folder, attached),
    )


def _read(folder: Path, network: Network) -> str:
    """The text of a post as it lies in the kit; UsageError when the network would not take it."""
    name, measure, most = _LIMITS[network]
    where = f"{kit.FOLDER}/{folder.name}/{name}"
    try:
        text = (folder / name).read_bytes().decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        raise UsageError(where, "is not UTF-8 text.", "Save it again in your editor with the encoding UTF-8.") from None
    if not text:
        raise UsageError(where, "is empty.", f"Write a text, or have ours: placecast announce {folder.name} --anew")
    if (count := measure(text)) > most:
        raise UsageError(where, f"counts {count} characters, and a post may have {most}.", "Shorten it.")
    return text


def _media(folder: Path, name: str) -> Media:
    path = folder / name
    if not path.is_file():
        raise UsageError(f"{kit.FOLDER}/{folder.name}/{name}", "is not there.", "Post with the picture instead.")
    said = kit.alternative(folder, name)
    return Media(content=path.read_bytes(), type=_TYPES[path.suffix], name=name, alternative=lengths.first(said, 1500))
