"""What breaks each rule of `placecast check` in a real show: the smallest change of a file of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
from mutagen import id3
from PIL import Image

Change = Callable[[Path], None]

DIGBETH = "episodes/digbeth/episode.md"
SHOW = "placecast.toml"
PAGE = "feed/e/digbeth/index.html"
GUID = '<guid isPermaLink="false">guid-of-digbeth</guid>'
DATE = "<pubDate>Fri, 01 May 2026 05:00:00 +0000</pubDate>"
CHAPTERS = '[[chapters]]\nstart = 0\ntitle = "Start"\n'
EXPLICIT = "<itunes:explicit>false</itunes:explicit>"
ELSEWHERE = "<itunes:new-feed-url>https://example.org/feed.xml</itunes:new-feed-url>"
REMOTE = 'feedGuid="9b024349-ccf0-5f69-a609-6b82873eab3c"'  # without its kind
WORDS = 'text/vtt" language'


def written(path: str, old: str, new: str, *, count: int = -1) -> Change:
    """Something in a file is written otherwise."""

    def change(root: Path) -> None:
        text = (root / path).read_text("utf-8")
        assert old in text, f"{path} has no {old!r}"
        (root / path).write_text(text.replace(old, new, count), "utf-8")

    return change


def in_feed(old: str, new: str, *, count: int = -1) -> Change:
    return written("feed/feed.xml", old, new, count=count)


def in_channel(more: str) -> Change:
    return in_feed("</channel>", f"{more}</channel>")


def in_item(more: str) -> Change:
    return in_feed("</item>", f"{more}</item>", count=1)


def in_episode(old: str, new: str) -> Change:
    return written(DIGBETH, old, new)


def show_fact(line: str) -> Change:
    return written(SHOW, "[owner]", f"{line}\n[owner]")


def table(text: str) -> Change:
    """A table more in the episode's facts."""
    return in_episode(CHAPTERS, f"{text}\n{CHAPTERS}")


def chapters(*entries: str) -> Change:
    return in_episode(CHAPTERS, "".join(f"[[chapters]]\n{entry}\n" for entry in entries))


def holds(path: str, content: bytes | str) -> Change:
    data = content.encode() if isinstance(content, str) else content
    return lambda root: (root / path).write_bytes(data) and None


def gone(path: str) -> Change:
    return lambda root: (root / path).unlink()


def audio_says(**facts: Any) -> Change:
    def change(root: Path) -> None:
        path = root / "episodes/digbeth/audio.json"
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | facts), "utf-8")

    return change


def sound_of(root: Path) -> Path:
    return next((root / "feed/media").glob("digbeth-*.mp3"))


def cover_of(root: Path) -> Path:
    return next((root / "feed/media").glob("cover-*.png"))


def sound(make: Callable[[Path], None]) -> Change:
    return lambda root: make(sound_of(root))


def coded(codec: str, container: str, rate: int = 44_100, layout: str = "mono", **options: str) -> Change:
    """The published file holds seconds of another kind of sound."""

    def make(path: Path) -> None:
        content = BytesIO()
        with av.open(content, "w", format=container) as file:
            stream = file.add_stream(codec, rate=rate, layout=layout, options=options)
            stream.codec_context.format = "fltp"
            samples = np.random.default_rng(1).normal(0, 0.1, (stream.codec_context.channels, rate * 4))
            frame = av.AudioFrame.from_ndarray(samples.astype(np.float32), format="fltp", layout=layout)
            frame.sample_rate = rate
            resampler = av.AudioResampler(frame_size=stream.codec_context.frame_size or 1024, format="fltp")
            for part in [*resampler.resample(frame), *resampler.resample(None), None]:
                file.mux(stream.encode(part))
        path.write_bytes(content.getvalue())

    return sound(make)


def tags(change: Callable[[id3.ID3], object]) -> Change:
    def make(path: Path) -> None:
        found = id3.ID3(path)
        change(found)
        found.save(path, v2_version=3)

    return sound(make)


def cover(mode: str = "RGB", size: tuple[int, int] = (1400, 1400), kind: str = "PNG") -> Change:
    return lambda root: Image.new(mode, size).save(cover_of(root), kind)


def heavy_cover(root: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (1400, 1400, 3), dtype=np.uint8)
    Image.fromarray(noise).save(cover_of(root))


