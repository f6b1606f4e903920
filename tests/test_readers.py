"""What six parsers of other people make of the sample show's feed: nothing but what the show says.

docs/clients.md has the table; `UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_readers.py` writes it anew.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import feedparser
import podcastparser
import pytest
from lxml import etree

from tests import every_fact, listing_rows, npm
from tests.conftest import ROOT, SAMPLE
from tests.run import READERS as SCRIPTS
from tests.tag_facts import Row, Told, read_facts
from tests.tag_rows import CHANNEL, ITEM

FEED = ROOT / "feed" / "feed.xml"
EVERY = ROOT / "tests" / "data" / "feed" / "every.xml"
DOCUMENT = ROOT / "docs" / "clients.md"
HEAD = """\
# Which reader sees what

Made from the sample show's feed, and from that of a show which says everything (`tests/every_fact.py`), by
`UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_readers.py`; a test compares it. [Where each tag comes from](feed.md).

"yes": the reader found exactly what the producer wrote in `placecast.toml` and `episode.md`, or what was measured of
the sound. "-": the reader does not know the tag, keeps only one of several, or does not understand its value (of
`itunes:explicit`, feedparser knows "yes" and "clean" alone; of a tag with attributes, it keeps those alone). A reader
that finds something else fails the test, so the table has no "no".

