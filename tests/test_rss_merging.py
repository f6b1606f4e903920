"""Two clones and one feed: what only the published feed knows stays in it, and nobody's clone writes it otherwise."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import podcastparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from placecast import rss
from placecast.errors import PlacecastError
from placecast.model import Person, Publication, Release
from tests.feeds import (
    ADDRESS,
    ANA,
    COVER,
    FULL_RELEASE,
    LONDON,
    ROSA,
    audio,
    episode,
    publication,
    release,
    show,
)
from tests.hostile import EPISODES, HOSTILE, SHOWS, TEXTS, written

GOLDEN = Path(__file__).parent / "data" / "feed" / "merged.xml"

WINTER = release(
    episode("winter", title="Winter", published=datetime(2026, 1, 1, 6, tzinfo=LONDON), season=1, number=3)
)
AUTUMN = release(episode("autumn", title="Autumn", published=datetime(2025, 10, 1, 6, tzinfo=LONDON), kind="trailer"))
ALL = (FULL_RELEASE, WINTER, AUTUMN)


def _merged(known: tuple[Release, ...], feed: bytes, told: Publication) -> Publication:
    """What a clone publishes that has these releases, when it finds this feed."""
    others = rss.elsewhere(feed, {each.episode.guid for each in known})
    return replace(told, releases=known, others=others)


def _items(*items: str, head: str = "") -> bytes:
    return f'{head}<rss version="2.0"><channel><title>a</title>{"".join(items)}</channel></rss>'.encode()


# Two clones, one feed


def test_what_the_feed_has_and_the_clone_does_not_is_kept():
    told = publication()
    feed = rss.render(replace(told, releases=(FULL_RELEASE, AUTUMN)))
    assert rss.render(_merged((WINTER,), feed, told)) == rss.render(replace(told, releases=ALL))


def test_a_clone_that_knows_nothing_writes_the_feed_as_it_found_it():
    feed = rss.render(publication(*ALL))
    assert rss.render(_merged((), feed, publication())) == feed


def test_an_episode_that_this_clone_shows_is_told_as_this_clone_has_it():
    feed = rss.render(publication(*ALL))
    retitled = replace(WINTER, episode=replace(WINTER.episode, title="Winter again"))
    merged = rss.render(_merged((retitled,), feed, publication()))
    assert merged == rss.render(publication(FULL_RELEASE, retitled, AUTUMN))


_MAY = datetime(2026, 5, 1, tzinfo=UTC)
_ZONES = st.sampled_from([UTC, LONDON])
_MICROSECONDS = st.integers(-50 * 365 * 86400 * 10**6, 50 * 365 * 86400 * 10**6) | st.integers(-1_500_000, 1_500_000)
_MOMENTS = st.builds(lambda zone, after: (_MAY + timedelta(microseconds=after)).astimezone(zone), _ZONES, _MICROSECONDS)


@st.composite
def _releases(draw: st.DrawFn) -> tuple[Release, ...]:
    told = draw(st.lists(st.tuples(EPISODES.filter(lambda each: written(each.guid)), TEXTS, _MOMENTS), max_size=6))
    found = {written(each.guid): (each, notes, moment) for each, notes, moment in told}
    return tuple(
        release(replace(each, slug=f"episode-{number}"), notes_html=notes, published=moment)
        for number, (each, notes, moment) in enumerate(found.values())
    )


@settings(deadline=None)
@given(SHOWS, _releases(), st.data())
def test_both_clones_write_the_same_feed_however_the_episodes_are_divided(facts, releases, data):
    told = publication(**facts)
    whole = rss.render(replace(told, releases=releases))
    here = tuple(each for each in releases if data.draw(st.booleans()))
    there = tuple(each for each in releases if each not in here)
    theirs = rss.render(replace(told, releases=there))
    assert rss.render(_merged(here, theirs, told)) == whole
    assert rss.render(_merged(there, whole, told)) == whole
    assert rss.without(whole, {each.episode.guid for each in here}) == theirs


@settings(deadline=None)
@given(_releases())
def test_no_guid_is_ever_lost_or_doubled(releases):
    feed = rss.render(publication(*releases))
    guids = {written(each.episode.guid) for each in releases}
    assert set(rss.guids(feed)) == {other.guid for other in rss.elsewhere(feed, ())} == guids
    assert len(rss.guids(feed)) == len(releases)
    assert rss.elsewhere(feed, [each.episode.guid for each in releases]) == ()


def test_a_feed_that_another_program_indented_is_written_as_ours():
    feed = rss.render(publication(*ALL))
    squeezed = etree.tostring(etree.fromstring(feed, etree.XMLParser(remove_blank_text=True, strip_cdata=False)))
    wide = feed.replace(b"\n", b"\n\n  ").replace(b"itunes:", b"apple:").replace(b"xmlns:itunes", b"xmlns:apple")
    for changed in (squeezed, wide.replace(b"</item>", b"<!-- a --></item>")):
        texts = rss.render(_merged((), changed, publication()))
        assert [line.strip() for line in texts.split(b"\n") if line] == [
            line.strip() for line in feed.split(b"\n") if line
        ]


def test_tags_that_we_do_not_write_stay_in_the_item():
    item = (
        '<item><guid>a</guid><other:mark xmlns:other="https://example.org/other" other:kind="b">c</other:mark></item>'
    )
    merged = rss.render(_merged((FULL_RELEASE,), _items(item), publication()))
    mark = etree.fromstring(merged).find("channel/item/{https://example.org/other}mark")
    assert (mark.text, dict(mark.attrib)) == ("c", {"{https://example.org/other}kind": "b"})
    assert rss.render(_merged((FULL_RELEASE,), merged, publication())) == merged


def test_the_feed_is_as_new_as_its_newest_episode_wherever_that_comes_from():
    feed = rss.render(_merged((WINTER,), rss.render(publication(FULL_RELEASE)), publication()))
    assert b"<lastBuildDate>Fri, 01 May 2026 05:00:00 +0000</lastBuildDate>" in feed
    assert b"<lastBuildDate>Thu, 01 Jan 2026 06:00:00 +0000</lastBuildDate>" in rss.without(
        feed, [FULL_RELEASE.episode.guid]
    )
    assert b"lastBuildDate" not in rss.without(feed, [each.episode.guid for each in ALL])


# What is known of an episode from the feed


def test_an_episode_from_the_feed_is_known_as_far_as_the_feed_tells():
    full, winter, autumn = rss.elsewhere(rss.render(publication(*ALL)), ())
    assert (full.guid, full.title, full.page) == (
        FULL_RELEASE.episode.guid,
        FULL_RELEASE.episode.title,
        ADDRESS + "e/trust/",
    )
    assert (full.published, full.seconds, full.summary) == (FULL_RELEASE.published, 1800, FULL_RELEASE.episode.summary)
    assert (full.season, full.number, full.kind) == (2, 12, "full")
    assert (winter.season, winter.number, autumn.kind) == (1, 3, "trailer")
    assert full.people == (ROSA, ANA)
    assert [each.published for each in (full, winter, autumn)] == [each.published for each in ALL]


def test_a_title_that_was_said_for_want_of_a_summary_is_none():
    feed = rss.render(publication(release(episode(summary=""), notes_html="")))
    assert [each.summary for each in rss.elsewhere(feed, ())] == [""]


def test_the_label_of_a_machines_words_is_understood():
    feed = rss.render(publication(release(approval=None), WINTER))
    assert [each.unchecked for each in rss.elsewhere(feed, ())] == [True, False]


def test_an_item_stands_alone():
    (other,) = rss.elsewhere(rss.render(publication(FULL_RELEASE)), ())
    item = etree.fromstring(other.item)
    assert item.tag == "item"
    assert item.findtext("guid") == FULL_RELEASE.episode.guid
    assert b"<![CDATA[<p>Why some" in other.item


def test_an_item_without_a_guid_is_known_by_its_sound_or_its_page():
    sound, page = '<enclosure url="https://a.example/1.mp3"/>', "<link>https://a.example/1</link>"
    feed = _items(f"<item>{sound}{page}</item>", f"<item>{page}</item>", "<item/>")
    assert rss.guids(feed) == ("https://a.example/1.mp3", "https://a.example/1", "")
    assert [other.guid for other in rss.elsewhere(feed, ["https://a.example/1"])] == ["https://a.example/1.mp3", ""]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("178", 178), ("2:58", 178), ("01:02:58", 3778), ("61.5", 61.5), ("", None), ("1:2:3:4", None)],
)
def test_lengths_are_read_as_apps_read_them(text, seconds):
    duration = f'<a:duration xmlns:a="http://www.itunes.com/dtds/podcast-1.0.dtd">{text}</a:duration>'
    assert [each.seconds for each in rss.elsewhere(_items(f"<item>{duration}</item>"), ())] == [seconds]


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Fri, 01 May 2026 06:00:00 +0100", datetime(2026, 5, 1, 5, tzinfo=UTC)),
        ("Fri, 01 May 2026 05:00:00 GMT", datetime(2026, 5, 1, 5, tzinfo=UTC)),
        ("Fri, 01 May 2026 05:00:00 -0000", datetime(2026, 5, 1, 5, tzinfo=UTC)),
        *((text, datetime(1970, 1, 1, tzinfo=UTC)) for text in ("", "soon", "Fri, 31 Dec 9999 23:00:00 -0500")),
    ],
)
def test_dates_are_read_and_what_has_none_comes_last(text, published):
    assert [each.published for each in rss.elsewhere(_items(f"<item><pubDate>{text}</pubDate></item>"), ())] == [
        published
    ]


def test_a_page_that_is_no_web_address_is_none():
    assert [each.page for each in rss.elsewhere(_items("<item><link>javascript:alert(1)</link></item>"), ())] == [""]


# What the feed names


def test_every_address_in_the_feed_is_found():
    page = ADDRESS + "e/trust/"
    assert rss.addresses(rss.render(publication(FULL_RELEASE))) == {
        ADDRESS,
        ADDRESS + "feed.xml",
        ADDRESS + COVER.path,
        ADDRESS + audio().path,
        page,
        page + "chapters.json",
        *(page + "transcript." + suffix for suffix in ("vtt", "srt", "json", "html")),
        ROSA.url,
        ANA.url,
        ANA.image,
        "https://example.org/trust",  # of a chapter
    }


def test_a_guid_is_an_address_only_where_it_is_meant_as_one():
    guids = (
        'isPermaLink="false">https://a.example/1',
        ">https://a.example/2",
        'isPermaLink="true">https://a.example/3',
    )
    feed = _items(
        *(f"<item><guid {guid}</guid></item>" for guid in guids), "<item><title>https://a.example/4</title></item>"
    )
    assert rss.addresses(feed) == {"https://a.example/2", "https://a.example/3"}


def test_the_sound_that_the_feed_promises_is_found_with_its_size_and_type():
    assert rss.enclosures(rss.render(publication(FULL_RELEASE))) == {ADDRESS + audio().path: (21_600_768, "audio/mpeg")}
    assert rss.enclosures(_items('<item><enclosure url="a" length="long"/></item>')) == {"a": (0, "")}


# What is not to be trusted

_BOMB = (
    '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize(
    "feed",
    [
        b"",
        b"<html></html>",
        b"<rss/>",
        rss.render(publication(FULL_RELEASE))[:-20],
        _items("<item><title>&nbsp;</title></item>"),
        _items("<item><title>&c;</title></item>", head=_BOMB),
        _items('<item><enclosure url="&c;"/></item>', head=_BOMB),
        _items("<item/>", head='<!DOCTYPE rss SYSTEM "https://example.org/a.dtd">'),
        _items("<item><title>&f;</title></item>", head='<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/hostname">]>'),
        _items("<item/>", head="<!DOCTYPE rss>").decode().encode("utf-16"),
        _items("<item>\x0b</item>"),
        _items("<b>" * 300 + "</b>" * 300),
        _items("a" * 64_000_001),
    ],
    ids=range(13),
)
def test_a_feed_that_cannot_be_read_is_never_taken_for_an_empty_one(feed):
    for read in (rss.guids, rss.addresses, rss.enclosures, lambda each: rss.elsewhere(each, ())):
        with pytest.raises(
            PlacecastError, match=r"feed\.xml: the published feed cannot be read(.|\n)*placecast rollback"
        ):
            read(feed)


def test_texts_from_a_feed_are_legal():
    title = "<title>&#13;\n a&#13;b </title>"
    assert [each.title for each in rss.elsewhere(_items(f"<item>{title}</item>"), ())] == ["a\nb"]


# Foreign readers


def _merged_feed() -> bytes:
    hostile = release(episode("hostile", title=HOSTILE, summary=HOSTILE, people=(Person(name=HOSTILE),)))
    theirs = rss.render(publication(FULL_RELEASE, AUTUMN, hostile))
    return rss.render(_merged((WINTER,), theirs, publication()))


def test_the_merged_feed_is_the_golden_one(request):
    built = _merged_feed()
    if request.config.getoption("--update-golden", default=False) or os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_bytes(built)
    assert built.decode() == GOLDEN.read_text(encoding="utf-8")


def test_other_programs_read_the_merged_feed_as_one():
    xml = _merged_feed()
    titles = [written(HOSTILE), FULL_RELEASE.episode.title, "Winter", "Autumn"]
    read = feedparser.parse(xml)
    assert not read.bozo
    assert sorted(entry.id for entry in read.entries) == sorted(rss.guids(xml))
    assert {entry.enclosures[0].href for entry in read.entries} == set(rss.enclosures(xml))
    shown = podcastparser.parse(ADDRESS + "feed.xml", io.BytesIO(xml))["episodes"]
    assert [each["guid"] for each in shown] == list(rss.guids(xml))
    assert sorted(each["title"].split()[0] for each in shown) == sorted(title.split()[0] for title in titles)
    assert [each["published"] for each in shown] == sorted((each["published"] for each in shown), reverse=True)
    assert show().title == read.feed.title


@given(_releases(), st.integers(1, 4), st.data())
def test_a_feed_that_is_written_in_parts_has_the_same_bytes(releases, at_once, data):
    told = publication()
    feed = rss.render(replace(told, releases=releases))
    known = tuple(each for each in releases if data.draw(st.booleans()))
    merged = _merged(known, feed, told)
    whole = rss.render(merged)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rss, "_AT_ONCE", at_once)
        assert rss.render(merged) == whole