def words(*cues: tuple[str, str, str]) -> Change:
    """The transcript says this."""
    blocks = [f"{start} --> {end}\n{text}" for start, end, text in cues]
    return holds("transcripts/digbeth.vtt", "\n\n".join(["WEBVTT", *blocks]) + "\n")


def long_show(root: Path) -> None:
    """Sound of an hour, by its facts."""
    audio_says(seconds=3600.0)(root)


def in_page(old: str, new: str) -> Change:
    return written(PAGE, old, new, count=1)


def on_page(html: str) -> Change:
    return in_page("</main>", f"{html}</main>")


def other_sound(root: Path) -> None:
    """The published feed names other sound than ours."""
    path = root / "public/feed.xml"
    name = sound_of(root).name
    path.write_text(path.read_text("utf-8").replace(name, name.replace("digbeth-", "digbeth-0")), "utf-8")


def _without(tag: str) -> Change:
    """The first tag of this name is gone from the feed."""

    def change(root: Path) -> None:
        path = root / "feed/feed.xml"
        lines = path.read_text("utf-8").splitlines()
        at = next(number for number, line in enumerate(lines) if line.lstrip().startswith(f"<{tag}"))
        path.write_text("\n".join([*lines[:at], *lines[at + 1 :]]), "utf-8")

    return change


def without_item(root: Path) -> None:
    """The first episode is not in the feed."""
    path = root / "feed/feed.xml"
    before, _, rest = path.read_text("utf-8").partition("<item>")
    path.write_text(before + rest.partition("</item>")[2], "utf-8")


