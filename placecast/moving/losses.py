"""Tags of other hosts that have no place here: those that nobody misses, and why the others are lost."""

from __future__ import annotations

# They say nothing to listeners, or what the new feed says by itself, or what is read elsewhere.
SILENT = frozenset(
    {
        *("docs", "generator", "lastBuildDate", "pubDate", "ttl", "cloud", "rating", "webMaster", "managingEditor"),
        *("image", "link", "source", "comments", "skipHours", "skipDays", "language", "atom:link", "atom:updated"),
        *("sy:updatePeriod", "sy:updateFrequency", "sy:updateBase", "slash:comments", "wfw:commentRss", "fh:complete"),
        *("googleplay:author", "googleplay:category", "googleplay:description", "googleplay:email"),
        *("googleplay:explicit", "googleplay:image", "googleplay:owner", "googleplay:block", "fh:incremental"),
        *("media:content", "media:rating", "media:copyright", "media:category", "media:description", "media:credit"),
        *("media:keywords", "media:title", "media:player", "podcast:medium", "podcast:podping"),
        *("rawvoice:location", "rawvoice:subscribe", "rawvoice:frequency", "rawvoice:rating", "rawvoice:poster"),
        *("acast:episodeId", "acast:showId", "acast:episodeUrl", "acast:settings", "acast:signature", "acast:network"),
        *("acast:importedFeed", "acast:locked", "acast:showUrl", "anchor:support", "anchor:station"),
        *(
            "itunes:owner",
            "itunes:summary",
            "author",
            "itunes:order",
            "itunes:isClosedCaptioned",
            "spotify:countryOfOrigin",
        ),
    }
)

_WHY = {
    "category": "Podcast apps do not show it. The names of themes can stand in the show notes.",
    "dc:creator": "Say who is heard with [[people]] in its episode.md.",
    "itunes:block": "Say it anew, if you mean it: [block] in placecast.toml, block in episode.md.",
    "itunes:keywords": "Apple has dropped it, and no app shows it.",
    "itunes:subtitle": "Apple has dropped it; apps show the summary.",
    "media:thumbnail": "Save it beside its episode.md as a square JPEG or PNG, and name it there: image.",
    "podcast:alternateEnclosure": "One sound for each episode was brought over, that of the enclosure.",
    "podcast:chat": "If it is yours and not the old host's, write it as [chat] in placecast.toml.",
    "podcast:image": "Save the picture in the show's folder, and write a table [[images]] in placecast.toml.",
    "podcast:liveItem": "Placecast has no live episodes.",
    "podcast:remoteItem": "It names other shows, which stay where they are.",
    "podcast:txt": (
        "Services ask for new codes after a move; write one as a table [[texts]] in placecast.toml. "
        "That words are a machine's is said anew of what placecast transcribes."
    ),
    "podcast:value": "Payments are tied to a wallet, and nobody should move them by a program.",
}
_OTHER = "Placecast has no fact for it yet."


def why_lost(tag: str) -> str:
    return _WHY.get(tag, _OTHER)
