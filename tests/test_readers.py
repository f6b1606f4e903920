"""What six parsers of other people make of the sample show's feed: nothing but what the show says.

docs/clients.md has the table; `UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_readers.py` writes it anew.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feedparser
import podcastparser
import pytest
from lxml import etree

from tests import npm
from tests.conftest import ROOT, SAMPLE
from tests.run import READERS as SCRIPTS
from tests.tag_facts import Row, read_facts
from tests.tag_rows import CHANNEL, ITEM

FEED = ROOT / "feed" / "feed.xml"
DOCUMENT = ROOT / "docs" / "clients.md"
HEAD = """\
# Which reader sees what

Made from the sample show's feed by `UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_readers.py`; a test compares it.

"yes": the reader found exactly what the producer wrote in `placecast.toml` and `episode.md`, or what was measured of
the sound. "-": the reader does not know the tag, keeps only one of several, or does not understand its value (of
`itunes:explicit`, feedparser knows "yes" and "clean" alone). A reader that finds something else fails the test, so the
table has no "no".

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


@pytest.mark.parametrize(
    "reader",
    [pytest.param(each, id=each.name, marks=[each.mark] if each.mark else []) for each in READERS],
    indirect=True,
)
def test_a_reader_finds_what_the_show_says_in_every_tag_that_it_knows(reader: Reader) -> None:
    told = read_facts(ROOT, SAMPLE.name)
    expected, found = {}, {}
    for place, rows, read in zip(("channel", "item"), (CHANNEL, ITEM), reader.read(FEED), strict=True):
        for row in rows:
            if reader.key in row.readers:
                expected[place, row.tag] = row.expected(told)
                found[place, row.tag] = row.found(reader.key, read)
    assert found == expected


def test_every_tag_of_the_feed_has_its_row() -> None:
    channel = etree.parse(FEED).getroot().find("channel")
    item = channel.find("item")
    assert tags_below(item) == {tag_of(row) for row in ITEM}
    for each in channel.findall("item"):
        channel.remove(each)
    assert tags_below(channel) == {tag_of(row) for row in CHANNEL}


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
    return f"{HEAD}\n## The show\n\n{table(CHANNEL)}\n## An episode\n\n{table(ITEM)}"


def table(rows: tuple[Row, ...]) -> str:
    head = f"| tag | {' | '.join(reader.name for reader in READERS)} |\n|---|{'---|' * len(READERS)}\n"
    return head + "".join(line(row) for row in rows)


def line(row: Row) -> str:
    cells = ["yes" if reader.key in row.readers else "-" for reader in READERS]
    return f"| `{row.tag}` | {' | '.join(cells)} |\n"
