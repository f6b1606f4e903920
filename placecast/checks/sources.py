"""Who says what the rules ask for: each source by the words with which the reasons name it, and its address."""

from __future__ import annotations

_GITHUB = "https://github.com/"

SOURCES = {
    "A podcaster's guide to RSS": "https://help.apple.com/itc/podcasts_connect/#/itcb54353390",
    "Podcast RSS feed requirements": "https://podcasters.apple.com/support/823-podcast-requirements",
    "Apple, audio requirements": "https://podcasters.apple.com/support/893-audio-requirements",
    "Apple, artwork requirements": "https://podcasters.apple.com/support/896-artwork-requirements",
    "Apple Podcasts categories": "https://podcasters.apple.com/support/1691-apple-podcasts-categories",
    "Apple Podcasts, chapters": "https://podcasters.apple.com/support/5482-using-chapters-on-apple-podcasts",
    "Apple Podcasts, transcripts": "https://podcasters.apple.com/support/5316-transcripts-on-apple-podcasts",
    "PSP-1": _GITHUB + "Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification",
    "podcast namespace": _GITHUB + "Podcastindex-org/podcast-namespace",
    "Podcast Taxonomy": "https://podcasttaxonomy.com/",
    "Podlove Simple Chapters": "https://podlove.org/simple-chapters/",
    "podcast-partytime": _GITHUB + "RyanHirsch/partytime",
    "RSS 2.0": "https://www.rssboard.org/rss-specification",
    "W3C feed validator": "https://validator.w3.org/feed/docs/",
    "RFC 2822": "https://www.rfc-editor.org/rfc/rfc2822#section-3.3",
    "RFC 5545": "https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10",
    "RFC 5870": "https://www.rfc-editor.org/rfc/rfc5870",
    "ISO 3166-1": "https://www.iso.org/iso-3166-country-codes.html",
    "XML 1.0": "https://www.w3.org/TR/xml/",
    "WebVTT": "https://www.w3.org/TR/webvtt1/",
    "ID3v2 chapters": "https://id3.org/id3v2-chapters-1.0",
    "HTML": "https://html.spec.whatwg.org/multipage/dom.html",
    "WCAG 2.2": "https://www.w3.org/TR/WCAG22/",
    "docs/reference.md": "docs/reference.md",
    "AntennaPod issue 3275": _GITHUB + "AntennaPod/AntennaPod/issues/3275",
    "castget issue 67": _GITHUB + "mlj/castget/issues/67",
    "gpodder issue 1407": _GITHUB + "gpodder/gpodder/issues/1407",
    "PeerTube issue 6201": _GITHUB + "Chocobozzz/PeerTube/issues/6201",
    "Pocket Casts issue 744": _GITHUB + "Automattic/pocket-casts-android/issues/744",
    "Podlatch Publisher issue 33": _GITHUB + "Podlatch/Podlatch-Publisher/issues/33",
    "podsync issue 133": _GITHUB + "mxpv/podsync/issues/133",
    "this-american-life-archive issue 8": _GITHUB + "dcadata/this-american-life-archive/issues/8",
}


def sources(why: str) -> tuple[str, ...]:
    """The addresses of the sources that a reason names."""
    return tuple(dict.fromkeys(address for name, address in SOURCES.items() if name in why))
