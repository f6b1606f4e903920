"""What `placecast announce` says: the kit, what would be posted, and where it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from placecast.report import Answer
from placecast.timecode import clock

if TYPE_CHECKING:
    from placecast.announcing.kit import Kit
    from placecast.announcing.posting import Network, Plan, Waiting
    from placecast.social import Posted

_NAMES = {"bluesky": "Bluesky", "mastodon": "Mastodon"}
_QUOTES = 3  # shown on a terminal; the file has them all


def kit(made: Kit, shown: str) -> Answer:
    """What the folder holds, and the best quotes."""
    lines = [f"The kit of {made.slug} is in {shown}/"]
    for what, names in (("made", made.made), ("unchanged", made.same), ("yours, left as it is", made.kept)):
        lines += [f"  {what}: {', '.join(names)}"] if names else []
    lines.append(f"  clip: {_clip(made)}")
    if made.quotes:
        lines.append("  quotes:")
        lines += [f"    {clock(each.start):>7}  “{each.text}”" for each in made.quotes[:_QUOTES]]
    if made.unchecked:
        lines.append("Nobody has approved the transcript: read quotes.md and clip.srt before you use them.")
    if made.kept:
        lines.append("To have yours made anew: placecast announce " + made.slug + " --anew")
    return Answer(lines=tuple(lines), data=_data(made, shown))


def planned(plan: Plan) -> Answer:
    """All that would be posted, letter by letter."""
    lines = [line for each in plan.waiting for line in _waiting(each)]
    lines += [f"Posted on {_NAMES[network]} already: {address}" for network, address in plan.done]
    data = {
        "slug": plan.slug,
        "waiting": [
            {"network": each.network, "account": each.account, "text": each.draft.text, "media": each.draft.media.name}
            for each in plan.waiting
        ],
        "done": dict(plan.done),
    }
    return Answer(lines=tuple(lines), data=data)


def posted(plan: Plan, sent: Sequence[tuple[Network, Posted]]) -> Answer:
    """Where the posts are, and what to do so that apps show them."""
    slug, lines = (
        plan.slug,
        [
            f"{'Found' if post.earlier else 'Posted'} on {_NAMES[network]}{' already' * post.earlier}: {post.address}"
            for network, post in sent
        ],
    )
    lines.append(f"episodes/{slug}/episode.md names them now. So that apps show the answers: placecast publish")
    posts = {network: {"address": post.address, "uri": post.uri} for network, post in sent}
    return Answer(lines=tuple(lines), data={"slug": slug, "posted": posts, "done": dict(plan.done)})


def _waiting(each: Waiting) -> Iterator[str]:
    yield f"On {_NAMES[each.network]}, as {each.account}:"
    yield from (f"  | {line}" for line in each.draft.text.split("\n"))
    picture = f"{each.draft.media.name} ({each.draft.media.alternative})"
    yield f"  with a card: {each.draft.title}, {picture}" if each.network == "bluesky" else f"  with {picture}"
    yield ""


def _clip(made: Kit) -> str:
    if made.part is None:
        return f"none, since {made.why}" if made.why else "none"
    return f"{clock(made.part[0])} to {clock(made.part[1])}, {made.why}"


def _data(made: Kit, shown: str) -> dict[str, Any]:
    return {
        "slug": made.slug,
        "folder": shown,
        "made": list(made.made),
        "unchanged": list(made.same),
        "kept": list(made.kept),
        "unchecked": made.unchecked,
        "clip": {"from": made.part[0], "to": made.part[1], "why": made.why} if made.part else None,
        "quotes": [
            {"from": each.start, "to": each.end, "text": each.text, "speaker": each.speaker} for each in made.quotes
        ],
    }
