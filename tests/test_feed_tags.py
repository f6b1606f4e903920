"""What the feed says for apps and directories: each fact in its tag, within the specification's limits."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placecast import chapters, rss
from placecast.model import Block, Chat, Comments, Image, Link, Note, Publication, RemoteShow, Schedule, Season
from placecast.project.distribution_schema import DistributionFacts
from placecast.project.listing_schema import BlockFacts
from placecast.project.schema import EpisodeFacts, MasteringFacts, OwnerFacts, ShowFacts
from placecast.rss.extensions import APPLE, PODCAST, PODLOVE
from placecast.upkeep import prune
from tests import every_fact, small_show
from tests.feeds import ADDRESS, episode, full_episode, publication, release
from tests.hostile import TEXTS, written

GOLDEN = Path(__file__).parent / "data" / "feed" / "every.xml"
DOCUMENT = Path(__file__).parents[1] / "docs" / "feed.md"
NAMES = {"itunes": APPLE, "podcast": PODCAST, "psc": PODLOVE, "atom": "http://www.w3.org/2005/Atom"}
PREFIXES = {uri: prefix for prefix, uri in NAMES.items()} | {"http://purl.org/rss/1.0/modules/content/": "content"}


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    root = tmp_path_factory.mktemp("show")
    every_fact.write(root)
    return every_fact.published(root)


@pytest.fixture(scope="module")
def channel(every: Publication) -> ElementTree.Element:
    return channel_of(every)


def channel_of(told: Publication) -> ElementTree.Element:
    """As Python's own parser reads it, which the product does not use."""
    found = ElementTree.fromstring(rss.render(told)).find("channel")
    assert found is not None
    return found


def said(parent: ElementTree.Element, name: str) -> list[tuple[str | None, dict[str, str]]]:
    return [(each.text, each.attrib) for each in parent.findall(name, NAMES)]


def test_the_feed_of_a_show_that_says_everything_is_the_golden_one(every: Publication) -> None:
    built = rss.render(every)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_bytes(built)
    assert built.decode() == GOLDEN.read_text("utf-8")


# The channel

CHANNEL = {
    "itunes:block": [("Yes", {})],
    "itunes:complete": [("Yes", {})],
    "itunes:new-feed-url": [(ADDRESS + "feed.xml", {})],
    "podcast:license": [("hub-licence", {"url": "https://example.org/licence?a=1&b=2"})],
    "podcast:funding": [
        ("Support the Hub", {"url": "https://example.org/give?to=hub&how=card"}),
        ("Become a member", {"url": "https://example.org/members"}),
    ],
    "podcast:updateFrequency": [
        (
            "Every other Friday",
            {
                "complete": "true",
                "dtstart": "2026-05-01T06:00:00.000Z",
                "rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;COUNT=10",
            },
        )
    ],
    "podcast:podroll/podcast:remoteItem": [
        (
            None,
            {
                "feedGuid": "917393e3-1b1e-5cef-ace4-edaa54e1f810",
                "feedUrl": "https://mp3s.nashownotes.com/pc20rss.xml",
                "title": "Podcasting 2.0",
            },
        ),
        (None, {"feedGuid": "9b024349-ccf0-5f69-a609-6b82873eab3c"}),
    ],
    "podcast:publisher/podcast:remoteItem": [
        (
            None,
            {
                "medium": "publisher",
                "feedGuid": "003af0a0-6a45-55cf-b765-68e3d349551a",
                "feedUrl": "https://example.org/publisher.xml",
            },
        )
    ],
    "podcast:txt": [
        ("6f3a-0815", {"purpose": "applepodcastsverify"}),
        ("S6lpp-7ZCn8-dZfGc-OoyaG", {"purpose": "verify"}),
        ("a purpose of one's own", {"purpose": "hub-campaign"}),
    ],
    "podcast:block": [("yes", {}), ("no", {"id": "podcastindex"}), ("yes", {"id": "amazon"})],
    "podcast:socialInteract": [(None, {"protocol": "disabled"})],
    "podcast:chat": [
        (
            None,
            {
                "server": "chat.example.org",
                "protocol": "matrix",
                "accountId": "@hub:chat.example.org",
                "space": "#placecast:chat.example.org",
            },
        )
    ],
}


@pytest.mark.parametrize("name", CHANNEL)
def test_the_channel_says_what_placecast_toml_says(channel: ElementTree.Element, name: str) -> None:
    assert said(channel, name) == CHANNEL[name]


