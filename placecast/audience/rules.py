"""What counts as a download: IAB Podcast Technical Measurement Guidelines 2.3, section 5.5, as numbers and tests.

The window is the calendar day in UTC (5.5.1): a listener's requests for an episode on one day are one download at most.
It is the one window that works with a salt that is thrown away: nobody is known again on the next day.
"""

from __future__ import annotations

import math
import re
import socket
from dataclasses import dataclass

MINUTE = 60.0  # seconds of an episode that must have been sent; 5.5.3
BUSY = 100
"""Downloads from one address in one day that no household makes; 5.5.2, step 1.2, no. 1, which names no number."""

# 5.5.2, step 1.2, no. 7: a watch fetches again what its telephone has.
_WATCH = re.compile(r"^atc/.*watchOS|\(null\)/\(null\) watchOS")
_MAPPED = bytes(10) + b"\xff\xff"  # an IPv4 address that is written as IPv6; RFC 4291, section 2.5.5.2
_SUBNET = 8  # bytes of an IPv6 address that stand for a listener; 5.5.4
# Layer III; ISO/IEC 11172-3, section 2.4.2.3, and 13818-3.
_RATES = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 192, 224, 256, 320)


@dataclass(frozen=True, kw_only=True, eq=False)  # each is one object, which is quick to look up
class File:
    """A published file of sound. `enough`: the bytes that make a request for it a download."""

    episode: str  # its slug
    enough: int


def enough(size: int, seconds: float, header: int) -> int:
    """The bytes of the tag and of one minute, or the whole file where it is shorter; 5.5.3."""
    if seconds <= MINUTE:
        return size
    return header + math.ceil((size - header) * MINUTE / seconds)


def header_of(start: bytes) -> int:
    """The size of the ID3 tag that a file starts with; id3v2.3.0, section 3.1."""
    if len(start) < 10 or not start.startswith(b"ID3"):
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(start[6:10], (21, 14, 7, 0), strict=True))


def likely_header(size: int, seconds: float) -> int:
    """The size of the tag of an MP3 that is not at hand: what is left over by the next lower constant bitrate."""
    sound = max((rate * 125 * seconds for rate in _RATES if rate * 125 * seconds <= size), default=float(size))
    return size - math.floor(sound)


def listener_part(address: bytes) -> bytes | None:
    """What of an address stands for a listener: IPv4 whole, of IPv6 the first 64 bits. None: that is no address."""
    if b":" not in address:
        return address if address.count(b".") == 3 else None
    try:
        whole = socket.inet_pton(socket.AF_INET6, address.decode("ascii"))
    except (OSError, ValueError):
        return None
    return b"%d.%d.%d.%d" % tuple(whole[12:]) if whole.startswith(_MAPPED) else whole[:_SUBNET]


def is_watch(agent: str) -> bool:
    return bool(_WATCH.search(agent))
