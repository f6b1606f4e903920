"""Talk that is made up, and what could be quoted from it: for tests of search."""

from __future__ import annotations

from random import Random

from placecast.model import Cue, Transcript
from placecast.search.words import common

_FREQUENT = sorted(common("en"))
_RARE = [f"{first}{last}" for first in ("har", "mar", "wel", "tro", "gli") for last in ("bour", "ket", "don", "pen")]
_LONGEST = 40  # words that are looked at of a question


def made_up(chance: Random, sentences: int) -> Transcript:
    """So many sentences, half of whose words are frequent ones."""
    cues = []
    for number in range(sentences):
        said = [chance.choice(chance.choice((_FREQUENT, _RARE))) for _ in range(chance.randint(1, 24))]
        text = " ".join(said).capitalize() + "."
        cues.append(Cue(start=float(number * 8), end=float(number * 8 + 7), text=text, speaker="Ana"))
    return Transcript(cues=tuple(cues), language="en-GB")


def quoted(transcript: Transcript, chance: Random) -> tuple[str, float]:
    """Words that are said side by side, wherever sentences end; and when the sentence begins that has the first."""
    said = [(word, cue.start) for cue in transcript.cues for word in cue.text.rstrip(".").lower().split()]
    first = chance.randrange(len(said) - _LONGEST)
    words = said[first : first + chance.randint(2, _LONGEST)]
    return " ".join(word for word, _ in words), words[0][1]