TAMPERING: dict[str, list[Change]] = {
    "facts": [
        written(SHOW, "Government", "Goverment"),
        in_episode('title = "Digbeth"', 'title = "Digbeth"\nguess = 1'),
        lambda root: Image.new("RGB", (800, 600)).save(root / "cover.png"),
    ],
    # Promises
    "published.address": [in_feed("https://podcast.example.org/small/feed.xml", "https://example.org/feed.xml")],
    "published.podcast-guid": [
        written(SHOW, "63d83930-8cc3-52ff-a665-d75dd2454868", "63d83930-8cc3-52ff-a665-d75dd2454869"),
        in_feed("63d83930-8cc3-52ff-a665-d75dd2454868", "63d83930-8cc3-52ff-a665-d75dd2454869"),
    ],
    "published.guid": [in_episode("guid-of-digbeth", "another-guid"), in_feed("guid-of-digbeth", "another-guid")],
    "published.date": [
        in_episode("2026-05-01T06:00:00", "2026-05-01T07:00:00"),
        in_feed("01 May 2026 05:00:00", "01 May 2026 04:00:00"),
    ],
    "published.enclosure": [
        other_sound,
        in_feed("digbeth-", "digbeth-0", count=1),
        in_feed('type="audio/mpeg"', 'type="audio/x-m4a"', count=-1),
    ],
    "published.dropped": [without_item],
    # Facts of the show
    "show.address": [written(SHOW, "https://podcast", "http://podcast")],
    "show.copyright": [show_fact('copyright = "© The Hub"')],
    "show.license": [in_channel("<podcast:license>CC BY</podcast:license>")],
    "text.long": [in_episode("What happened in Digbeth.", "é" * 2001), written(SHOW, "A show for tests.", "é" * 2001)],
    "text.line": [written(SHOW, "The Hub", "a" * 256)],
    "text.characters": [in_episode('title = "Digbeth"', 'title = "Dig\\u000bbeth"')],
    "person.role": [table('[[people]]\nname = "Ana"\nrole = "presenter"')],
    "person.group": [table('[[people]]\nname = "Ana"\ngroup = "staff"')],
    "place.geo": [table('[[places]]\nname = "Marlow"\ngeo = "geo:99.1,500.1"')],
    "place.osm": [table('[[places]]\nname = "Marlow"\nosm = "R0"')],
    "place.country": [table('[[places]]\nname = "Marlow"\ncountry = "UK"')],
    # Facts of episodes
    "episode.title.number": [in_episode('title = "Digbeth"', 'title = "Episode 3: Digbeth"')],
    "episode.title.show": [in_episode('title = "Digbeth"', 'title = "Small places: Digbeth"')],
    "episode.summary": [in_episode('summary = "What happened in Digbeth."', 'summary = " "')],
    "episode.serial": [show_fact('type = "serial"')],
    "audio.duration": [audio_says(seconds=0.2)],
    "audio.loudness": [audio_says(loudness=-20.0)],
    "audio.peak": [audio_says(true_peak=0.0)],
    "chapter.end": [chapters('start = 0\ntitle = "Start"', 'start = 60\ntitle = "Later"')],
    "chapter.first": [chapters('start = 1\ntitle = "Start"')],
    "chapter.notes": [in_episode("Notes on Digbeth.", "0:00 Hello\n\n0:01 Trust\n\n0:03 Goodbye")],
    "chapter.count": [chapters('start = 0\ntitle = "Start"', 'start = 1\ntitle = "Later"')],
    "soundbite.length": [table("[[soundbites]]\nstart = 1\nduration = 2")],
    "soundbite.end": [table("[[soundbites]]\nstart = 2\nduration = 30")],
    "soundbite.start": [table("[[soundbites]]\nstart = 0\nduration = 3")],
    # Sound and pictures
    "audio.file": [sound(lambda path: path.write_bytes(b"no sound") and None)],
    "audio.bytes": [sound(lambda path: path.write_bytes(path.read_bytes() + b"\0") and None)],
    "audio.codec": [coded("aac", "adts")],
    "audio.length": [audio_says(seconds=9.0)],
    "audio.rate": [coded("libmp3lame", "mp3", rate=22_050)],
    "audio.channels": [coded("aac", "adts", layout="5.1")],
    "audio.steady": [coded("libmp3lame", "mp3", q="4", flags="+qscale", global_quality="472")],
    "audio.title": [tags(lambda found: found.delall("TIT2"))],
    "chapter.tags": [
        tags(lambda found: found.delall("CHAP")),
        chapters('start = 1\ntitle = "Start"'),
        in_episode('title = "Start"', 'title = "Beginning"'),
    ],
    "artwork.file": [lambda root: cover_of(root).write_bytes(b"no picture") and None],
    "artwork.format": [cover(kind="JPEG"), cover(kind="WEBP")],
    "artwork.square": [cover(size=(1400, 1500))],
    "artwork.size": [cover(size=(1399, 1399)), cover(size=(3001, 3001))],
    "artwork.colours": [cover("RGBA"), cover("CMYK", kind="TIFF")],
    "artwork.weight": [heavy_cover],
    # Transcripts and chapters
    "transcript.empty": [holds("transcripts/digbeth.vtt", "WEBVTT\n")],
    "transcript.short": [long_show],
    "transcript.overlap": [words(("00:00.000", "00:02.000", "One."), ("00:01.000", "00:03.000", "Two."))],
    "transcript.end": [words(("00:00.000", "00:02.000", "One."), ("00:01:00.000", "00:01:03.000", "Two."))],
    "transcript.machine": [holds("transcripts/digbeth.vtt", "WEBVTT\n\n00:00.000 --> 00:02.000\nOne.\n")],
    "transcript.file": [
        holds("feed/e/digbeth/transcript.vtt", "00:00 --> 00:01\nOne."),
        holds("feed/e/digbeth/transcript.srt", "1\n00:00:02,000 --> 00:00:01,000\nOne."),
        holds("feed/e/digbeth/transcript.json", "{"),
        holds("feed/e/digbeth/transcript.json", '{"segments": [{"startTime": null}]}'),
    ],
    "chapter.file": [
        holds("feed/e/digbeth/chapters.json", "[]"),
        holds("feed/e/digbeth/chapters.json", "[" * 100_000),
        holds("feed/e/digbeth/chapters.json", '{"version": "1.2.0", "chapters": [{"startTime": "0"}]}'),
    ],
    "chapter.file.order": [
        holds("feed/e/digbeth/chapters.json", '{"version": "1.2.0", "chapters": [{"startTime": 2}, {"startTime": 1}]}')
    ],
    "chapter.file.end": [
        holds("feed/e/digbeth/chapters.json", '{"version": "1.2.0", "chapters": [{"startTime": 60}]}')
    ],
    # The feed
    "feed.xml": [in_feed("</channel>", ""), holds("feed/feed.xml", b"")],
    "feed.rss": [in_feed('version="2.0"', 'version="0.91"'), holds("feed/feed.xml", "<html/>")],
    "feed.self-link": [in_feed('rel="self"', 'rel="hub"'), in_feed("small/feed.xml", "small/rss.xml")],
    "feed.declaration": [in_feed('<?xml version="1.0" encoding="UTF-8"?>', "", count=1)],
    "feed.doctype": [in_feed("<rss", '<!DOCTYPE rss [<!ENTITY a "b">]>\n<rss', count=1)],
    "feed.channel.required": [_without("language"), _without("description"), _without("itunes:image")],
    "feed.channel.recommended": [_without("itunes:author"), _without("podcast:guid")],
    "feed.item.required": [_without("enclosure"), _without("guid")],
    "feed.item.recommended": [_without("pubDate"), _without("itunes:duration")],
    "feed.channel.explicit": [in_feed(EXPLICIT, "<itunes:explicit>no</itunes:explicit>", count=1)],
    "feed.item.explicit": [in_feed(EXPLICIT, "<itunes:explicit>clean</itunes:explicit>")],
    "feed.enclosure.count": [in_feed("<enclosure ", '<enclosure url="a"/><enclosure ', count=1)],
    "feed.enclosure.length": [in_feed('length="', 'length="0', count=1), in_feed(' length="', ' size="')],
    "feed.enclosure.type": [in_feed(' type="audio/mpeg"', ""), in_feed("audio/mpeg", "audio/mp3")],
    "feed.enclosure.address": [in_feed('.mp3"', '.mp3?a=1"'), in_feed("media/digbeth", "media/dígbeth")],
    "feed.enclosure.unique": [
        lambda root: (
            written("feed/feed.xml", f"media/{sound_of(root).name}", "media/ely.mp3")(root)
            or written("feed/feed.xml", next((root / "feed/media").glob("ely-*.mp3")).name, "ely.mp3")(root)
        )
    ],
    "feed.enclosure.file": [in_feed('length="', 'length="1')],
    "feed.guid.unique": [in_feed("guid-of-digbeth", "guid-of-ely")],
    "feed.guid.address": [
        lambda root: in_feed("guid-of-digbeth", f"https://podcast.example.org/small/media/{sound_of(root).name}")(root)
    ],
    "feed.guid.permalink": [in_feed(' isPermaLink="false"', "")],
    "feed.date.form": [in_feed(DATE, "<pubDate>2026-05-01T05:00:00Z</pubDate>")],
    "feed.order": [in_feed("Sat, 02 May 2026 05:00:00 +0000</pubDate>", "Sat, 02 May 2020 05:00:00 +0000</pubDate>")],
    "feed.channel.description": [in_feed("A show for tests.", "é" * 2001)],
    "feed.item.description": [in_feed("<itunes:summary>", "<itunes:summary>" + "é" * 2001)],
    "feed.outdated": [in_feed("guid-of-digbeth", "guid-of-nobody"), in_feed('length="', 'length="1')],
    "feed.unbuilt": [gone("feed/feed.xml")],
    "feed.files": [in_episode("Notes on Digbeth.", "Other notes."), gone("feed/e/digbeth/transcript.txt")],
    "feed.size": [in_feed("Notes on Ely.", "word " * 210_000)],
    "feed.blanks": [in_feed("<title>Digbeth</title>", "<title> Digbeth\n</title>")],
    "feed.line": [in_feed("<title>Digbeth</title>", f"<title>{'a' * 256}</title>")],
    "feed.name": [
        in_feed(GUID, f"{GUID}<podcast:person> </podcast:person>"),
        in_feed(GUID, f"{GUID}<podcast:location>{'a' * 129}</podcast:location>"),
    ],
    "feed.podcast-guid": [in_feed("63d83930-8cc3-52ff-a665-d75dd2454868", "small-places")],
    "feed.locked": [
        in_feed(' owner="team@example.org"', ""),
        in_feed(">yes</podcast:locked>", ">true</podcast:locked>"),
    ],
    "feed.category": [in_feed('text="Government"', 'text="government"'), in_feed('text="Government"', 'text=""')],
    "feed.language": [in_feed("<language>en-GB", "<language>english")],
    "feed.owner": [_without("itunes:email"), in_feed("<itunes:email>team@", "<itunes:email>team at ")],
    "feed.type": [in_feed("episodic", "weekly")],
    "feed.item.kind": [in_feed("<itunes:episodeType>full", "<itunes:episodeType>Full")],
    "feed.item.number": [in_feed(GUID, f"{GUID}<itunes:episode>0</itunes:episode>")],
    "feed.item.duration": [in_feed("<itunes:duration>4", "<itunes:duration>0:04")],
    "feed.image": [in_feed(".png", ".webp"), in_feed('<itunes:image href="https:', '<itunes:image href="ftp:')],
    "feed.transcript": [
        in_feed(WORDS, 'text/webvtt" language'),
        in_feed("<podcast:transcript url", "<podcast:transcript u"),
    ],
    "feed.transcript.vtt": [in_feed(WORDS, 'text/plain" language')],
    "feed.chapters": [
        in_feed("application/json+chapters", "application/json"),
        in_feed("<podcast:chapters", "<podcast:chapters/><podcast:chapters", count=1),
    ],
    "feed.yes": [in_channel("<itunes:complete>true</itunes:complete>"), in_item("<itunes:block>no</itunes:block>")],
    "feed.new-address": [in_channel("<itunes:new-feed-url>feed.xml</itunes:new-feed-url>")],
    "feed.new-address.elsewhere": [show_fact('new_feed_url = "https://example.org/feed.xml"'), in_channel(ELSEWHERE)],
    "feed.funding": [in_channel('<podcast:funding url="javascript:1">Give</podcast:funding>')],
    "feed.remote-show": [
        in_channel('<podcast:podroll><podcast:remoteItem feedGuid="x"/></podcast:podroll>'),
        in_channel(f"<podcast:publisher><podcast:remoteItem {REMOTE}/></podcast:publisher>"),
    ],
    "feed.frequency": [
        in_channel('<podcast:updateFrequency rrule="FREQ=OFTEN">Often</podcast:updateFrequency>'),
        in_channel("<podcast:updateFrequency>Often</podcast:updateFrequency>" * 2),
        in_channel(f"<podcast:updateFrequency>{'a' * 129}</podcast:updateFrequency>"),
        in_channel('<podcast:updateFrequency dtstart="soon" rrule="FREQ=DAILY;COUNT=2"/>'),
    ],
    "feed.trailer": [in_channel('<podcast:trailer url="https://example.org/a.mp3">Soon</podcast:trailer>')],
    "feed.block": [
        in_channel("<podcast:block>true</podcast:block>"),
        in_channel('<podcast:block id="nobody">yes</podcast:block>'),
    ],
    "feed.text": [in_channel("<podcast:txt/>"), in_item(f"<podcast:txt>{'a' * 4001}</podcast:txt>")],
    "feed.picture": [in_item('<podcast:image href="art.png" alt="A harbour"/>')],
    "feed.picture.alt": [in_item('<podcast:image href="https://example.org/art.png"/>')],
    "feed.comments": [
        in_item('<podcast:socialInteract protocol="activitypub"/>'),
        in_item('<podcast:socialInteract protocol="disabled" uri="https://social.example/1"/>'),
    ],
    "feed.link": [in_item("<podcast:contentLink>Watch</podcast:contentLink>")],
    "feed.item.name": [in_item('<podcast:episode display="The very first episode of them all">1</podcast:episode>')],
    "feed.chapters.inside": [
        in_feed('start="00:00:00.000"', 'start="0"'),
        in_feed('title="Start"/>', "/>"),
    ],
    "feed.build-date": [_without("lastBuildDate")],
    "feed.file": [gone("feed/e/digbeth/transcript.srt"), gone(PAGE), lambda root: cover_of(root).unlink()],
    # Pages
    "page.link": [on_page('<a href="../nowhere/">Nowhere</a>'), gone("feed/e/ely/index.html")],
    "page.place": [on_page('<a href="#nowhere">Nowhere</a>'), on_page('<a href="../ely/#nowhere">Nowhere</a>')],
    "page.title": [in_page("<title>Digbeth – Small places</title>", "<title> </title>")],
    "page.language": [in_page(' lang="en-GB"', "")],
    "page.heading": [on_page("<h1>Another</h1>")],
    "page.heading.level": [on_page("<h2>Here</h2><h5>There</h5>")],
    "page.picture": [on_page('<img src="../../assets/x.png">')],
    "page.id": [on_page('<p id="twice"></p><p id="twice"></p>')],
    "page.name": [on_page('<a href="../ely/"> </a>'), on_page("<button></button>")],
    "page.autoplay": [on_page("<audio autoplay></audio>")],
    "page.foreign": [on_page('<script src="https://cdn.example/a.js"></script>')],
    "page.transcript": [in_page("These words are not real.", "")],
}