def test_pictures_say_their_shape_and_what_is_to_be_seen(every: Publication, channel: ElementTree.Element) -> None:
    cover, banner = every.show.cover, every.show.images[0]
    assert re.fullmatch(r"media/wide-banner-[0-9a-f]{12}\.png", banner.path)
    assert said(channel, "podcast:image") == [
        (
            None,
            {
                "href": ADDRESS + cover.path,
                "alt": "A map of Britain & Ireland",
                "aspect-ratio": "1/1",
                "width": "2000",
                "height": "2000",
                "type": "image/png",
                "purpose": "artwork",
            },
        ),
        (
            None,
            {
                "href": ADDRESS + banner.path,
                "alt": "A harbour at dawn",
                "aspect-ratio": "16/9",
                "width": "160",
                "height": "90",
                "type": "image/png",
                "purpose": "banner social",
            },
        ),
    ]


def test_a_show_that_says_none_of_it_has_none_of_the_tags() -> None:
    found = {tag for tag in CHANNEL if said(channel_of(publication()), tag)}
    assert found == {"podcast:license"}


def test_apple_has_a_block_of_its_own_which_follows_from_the_one_for_all() -> None:
    def blocks(**facts: object) -> tuple[object, object]:
        told = channel_of(publication(block=Block(**facts)))
        return said(told, "itunes:block"), said(told, "podcast:block")

    assert blocks(services=("apple",)) == ([("Yes", {})], [("yes", {"id": "apple"})])
    assert blocks(everywhere=True, allowed=("apple",)) == ([], [("yes", {}), ("no", {"id": "apple"})])
    assert blocks(services=("amazon",), allowed=("amazon",)) == ([], [("no", {"id": "amazon"})])


def test_a_show_of_a_machines_voices_says_so_for_all_episodes(tmp_path: Path) -> None:
    project = every_fact.write(tmp_path)
    path = tmp_path / "placecast.toml"
    told = 'text = "true"\npurpose = "ai-content"'
    path.write_text(
        path.read_text("utf-8").replace('text = "6f3a-0815"\npurpose = "applepodcastsverify"', told), "utf-8"
    )
    show = project.load()[0]
    assert said(channel_of(Publication(show=show, releases=())), "podcast:txt")[0] == (
        "true",
        {"purpose": "ai-content"},
    )


def test_a_show_that_is_over_says_so_without_a_schedule_too() -> None:
    assert said(channel_of(publication(complete=True)), "podcast:updateFrequency") == [(None, {"complete": "true"})]


# Trailers

TRAILER = release(episode("trailer", title="Soon", kind="trailer", season=2))


def test_an_episode_that_is_a_trailer_is_named_in_the_channel() -> None:
    found = said(channel_of(publication(release(), TRAILER)), "podcast:trailer")
    assert found == [
        (
            "Soon",
            {
                "pubdate": "Fri, 01 May 2026 05:00:00 +0000",
                "url": ADDRESS + TRAILER.audio.path,
                "length": str(TRAILER.audio.bytes),
                "type": "audio/mpeg",
                "season": "2",
            },
        )
    ]


def test_a_clone_that_knows_a_trailer_by_the_feed_alone_writes_the_same_feed() -> None:
    whole = rss.render(publication(release(), TRAILER))
    others = rss.elsewhere(whole, {release().episode.guid})
    assert rss.render(replace(publication(release()), others=others)) == whole


def test_a_trailer_that_is_unpublished_leaves_the_channel_too() -> None:
    whole = rss.render(publication(release(), TRAILER))
    assert rss.without(whole, {TRAILER.episode.guid}) == rss.render(publication(release()))


# Items

ITEM = {
    "itunes:block": [("Yes", {})],
    "podcast:season": [("2", {"name": "Coasts & harbours"})],
    "podcast:episode": [("3", {"display": "Ch. 3"})],
    "podcast:license": [("cc-by-4.0", {})],
    "podcast:contentLink": [("Watch this episode", {"href": "https://video.example.org/watch?v=1&t=0"})],
    "podcast:socialInteract": [
        (
            None,
            {
                "priority": "1",
                "protocol": "activitypub",
                "uri": "https://social.example/@hub/1",
                "accountId": "@hub@social.example",
                "accountUrl": "https://social.example/@hub",
            },
        ),
        (None, {"priority": "2", "protocol": "atproto", "uri": "at://did:plc:abc/app.bsky.feed.post/1"}),
    ],
    "podcast:txt": [("true", {"purpose": "ai-content"}), ("0815", {"purpose": "verify"})],
    "atom:link": [(None, {"rel": "http://podlove.org/deep-link", "href": ADDRESS + "e/harbour/#"})],
}


