"""What an engine heard in one chunk of speech."""

from __future__ import annotations

from dataclasses import dataclass

from placecast.model import Word


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Words with times in seconds from the start of the chunk, and how far the engine believes them."""

    words: tuple[Word, ...] = ()
    log_probability: float = 0.0  # the mean over the tokens; below -1 is hardly believable
    compression: float = 1.0  # how well the text compresses: above 2.4 it goes round in circles
    temperature: float = 0.0  # how freely the words were drawn: 0 is the likeliest each time
