"""What a feed names of the show's own files, by their keys in the public tree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from placecast import plan
from placecast.model import Show
from placecast.rss.published import addresses, enclosures, sounds

_PLACE = re.compile(r"[?#].*", re.DOTALL)  # within a page, or asked of it


@dataclass(frozen=True, kw_only=True)
class Named:
    """The keys that a feed names, itself aside. `sound`: how many bytes it promises of each (0: it does not say)."""

    keys: frozenset[str] = frozenset()
    sound: Mapping[str, int] = field(default_factory=dict)
    episodes: Mapping[str, str] = field(default_factory=dict)  # the key of each one's sound, by its guid


def named(show: Show, feed: bytes) -> Named:
    """What this feed names below the show's address. Whatever else it links to there is not the public tree's."""
    found = {key for address in addresses(feed) if (key := _key(show, address))}
    lengths = {_key(show, address): length for address, (length, _) in enclosures(feed).items()}
    heard = {guid: _key(show, address) for guid, address in sounds(feed).items()}
    return Named(
        keys=frozenset(found - {plan.FEED}),
        sound={key: length for key, length in lengths.items() if key},
        episodes={guid: key for guid, key in heard.items() if key},
    )


def _key(show: Show, address: str) -> str:
    """The key behind an address; "" when there is none."""
    if not address.startswith(show.url):
        return ""
    key = _PLACE.sub("", address.removeprefix(show.url))
    # A folder's address is answered with the page in it.
    key = f"{key}index.html" if key.endswith("/") or not key else key
    return key if plan.is_public(key) else ""
