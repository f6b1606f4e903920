"""The texts of posts: a hook from the summary, the title with its guests, the address, hashtags: as much as fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from placecast.model import Person
from placecast.pages.wording import listed
from placecast.promotion import Telling, lengths

Measure = Callable[[str], int]
Handle = Callable[[Person], str | None]


def bluesky(told: Telling) -> str:
    """At most 300 characters and 3,000 bytes."""
    return _post(told, lambda person: person.bluesky, lengths.on_bluesky, lengths.BLUESKY)


def mastodon(told: Telling) -> str:
    """At most 500 characters, where a link counts as 23."""
    return _post(told, lambda person: person.mastodon, lengths.on_mastodon, lengths.MASTODON)


def linkedin(told: Telling) -> str:
    """The whole summary, hook first: LinkedIn shows about 200 characters before "see more"."""
    hook, rest = told.summary[:1], " ".join(told.summary[1:])
    listen = f"Listen, or read the transcript: {told.page}"
    blocks = [*hook, rest, _title(told, lambda _: None), listen, _tags(told.hashtags)]
    return _joined(_within(blocks, lengths.LINKEDIN)) + "\n"


def _within(blocks: list[str], most: int) -> Iterator[str]:
    """These blocks, the second one cut where all of them would be too long."""
    over = lengths.graphemes(_joined(blocks)) - most
    for number, block in enumerate(blocks):
        yield _cut(block, lengths.graphemes(block) - over, lengths.graphemes) if number == 1 and over > 0 else block


def _post(told: Telling, handle: Handle, measure: Measure, most: int) -> str:
    """With all hashtags if they fit beside one whole sentence, else with fewer; only then is something cut."""
    title = _title(told, handle)
    for count in range(len(told.hashtags), -1, -1):
        end = [title, told.page, _tags(told.hashtags[:count])]
        hook = _sentences(told, most - measure(_joined(["x", *end])) + 1, measure)
        if hook or not told.summary:
            break
    room = most - measure(_joined(["x", *end])) + 1
    hook = hook or _cut(" ".join(told.summary), room, measure)
    while measure(_joined([hook, *end])) > most:  # a very long title
        hook, end = "", [_cut(title, most - measure(_joined(["x", told.page])) + 1, measure), told.page]
        if measure(_joined(end)) > most:
            return _joined(["", end[0]]) + "\n"
    return _joined([hook, *end]) + "\n"


def _sentences(told: Telling, room: int, measure: Measure) -> str:
    """As many whole sentences of the summary as there is room for."""
    taken = ""
    for sentence in told.summary:
        longer = f"{taken} {sentence}".strip()
        if measure(longer) > room:
            break
        taken = longer
    return taken


def _title(told: Telling, handle: Handle) -> str:
    named = [f"{each.name} (@{name})" if (name := handle(each)) else each.name for each in told.guests]
    about = f"{told.show}: {told.title}" if told.show != told.title else told.title
    return about + (f" – with {listed(named)}" if named else "")


def _tags(hashtags: tuple[str, ...]) -> str:
    return " ".join(f"#{tag}" for tag in hashtags)


def _joined(blocks: list[str] | Iterator[str]) -> str:
    return "\n\n".join(block for block in blocks if block)


def _cut(text: str, room: int, measure: Measure) -> str:
    """The text in this room, ended with an ellipsis after a whole word where that leaves most of it."""
    if measure(text) <= room:
        return text
    kept = lengths.first(text, room - 1)
    while kept and measure(f"{kept}…") > room:
        kept = lengths.first(kept, lengths.graphemes(kept) - 1)
    words = kept.rpartition(" ")[0]
    kept = words if len(words) * 2 > len(kept) else kept
    return f"{kept.rstrip(' ,;:.–-')}…" if kept.strip() else ""
