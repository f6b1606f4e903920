"""A show in a folder that says everything that the feed can say, for tests of facts and feed together."""

from __future__ import annotations

import shutil
import struct
import zlib
from pathlib import Path

from placecast.model import Alternate, Publication
from placecast.project import Project
from tests.conftest import ROOT
from tests.feeds import audio, release

SHOW = """\
title = "Placecast"
description = "Conversations about places."
url = "https://podcast.example.org/placecast/"
guid = "63d83930-8cc3-52ff-a665-d75dd2454868"
author = "The Hub"
categories = ["Government"]
cover = "cover.png"
cover_alt = "A map of Britain & Ireland"
copyright = "The Hub"
license = "hub-licence"
license_url = "https://example.org/licence?a=1&b=2"
complete = true
new_feed_url = "https://podcast.example.org/placecast/feed.xml"

[owner]
name = "The team"
email = "team@example.org"

[seasons]
1 = "High streets"
2 = "Coasts & harbours"

[schedule]
text = "Every other Friday"
start = 2026-05-01T07:00:00+01:00
rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;COUNT=10"

[[images]]
file = "Wide Banner.png"
alt = "A harbour at dawn"
purpose = "banner social"

[[people]]
name = "Rosa Hartley"
role = "host"
url = "https://example.org/rosa"
image = "https://example.org/rosa.jpg"

[[places]]
name = "Birmingham"
rel = "creator"
geo = "geo:52.4862,-1.8904"
osm = "R162378"
country = "GB"

[[funding]]
url = "https://example.org/give?to=hub&how=card"
text = "Support the Hub"

[[funding]]
url = "https://example.org/members"
text = "Become a member"

[[podroll]]
guid = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
url = "https://mp3s.nashownotes.com/pc20rss.xml"
title = "Podcasting 2.0"

[[podroll]]
guid = "9b024349-ccf0-5f69-a609-6b82873eab3c"

[publisher]
guid = "003af0a0-6a45-55cf-b765-68e3d349551a"
url = "https://example.org/publisher.xml"

[[texts]]
text = "6f3a-0815"
purpose = "applepodcastsverify"

[[texts]]
text = "S6lpp-7ZCn8-dZfGc-OoyaG"
purpose = "verify"

[[texts]]
text = "a purpose of one's own"
purpose = "hub-campaign"

[block]
everywhere = true
services = ["amazon"]
allowed = ["podcastindex"]

[[comments]]
protocol = "disabled"

[chat]
server = "chat.example.org"
protocol = "matrix"
account = "@hub:chat.example.org"
space = "#placecast:chat.example.org"

[distribution]
hubs = ["https://hub.example.org/"]

[target]
folder = "public"
"""

EPISODE = """\
+++
title = "Who runs the harbour?"
guid = "guid-of-harbour"
published = 2026-05-01T06:00:00+01:00
summary = "Grimsby's harbour & its people."
season = 2
number = 3
display = "Ch. 3"
image = "art.png"
image_alt = "A crane over the water"
license = "cc-by-4.0"
block = true

[[chapters]]
start = 0
title = "The quay <one>"

[[chapters]]
start = "1:01.5"
title = "The lock"
url = "https://example.org/lock?a=1&b=2"
image = "lock.png"

[[chapters]]
start = "2:00"
hidden = true
url = "https://example.org/hidden"

[[soundbites]]
start = 10
duration = 20
title = "Who decides"

[[people]]
name = "Ana Müller"

[[places]]
name = "Grimsby"
geo = "geo:53.5675,-0.0800"
osm = "R113314"
country = "GB"

[[links]]
url = "https://video.example.org/watch?v=1&t=0"
text = "Watch this episode"

[[comments]]
protocol = "activitypub"
uri = "https://social.example/@hub/1"
account = "@hub@social.example"
account_url = "https://social.example/@hub"

[[comments]]
protocol = "atproto"
uri = "at://did:plc:abc/app.bsky.feed.post/1"

[[texts]]
text = "0815"
purpose = "verify"
+++
About the harbour.
"""

TRAILER = """\
+++
title = "Coming in spring: coasts"
guid = "guid-of-trailer"
published = 2026-04-01T06:00:00+01:00
kind = "trailer"
season = 2
+++
"""

SMALL = Alternate(
    name="small-0123456789ab.opus",
    bytes=5_400_000,
    seconds=1800.0,
    sha256="0" * 64,
    loudness=-16.0,
    true_peak=-1.0,
    kbps=24,
    sri="sha384-" + "A" * 64,
)


def png(width: int, height: int) -> bytes:
    """A black picture whose bytes are the same on every machine: nothing in it is compressed."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\0" + bytes(3 * width) for _ in range(height))
    assert len(rows) < 65_536
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows
    stored += struct.pack(">I", zlib.adler32(rows))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", stored) + chunk(b"IEND", b"")


def write(root: Path) -> Project:
    """Write the show's folder."""
    shutil.copy(ROOT / "cover.png", root / "cover.png")
    (root / "Wide Banner.png").write_bytes(png(160, 90))
    (root / "placecast.toml").write_text(SHOW, "utf-8")
    for slug, text in (("harbour", EPISODE), ("trailer", TRAILER)):
        folder = root / "episodes" / slug
        folder.mkdir(parents=True)
        (folder / "episode.md").write_text(text, "utf-8")
    shutil.copy(ROOT / "cover.png", root / "episodes" / "harbour" / "art.png")
    (root / "episodes" / "harbour" / "lock.png").write_bytes(png(40, 30))
    return Project(root=root)


def published(root: Path) -> Publication:
    """The show of this folder, which `write` has written, with sound and words."""
    show, episodes = Project(root=root).load()
    releases = [
        release(each, audio=audio(each.slug, alternates=(SMALL,)), approval=None, edited=False) for each in episodes
    ]
    releases.sort(key=lambda each: each.published, reverse=True)
    return Publication(show=show, releases=tuple(releases))
