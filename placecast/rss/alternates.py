"""The same sound in other files: `podcast:alternateEnclosure`, for apps that let listeners choose."""

from __future__ import annotations

from collections.abc import Iterator

from placecast.model import Release, Show
from placecast.rss.extensions import Tag, tag

_TITLES = {"opus": "Small file (Opus)"}  # by codec; 32 characters at most, for apps to show


def alternate_enclosures(show: Show, release: Release) -> Iterator[Tag]:
    """One element for each other file, with its hash (podcast namespace: alternateEnclosure, source, integrity).

    `rel` and `default` are left out: that says it is the enclosure's sound, and that the enclosure is preferred.
    """
    for each in release.audio.alternates:
        yield tag(
            "alternateEnclosure",
            None,
            tag("source", uri=show.at(each.path)),
            tag("integrity", type="sri", value=each.sri),
            type=each.type,
            length=str(each.bytes),
            bitrate=str(each.bits_a_second),
            title=_TITLES.get(each.codecs),
            lang=release.said.language,
            codecs=each.codecs,
        )