@pytest.mark.parametrize("name", ITEM)
def test_an_item_says_what_its_episode_md_says(channel: ElementTree.Element, name: str) -> None:
    assert said(channel.find("item"), name) == ITEM[name]


def test_an_episode_shows_its_own_picture_or_the_shows(every: Publication, channel: ElementTree.Element) -> None:
    own, none = channel.findall("item")
    art = every.releases[0].episode.image
    assert art is not None
    assert said(own, "itunes:image") == [(None, {"href": ADDRESS + art.path})]
    assert [each["alt"] for _, each in said(own, "podcast:image")] == ["A crane over the water"]
    assert said(none, "itunes:image") == [(None, {"href": ADDRESS + every.show.cover.path})]
    assert said(none, "podcast:image") == []


def test_the_licence_of_an_episode_replaces_the_shows_with_its_address(channel: ElementTree.Element) -> None:
    assert said(channel.findall("item")[1], "podcast:license") == CHANNEL["podcast:license"]


def test_the_chapters_in_the_feed_are_those_of_the_file_that_are_listed(every: Publication) -> None:
    told = every.releases[0]
    listed = [each for each in json.loads(chapters.render(every.show, told))["chapters"] if each.get("toc", True)]
    marks = channel_of(every).find("item").findall("psc:chapters/psc:chapter", NAMES)
    assert [(seconds_of(each.attrib.pop("start")), each.attrib) for each in marks] == [
        (
            each["startTime"],
            {
                key: value
                for key, value in (("title", each["title"]), ("href", each.get("url")), ("image", each.get("img")))
                if value
            },
        )
        for each in listed
    ]
    assert len(marks) == len(told.episode.chapters) - 1


def seconds_of(clock: str) -> float:
    """Of a normal play time (RFC 2326, section 3.6), as Podlove Simple Chapters has it."""
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_an_episode_without_chapters_has_none_in_the_feed() -> None:
    assert said(channel_of(publication(release())).find("item"), "psc:chapters") == []


# Hostile texts

_PICTURES = st.builds(
    Image,
    source=st.just(Path("cover.png")),
    name=st.just("banner-0.png"),
    type=st.just("image/png"),
    width=st.integers(1, 10_000),
    height=st.integers(1, 10_000),
    alt=TEXTS,
    purpose=TEXTS,
)
_LINKS = st.lists(st.builds(Link, url=TEXTS, text=TEXTS), max_size=2).map(tuple)
_NOTES = st.lists(st.builds(Note, text=TEXTS, purpose=TEXTS), max_size=2).map(tuple)
_COMMENTS = st.lists(st.builds(Comments, protocol=TEXTS, uri=TEXTS, account=TEXTS, account_url=TEXTS), max_size=2)
_REMOTE = st.builds(RemoteShow, guid=TEXTS, url=TEXTS, title=TEXTS)
_SHOWS = st.fixed_dictionaries(
    {
        "images": st.tuples(_PICTURES),
        "seasons": st.tuples(st.builds(Season, number=st.just(2), name=TEXTS)),
        "schedule": st.builds(Schedule, text=TEXTS, rule=TEXTS),
        "funding": _LINKS,
        "podroll": st.tuples(_REMOTE),
        "publisher": _REMOTE,
        "texts": _NOTES,
        "block": st.builds(Block, services=st.tuples(TEXTS), allowed=st.tuples(TEXTS)),
        "comments": _COMMENTS.map(tuple),
        "chat": st.builds(Chat, server=TEXTS, protocol=TEXTS, account=TEXTS, space=TEXTS),
        "new_feed_url": TEXTS,
        "license": TEXTS,
        "license_url": TEXTS,
    }
)
_EPISODES = st.fixed_dictionaries(
    {
        "image": _PICTURES,
        "display": TEXTS,
        "license": TEXTS,
        "license_url": TEXTS,
        "links": _LINKS,
        "comments": _COMMENTS.map(tuple),
        "texts": _NOTES,
        "title": TEXTS.filter(written),
    }
)