These are the parsers [podcast-partytime](https://www.npmjs.com/package/podcast-partytime) (the Podcast Index's),
[feedsmith](https://www.npmjs.com/package/feedsmith), [rss-parser](https://www.npmjs.com/package/rss-parser),
[podcastparser](https://pypi.org/project/podcastparser/) (gPodder's),
[feedparser](https://pypi.org/project/feedparser/), and the RSS library that comes with Ruby.

Whole programs are tried as well (`tests/test_clients.py`): gPodder, newsboat with podboat, podget, curl and wget
subscribe to a show in a real bucket and download it byte for byte, each episode once.
"""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Someone else's parser: what it makes of the channel and of the first item."""

    name: str
    read: Callable[[Path], tuple[Any, Any]]
    mark: pytest.MarkDecorator | None = None

    @property
    def key(self) -> str:
        return self.name.replace("-", "_")


def from_npm(parser: str) -> Reader:
    def read(path: Path) -> tuple[Any, Any]:
        channel = npm.parsed(parser, path)
        return channel, channel["items"][0]

    return Reader(name=parser, read=read, mark=pytest.mark.npm)


def podcastparser_reads(path: Path) -> tuple[Any, Any]:
    channel = podcastparser.parse("https://placecast.example/feed.xml", io.BytesIO(path.read_bytes()))
    return channel, channel["episodes"][0]


def feedparser_reads(path: Path) -> tuple[Any, Any]:
    read = feedparser.parse(path.read_bytes())
    return read.feed, read.entries[0]


def ruby_reads(path: Path) -> tuple[Any, Any]:
    printed = subprocess.run(["ruby", SCRIPTS / "read.rb", path], capture_output=True, check=True).stdout
    channel = json.loads(printed)
    return channel, channel["item"][0]


READERS = (
    from_npm("partytime"),
    from_npm("feedsmith"),
    from_npm("rss-parser"),
    Reader(name="podcastparser", read=podcastparser_reads),
    Reader(name="feedparser", read=feedparser_reads),
    Reader(name="ruby", read=ruby_reads, mark=pytest.mark.ruby),
)


@pytest.fixture
def reader(request: pytest.FixtureRequest) -> Reader:
    wanted: Reader = request.param
    if wanted.mark is pytest.mark.npm:
        request.getfixturevalue("node_modules")
    if wanted.name == "ruby" and not shutil.which("ruby"):
        pytest.skip("RUBY DID NOT READ THE FEED: ruby is not here (apt-get install ruby)")
    return wanted


every_reader = pytest.mark.parametrize(
    "reader",
    [pytest.param(each, id=each.name, marks=[each.mark] if each.mark else []) for each in READERS],
    indirect=True,
)


@every_reader
def test_a_reader_finds_what_the_show_says_in_every_tag_that_it_knows(reader: Reader) -> None:
    told = read_facts(ROOT, SAMPLE.name)
    parts = zip(present(FEED), (CHANNEL, ITEM), (listing_rows.CHANNEL, listing_rows.ITEM), strict=True)
    rows = [[*own, *(row for row in listed if tag_of(row) in tags)] for tags, own, listed in parts]
    assert_found(reader, FEED, told, *rows)


@every_reader
def test_a_reader_finds_all_that_a_show_can_say(reader: Reader, tmp_path: Path) -> None:
    assert_found(reader, EVERY, told_everything(tmp_path), listing_rows.CHANNEL, listing_rows.ITEM)


def assert_found(reader: Reader, feed: Path, told: Told, *rows: Sequence[Row]) -> None:
    expected, found = {}, {}
    for place, some, read in zip(("channel", "item"), rows, reader.read(feed), strict=True):
        for row in some:
            if reader.key in row.readers:
                expected[place, row.tag] = row.expected(told)
                found[place, row.tag] = row.found(reader.key, read)
    assert found == expected


def told_everything(root: Path) -> Told:
    every_fact.write(root)
    made = every_fact.published(root)
    newest, trailer = made.releases
    _, facts, notes = every_fact.EPISODE.split("+++\n", 2)
    return Told(
        show=tomllib.loads(every_fact.SHOW),
        episode=tomllib.loads(facts),
        notes=notes,
        audio=asdict(newest.audio),
        slug=newest.episode.slug,
        cover=made.show.cover.name,
        pictures=tuple(made.show.at(each.path) for each in (made.show.cover, *made.show.images)),
        art=made.show.at(newest.episode.cover(made.show).path),
        trailer={
            "title": trailer.episode.title,
            "url": made.show.at(trailer.audio.path),
            "season": trailer.episode.season,
        },
    )


@pytest.mark.parametrize("feed", [FEED, EVERY], ids=["sample", "every"])
def test_every_tag_of_the_feed_has_its_row(feed: Path) -> None:
    for tags, own, listed in zip(
        present(feed), (CHANNEL, ITEM), (listing_rows.CHANNEL, listing_rows.ITEM), strict=True
    ):
        assert tags <= {tag_of(row) for row in (*own, *listed)}
        assert {tag_of(row) for row in (own if feed is FEED else listed)} <= tags


def present(feed: Path) -> tuple[set[str], set[str]]:
    """The tags of the channel, and those of the newest item."""
    channel = etree.parse(feed).getroot().find("channel")
    item = channel.find("item")
    for each in channel.findall("item"):
        channel.remove(each)
    return tags_below(channel), tags_below(item)


def tags_below(parent: etree._Element) -> set[str]:
    """Elements that say something themselves."""
    elements = [each for each in parent.iterdescendants(etree.Element) if (each.text or "").strip() or each.attrib]
    return {f"{each.prefix}:{etree.QName(each).localname}" if each.prefix else each.tag for each in elements}


def tag_of(row: Row) -> str:
    return row.tag.partition("@")[0]


def test_the_table_is_made_from_the_rows() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        DOCUMENT.write_text(document(), "utf-8")
    assert DOCUMENT.read_text("utf-8") == document()


def document() -> str:
    show, episode = table((*CHANNEL, *listing_rows.CHANNEL)), table((*ITEM, *listing_rows.ITEM))
    return f"{HEAD}\n## The show\n\n{show}\n## An episode\n\n{episode}"


def table(rows: tuple[Row, ...]) -> str:
    head = f"| tag | {' | '.join(reader.name for reader in READERS)} |\n|---|{'---|' * len(READERS)}\n"
    return head + "".join(line(row) for row in rows)


def line(row: Row) -> str:
    cells = ["yes" if reader.key in row.readers else "-" for reader in READERS]
    return f"| `{row.tag}` | {' | '.join(cells)} |\n"
