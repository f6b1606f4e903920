"""What the doctor says of each thing that it looks at. Reasons and cures are data: one table, by the finding's code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["fault", "warning", "fine"]

SEVERITIES: tuple[Severity, ...] = ("fault", "warning", "fine")
"""The gravest first."""

_PANEL = "If your storage does not take them from us, set them in your provider's panel."
_CDN = "Look at the web server, proxy or CDN behind `url`"

# Code: how grave it is, why it matters, what to do.
_KINDS: dict[str, tuple[Severity, str, str]] = {
    "bucket": ("fault", "Nothing can be published.", ""),
    "right": ("fault", "A publish would stop half way.", "What a key needs, to the letter: placecast doctor --policy"),
    "clock": (
        "warning",
        "At 15 minutes, storage refuses every request; and new episodes get a wrong date.",
        "Set this machine's clock, best by network time (NTP).",
    ),
    "clock-far": (
        "fault",
        "Storage refuses requests that are so early or late; and new episodes get a wrong date.",
        "Set this machine's clock, best by network time (NTP).",
    ),
    "conditions": (
        "warning",
        "Two who publish at the same moment are kept apart by a lease alone, which is slower and not as sure.",
        "Publish from one machine at a time, or choose storage with conditional writes.",
    ),
    "unfinished": (
        "warning",
        "They take up room that you pay for, and no listing of files shows them.",
        "End them with: placecast doctor --fix",
    ),
    "cors-rules": (
        "warning",
        "Players on web pages may then not read sound, transcripts and chapters.",
        f"Set them with: placecast doctor --fix. {_PANEL}",
    ),
    "policy": (
        "warning",
        "Listeners may get less than is published, or more than is meant for them.",
        f"Renew it with: placecast doctor --fix. {_PANEL}",
    ),
    "fix": ("warning", "Nothing was changed there.", _PANEL),
    "address": ("fault", "No listener gets anything.", ""),
    "promise": ("fault", "Players show an error, or leave the episode out.", ""),
    "stale": ("warning", "Listeners hear of a new episode later than they could.", ""),
    "https": (
        "warning",
        "Directories want HTTPS, web pages with HTTPS may not load what has none, and anybody between may listen in.",
        "Serve the show with HTTPS (a CDN or your provider can), and write https:// in `url` in placecast.toml.",
    ),
    "redirect": (
        "warning",
        "Each redirect costs every listener time, and some apps follow none for feeds.",
        "Write the address where it ends in `url` in placecast.toml; leave the redirect to those with the old one.",
    ),
    "downgrade": (
        "fault",
        "What was asked for safely is sent in the open, and many apps refuse that.",
        f"{_CDN}: it must not redirect from https:// to http://.",
    ),
    "head": ("warning", "Directories ask so before they take a show in.", f"{_CDN}: it has to answer HEAD as GET."),
    "not-modified": (
        "warning",
        "Every app loads the whole feed again each time it looks.",
        f"{_CDN}: it has to pass on ETag and Last-Modified, and the questions that go with them.",
    ),
    "cache-feed": (
        "warning",
        "New episodes and corrections reach listeners late.",
        f"{_CDN}: let it keep the Cache-Control that is stored with the file, or a quarter of an hour at the most.",
    ),
    "cache-media": (
        "warning",
        "Sound and pictures are loaded again and again though they never change under their names.",
        f"{_CDN}: let it keep the Cache-Control that is stored with the file.",
    ),
    "ranges": (
        "fault",
        "Players cannot jump, and Apple takes no show whose sound cannot be had in parts.",
        f"{_CDN}: it has to answer Range.",
    ),
    "soft-404": (
        "warning",
        "Apps take an error page for a transcript or a recording, and no check can find a dead link.",
        f"{_CDN}: let it answer 404 where nothing is.",
    ),
    "pages": (
        "fault",
        "The links in the feed and in directories lead to nothing.",
        "Take `index_pages = true` out of placecast.toml, or let your web server or CDN show a folder's index.html.",
    ),
    "cors": (
        "warning",
        "Players on web pages cannot read it, so transcripts and chapters stay hidden there.",
        f"Set the rules with: placecast doctor --fix. {_PANEL} A CDN must pass on Origin, and what is answered to it.",
    ),
    "private": (
        "warning",
        "Everybody can read the publishers' notes, with episodes that were taken back and earlier feeds.",
        "Narrow the bucket's policy: placecast doctor --fix adds a statement for what is public; take away the "
        "wider one, such as one for /*, yourself. Behind a CDN, close /.placecast/* there.",
    ),
    "dangling": (
        "fault",
        "Listeners meet an error there.",
        "Publish again, from the clone that has these files: placecast publish",
    ),
    "altered": (
        "warning",
        "Somebody else than placecast has written or deleted there.",
        "The next placecast publish looks at every file and puts it right.",
    ),
    "feed": ("fault", "Apps cannot read the show.", "Go back to an earlier one: placecast rollback"),
    "facts": ("warning", "What this clone would publish is not known.", "See what is wrong with: placecast check"),
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at. `fine` ones have neither reason nor cure."""

    code: str
    severity: Severity
    what: str
    why: str = ""
    cure: str = ""


def found(code: str, what: str, cure: str = "") -> Finding:
    """What is wrong. `cure`: one that is known better here than in the table."""
    severity, why, usual = _KINDS[code]
    return Finding(code=code, severity=severity, what=what, why=why, cure=cure or usual)


def fine(code: str, what: str) -> Finding:
    """What is as it should be, or only worth knowing."""
    return Finding(code=code, severity="fine", what=what)
