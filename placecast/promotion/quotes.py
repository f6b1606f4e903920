"""Sentences of an episode that stand for it: whole thoughts of a guest that need nothing before them.

A ranking of our own, by what editors look for; a person chooses among the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from placecast.model import Cue

MOST = 6
_LEAST_LETTERS, _BEST_LETTERS, _MOST_LETTERS = 45, 130, 260
_SENTENCES = 3
_LONGEST_GAP = 2.5  # seconds: after a longer pause another thought begins
_GUEST = 3.0

_FILLER = re.compile(
    r"\b(?:u+[hm]+|er+m?|you know|i mean|sort of|kind of|like,|basically|actually|literally|anyway|right\?)", re.I
)
_HOUSEKEEPING = re.compile(
    r"\b(?:welcome|thanks?|thank you|hello|good (?:morning|evening)|goodbye|podcast|episode|listen(?:ers?|ing)"
    r"|subscribe|my name is|i'm your host|joining (?:me|us)|show notes|website|next time|see you)\b",
    re.I,
)
# Such a beginning leans on what was said before.
_LEANS = re.compile(
    r"(?:and|but|so|or|because|which|then|well|yes|yeah|no|ok|okay|oh|exactly|also|that|that's|this|these|those|it|it's"
    r"|he|she|they|they're|his|her|their|them|there|here|for example|for instance)\b",
    re.I,
)
_STRONG = (
    (1.0, "must|should|need to|have to|never|always|nobody|everybody|everyone|no one|nothing"),
    (1.0, "because|instead of|rather than|not just|not only|unless|without|if you"),
    (0.8, r"\d+|hundred|thousand|million|half|third|twice|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"),
    (0.6, "first|best|worst|most|biggest|only|real|true|wrong|power|decides?|people|money|trust"),
)
_WEIGHED = tuple((weight, re.compile(rf"\b(?:{words})\b", re.I)) for weight, words in _STRONG)


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Words that one person says on end, and the seconds from when until when."""

    start: float
    end: float
    text: str
    speaker: str | None
    first: int  # the number of its first cue
    last: int  # and of its last


def candidates(cues: Sequence[Cue], guests: Collection[str], most: int = MOST) -> tuple[Quote, ...]:
    """The best quotes, the best first, none sharing a sentence with another."""
    ranked = sorted(_possible(cues), key=lambda quote: (-_merit(quote, guests, cues), quote.start))
    taken: list[Quote] = []
    for quote in ranked:
        if len(taken) < most and all(quote.last < each.first or quote.first > each.last for each in taken):
            taken.append(quote)
    return tuple(taken)


def _possible(cues: Sequence[Cue]) -> Iterator[Quote]:
    """One to three whole sentences of one person, of a length that can be quoted."""
    for first in range(len(cues)):
        for last in range(first, min(first + _SENTENCES, len(cues))):
            run = cues[first : last + 1]
            if run[-1].speaker != run[0].speaker or (last > first and run[-1].start - run[-2].end > _LONGEST_GAP):
                break
            text = " ".join(" ".join(cue.text.split()) for cue in run)
            if len(text) > _MOST_LETTERS:
                break
            quote = Quote(
                start=run[0].start, end=run[-1].end, text=text, speaker=run[0].speaker, first=first, last=last
            )
            if len(text) >= _LEAST_LETTERS and _whole(text):
                yield quote


def _whole(text: str) -> bool:
    """Whether it begins and ends as a statement, and is about the matter."""
    begins = text[:1].isupper() or text[:1].isdigit() or text[:1] in "“\"'‘"
    return begins and text.rstrip("\"'”’").endswith((".", "!")) and not _HOUSEKEEPING.search(text)


def _merit(quote: Quote, guests: Collection[str], cues: Sequence[Cue]) -> float:
    measures: tuple[Callable[[], float], ...] = (
        lambda: _GUEST * (quote.speaker in guests),
        lambda: -1.5 * bool(_LEANS.match(quote.text)),
        lambda: -1.2 * len(_FILLER.findall(quote.text)),
        lambda: -2.0 * ("?" in quote.text),
        lambda: -1.5 * abs(len(quote.text) - _BEST_LETTERS) / _BEST_LETTERS,
        lambda: sum(weight * bool(pattern.search(quote.text)) for weight, pattern in _WEIGHED),
        lambda: 0.5 * _ends_a_turn(quote, cues),
        lambda: -0.4 * (quote.last - quote.first),
    )
    return sum(measure() for measure in measures)


def _ends_a_turn(quote: Quote, cues: Sequence[Cue]) -> bool:
    """Whether somebody else speaks next, or a pause follows: there a thought is at its end."""
    following = cues[quote.last + 1 : quote.last + 2]
    return not following or following[0].speaker != quote.speaker or following[0].start - quote.end > 1.0