@settings(max_examples=60)
@given(facts=_SHOWS, own=_EPISODES)
def test_no_text_breaks_the_feed_and_each_arrives_as_it_was_said(facts: dict, own: dict) -> None:
    found = channel_of(publication(release(full_episode(kind="trailer", **own)), **facts))
    texts = [(each.text or "").strip() for each in found.findall("podcast:funding", NAMES)]
    assert texts == [written(each.text) for each in facts["funding"]]
    assert [each.get("url") for each in found.findall("podcast:funding", NAMES)] == [
        written(each.url) or None for each in facts["funding"]
    ]
    item = found.find("item")
    assert [written(each.text) for each in own["texts"]] == [
        (each.text or "").strip() for each in item.findall("podcast:txt", NAMES)
    ]
    assert item.find("podcast:season", NAMES).get("name") == (written(facts["seasons"][0].name) or None)
    assert len(found.findall("podcast:trailer", NAMES)) == 1


@pytest.mark.parametrize(
    ("facts", "name", "limit"),
    [
        ({"funding": (Link(url="https://example.org/", text="word " * 99),)}, "podcast:funding", 128),
        ({"schedule": Schedule(text="word " * 99)}, "podcast:updateFrequency", 128),
        ({"license": "word " * 99}, "podcast:license", 128),
        ({"texts": (Note(text="word " * 999),)}, "podcast:txt", 4000),
    ],
)
def test_what_no_schema_has_measured_is_cut_where_apps_would(facts: dict, name: str, limit: int) -> None:
    ((text, _),) = said(channel_of(publication(**facts)), name)
    assert limit // 2 < len(text or "") <= limit


# Pictures on their way


def test_pictures_go_out_before_the_feed_and_are_not_pruned(tmp_path: Path) -> None:
    show = small_show.make(tmp_path / "show")
    folder = show.add("trust")
    (show.project.root / "banner.png").write_bytes(every_fact.png(160, 90))
    (folder / "art.png").write_bytes((show.project.root / "cover.png").read_bytes())
    show.edit("trust", "[[chapters]]", 'image = "art.png"\n[[chapters]]')
    facts = show.project.root / "placecast.toml"
    table = '[[images]]\nfile = "banner.png"\nalt = "A harbour"\npurpose = "banner"\n[target]'
    facts.write_text(facts.read_text("utf-8").replace("[target]", table), "utf-8")
    show.publish()
    told, (own,) = show.project.load()
    wanted = {told.images[0].path, own.cover(told).path}
    assert len(wanted) == 2
    feed = (show.target / "feed.xml").read_bytes()
    assert wanted <= rss.named(told, feed).keys
    assert wanted <= set(small_show.files_below(show.target))
    later = replace(show, now=show.now + timedelta(days=400))
    prune.prune(later.run(), prune.find(later.run(), days=1))
    assert wanted <= set(small_show.files_below(show.target))


# The document


def documented(part: str) -> dict[str, set[str]]:
    """The tags of one table of docs/feed.md, and their attributes."""
    text = DOCUMENT.read_text("utf-8").partition(f"## {part}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("| `")]
    return {name.strip(" `"): set(re.findall(r"`([^`]+)`", attributes)) for name, attributes in rows}


def written_tags(*parents: ElementTree.Element) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in (each for parent in parents for each in parent.iter()):
        uri, _, name = each.tag.rpartition("}")
        tag = f"{PREFIXES[uri[1:]]}:{name}" if uri else name
        found.setdefault(tag, set()).update(each.attrib)
    return {tag: attributes for tag, attributes in found.items() if tag not in ("channel", "item")}


def test_the_document_has_every_tag_and_attribute_and_no_other(every: Publication) -> None:
    channel = channel_of(every)
    items = channel.findall("item")
    assert written_tags(*items) == documented("An episode")
    for each in items:
        channel.remove(each)
    # A show that wants no comments cannot say where they are.
    open_to_all = channel_of(publication(comments=every.releases[0].episode.comments))
    assert written_tags(channel, open_to_all) == documented("The show")


def test_every_fact_that_the_document_names_exists() -> None:
    text = DOCUMENT.read_text("utf-8")
    known = {
        *ShowFacts.model_fields,
        *EpisodeFacts.model_fields,
        *MasteringFacts.model_fields,
        *OwnerFacts.model_fields,
    }
    known |= {*BlockFacts.model_fields, *DistributionFacts.model_fields}
    named = [line.split("|")[3] for line in text.splitlines() if line.startswith("| `")]
    facts = {word for cell in named for told in re.findall(r"`([a-z_.]+)`", cell) for word in told.split(".")}
    assert facts - {"apple"} <= known
