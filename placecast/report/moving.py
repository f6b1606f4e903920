"""What `placecast import` and `placecast verify-migration` say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from placecast.report import Answer

if TYPE_CHECKING:
    from placecast.moving.comparing import Difference
    from placecast.moving.facts import Loss, Moved, OldFeed

_SHORT = 60  # characters of a value on a terminal
_COMMON = 3  # losses that more episodes share are told once


def imported(moved: Moved, steps: Sequence[str], plan: str) -> Answer:
    """What was brought, what was not, and what to do now."""
    counts = Counter(each.outcome for each in moved.episodes)
    lines = [f"{moved.old.show.title}: {_count(len(moved.episodes), 'episode')} in {moved.root}"]
    lines += [f"  {outcome}: {count}" for outcome, count in counts.items()]
    lines += ["", *_table(moved), "", "What to do now:"]
    lines += [f"{number:>3}. {step}" for number, step in enumerate(steps, start=1)]
    lines += ["", f"All of this is in {plan}."]
    data = {
        "folder": moved.root,
        "feed": moved.new_feed,
        "old_feed": moved.old.address,
        "pages": moved.old.pages,
        "episodes": [asdict(each) for each in moved.episodes],
        "losses": [asdict(each) for each in moved.losses],
        "steps": list(steps),
        "plan": plan,
    }
    return Answer(lines=tuple(lines), data=data)


def _table(moved: Moved) -> Iterator[str]:
    if not moved.all_losses:
        yield "Everything was kept."
        return
    shared = Counter((each.tag, each.why) for each in moved.all_losses)
    common = {key: count for key, count in shared.items() if count > _COMMON}
    yield "What could not be kept:"
    yield from (f"  {count} times  {tag}\n      {why}" for (tag, why), count in common.items())
    for about, losses in [("the show", moved.losses), *((each.slug, each.losses) for each in moved.episodes)]:
        yield from _rows(about, [each for each in losses if (each.tag, each.why) not in common])


def _rows(about: str, losses: Sequence[Loss]) -> Iterator[str]:
    if losses:
        yield f"  {about}"
    for loss in losses:
        named = f" of {loss.about!r}" if loss.about and about == "the show" else ""
        yield f"    {loss.tag}{named}: {_short(loss.value)}\n      {loss.why}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def compared(old: OldFeed, new: OldFeed, found: Sequence[Difference]) -> Answer:
    """The differences between two feeds, and whether the move may go on."""
    lines = [line for each in found for line in _difference(each)]
    grave = sum(each.grave for each in found)
    same = {each.guid for each in old.episodes} & {each.guid for each in new.episodes}
    lines.append(f"In both feeds, by guid: {len(same)} of {_count(len(old.episodes), 'episode')}.")
    if grave:
        lines.append(f"{_count(grave, 'difference')} that listeners or directories lose by: do not move yet.")
    else:
        lines.append("Nothing differs that listeners or directories lose by.")
    data = {"old": len(old.episodes), "new": len(new.episodes), "both": len(same), "grave": grave}
    return Answer(lines=tuple(lines), data=data | {"differences": [asdict(each) for each in found]})


def _difference(each: Difference) -> Iterator[str]:
    sign, about = "differs" if each.grave else "note", each.about or "the show"
    yield f"{sign} {each.what}: {about}\n  old: {_short(each.old)}\n  new: {_short(each.new)}"
    if each.why:
        yield f"  {each.why}"
