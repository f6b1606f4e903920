"""`NAME: ` before what somebody says, as captions and scripts have it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_PREFIX = re.compile(r"(?:[-–—>]+\s*)?(?P<name>[^\W\d_][^:\[\](){}!?;\"“”]{0,40}?)\s?:\s+(?=\S)|(?:[-–—>]+\s+)(?=\S)")
_SMALL = frozenset({"de", "da", "di", "du", "der", "den", "van", "von", "of", "the", "and", "la", "le", "al", "bin"})


def prefixes(texts: Sequence[str]) -> list[tuple[str | None, str]]:
    """Each text as the name before it, if it has one, and what is said.

    "Remember: it is late" is no name. A word and a colon are names only where the texts show that they use names:
    one comes twice, is in capitals, or has several words.
    """
    matches = [_PREFIX.match(text) for text in texts]
    names = [match["name"] if match and _is_name(match["name"]) else None for match in matches]
    counts = Counter(name for name in names if name)
    used = any(number > 1 or name.isupper() or " " in name for name, number in counts.items())
    return [
        (name, text[match.end() :]) if used and match and name else (None, text)
        for text, match, name in zip(texts, matches, names, strict=True)
    ]


def _is_name(text: str | None) -> bool:
    words = (text or "").split()
    return 0 < len(words) <= 5 and all(word[:1].isupper() or word[:1].isdigit() or word in _SMALL for word in words)
