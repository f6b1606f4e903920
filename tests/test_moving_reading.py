"""What feeds of other hosts say, and what of that is lost: nothing of it without a word, and no feed does harm."""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast import rss
from placecast.arrival.fitting import fitted, toml
from placecast.errors import PlacecastError
from placecast.model import Chapter, Place
from placecast.moving import chapters, listing, reading
from placecast.moving.facts import OldEpisode, OldFeed, OldShow
from placecast.moving.markdown import from_html
from placecast.pages.notes import notes_html, notes_text
from placecast.project.schema import ShowFacts
from tests import every_fact, hosts

NAMESPACES = (
    'xmlns:itunes="http://www.itunes.com/DTDs/Podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:psc="http://podlove.org/simple-chapters" xmlns:odd="https://odd.example.org/ns"'
)
ENCLOSURE = '<enclosure url="https://old.example.org/a.mp3" length="10" type="audio/mpeg"/>'


def feed(channel: str = "", *items: str) -> bytes:
    listed = "".join(
        f"<item><title>One</title><guid>g{number}</guid>{item}</item>" for number, item in enumerate(items)
    )
    return f'<rss version="2.0" {NAMESPACES}><channel><title>T</title>{channel}{listed}</channel></rss>'.encode()


def read(channel: str = "", *items: str) -> OldFeed:
    return reading.read([feed(channel, *items)], "https://old.example.org/feed.xml")


def episode(item: str) -> OldEpisode:
    return read("", ENCLOSURE + item).episodes[0]


def show(channel: str) -> OldShow:
    return read(channel).show


def lost(episode_or_show: OldEpisode | OldShow) -> dict[str, str]:
    return {each.tag: each.value for each in episode_or_show.losses}


HOSTILE = {
    "a bomb of entities": b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel>&b;</channel></rss>',
    "a file of this machine": b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel>&a;</channel></rss>',
    "a file of the network": b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><rss><channel/></rss>',
    "a parameter entity": b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]><rss><channel/></rss>',
    "an undeclared entity": b"<rss><channel><title>&nope;</title></channel></rss>",
    "a tag that never ends": b"<rss><channel>",
    "nothing": b"",
    "blanks": b"   \n ",
    "text": b"No podcast here.",
    "a page": b"<!doctype html><html><body>404</body></html>",
    "an Atom feed": b'<feed xmlns="http://www.w3.org/2005/Atom"/>',
    "an RSS without a channel": b"<rss/>",
    "RDF": b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel/></rdf:RDF>',
    "very deep tags": b"<rss><channel>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</channel></rss>",
    "a zero byte alone": b"\0",
    "half of UTF-16": b"\xff\xfe<",
    "an unknown encoding": b'<?xml version="1.0" encoding="no-such"?><rss><channel/></rss>',
    "a picture": hosts.cover(),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_feed_or_does_harm_is_refused_in_a_sentence(what: str) -> None:
    with pytest.raises(PlacecastError, match="this feed cannot be read") as refused:
        reading.read([HOSTILE[what]], "https://old.example.org/feed.xml")
    assert "root:" not in str(refused.value)


def test_a_feed_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("placecast.moving.nodes.SIZE_LIMIT", 100)
    with pytest.raises(PlacecastError, match="which no feed of a podcast needs"):
        read()


@given(
    st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"<rss><channel>{text}</channel></rss>".encode())
)
def test_whatever_comes_is_read_or_refused_in_a_sentence(content: bytes) -> None:
    with suppress(PlacecastError):
        reading.read([content], "x")


@given(
    st.lists(
        st.sampled_from([*"<>&/\"'= ", "<b>", "</p>", "&#8230;", "&nbsp;", "<!--", "]]>", "word", "* _ \\ `", "\n"])
    )
)
def test_notes_say_the_same_words_whatever_html_they_are_in(parts: list[str]) -> None:
    made = from_html("".join(parts))
    assert "".join(notes_text(made.markdown).split()) == "".join(made.text.split())
    assert from_html(notes_html(made.markdown)).text.split() == made.text.split()


def test_a_feed_from_a_word_processor_is_read_without_its_control_characters() -> None:
    assert reading.read([feed("<description>a\x0bb</description>")], "x").show.description == "ab"


@pytest.mark.parametrize(
    "spelling",
    [
        *("https://www.itunes.com/dtds/podcast-1.0.dtd", "http://www.itunes.com/DTDs/PodCast-1.0.dtd"),
        "http://www.itunes.com/dtds/podcast-1.0.dtd/",
    ],
)
def test_namespaces_are_known_however_hosts_spell_them(spelling: str) -> None:
    body = f'<rss xmlns:x="{spelling}"><channel><title>T</title><x:author>Rosa</x:author></channel></rss>'
    assert reading.read([body.encode()], "x").show.author == "Rosa"


def test_every_tag_is_read_or_named_as_lost() -> None:
    found = episode("<odd:thing>A value</odd:thing><odd:other key='v'/><odd:empty/><podcast:value>x</podcast:value>")
    assert lost(found) == {"odd:thing": "A value", "odd:other": "key=v", "podcast:value": "x", "pubDate": ""}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tue, 05 Mar 2024 07:00:00 -0500", datetime(2024, 3, 5, 7, tzinfo=timezone(timedelta(hours=-5)))),
        ("Tue, 05 Mar 2024 07:00:00 GMT", datetime(2024, 3, 5, 7, tzinfo=UTC)),
        ("Tue, 5 Mar 2024 07:00:00 EST", datetime(2024, 3, 5, 12, tzinfo=UTC)),
        ("05 Mar 2024 07:00 +0000", datetime(2024, 3, 5, 7, tzinfo=UTC)),
        ("2024-03-05T07:00:00Z", datetime(2024, 3, 5, 7, tzinfo=UTC)),
        ("2024-03-05T07:00:00.123+01:00", datetime(2024, 3, 5, 6, tzinfo=UTC)),
        *((text, None) for text in ("", "yesterday", "Tue, 05 Mar 1970 07:00:00 GMT", "9" * 400)),
    ],
)
def test_dates_of_all_kinds(text: str, moment: datetime | None) -> None:
    found = episode(f"<pubDate>{text}</pubDate>")
    assert found.published == moment
    assert ("pubDate" in lost(found)) == (moment is None)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("125", 125.0),
        ("2:05", 125.0),
        ("00:02:05", 125.0),
        ("1:00:00", 3600.0),
        ("2:05.5", 125.5),
        ("", None),
        ("x", None),
    ],
)
def test_durations_of_all_kinds(text: str, seconds: float | None) -> None:
    assert episode(f"<itunes:duration>{text}</itunes:duration>").seconds == seconds


def test_numbers_that_are_none_are_lost_and_said() -> None:
    found = episode(
        "<itunes:season>0</itunes:season><itunes:episode>3.5</itunes:episode><podcast:episode>4</podcast:episode>"
    )
    assert (found.season, found.number) == (None, 4)
    assert {"itunes:season": "0", "itunes:episode": "3.5"}.items() <= lost(found).items()


@pytest.mark.parametrize(
    ("text", "explicit"),
    [("yes", True), ("True", True), ("explicit", True), ("clean", False), ("no", False), ("?", None)],
)
def test_explicit_in_all_its_spellings(text: str, explicit: bool | None) -> None:
    assert episode(f"<itunes:explicit>{text}</itunes:explicit>").explicit is explicit


def test_a_guid_is_kept_letter_by_letter() -> None:
    body = feed("", ENCLOSURE).replace(b"<guid>g0</guid>", b"<guid isPermaLink='false'> a  B&amp;\xc3\xa4#? </guid>")
    assert reading.read([body], "x").episodes[0].guid == "a  B&ä#?"


def test_an_item_without_a_guid_is_known_by_the_address_of_its_sound_as_apps_know_it() -> None:
    body = feed("", ENCLOSURE).replace(b"<guid>g0</guid>", b"")
    found = reading.read([body], "x").episodes[0]
    assert found.guid == "https://old.example.org/a.mp3"
    assert lost(found)["guid"] == found.guid


def test_of_two_items_with_one_guid_the_first_is_kept_and_the_other_named() -> None:
    body = feed("", ENCLOSURE, ENCLOSURE).replace(b"g1", b"g0")
    found = reading.read([body], "x")
    assert len(found.episodes) == 1
    assert found.losses[0].tag == "guid"


def test_a_lock_is_read_with_its_owner() -> None:
    found = show('<podcast:locked owner="rosa@example.org">Yes</podcast:locked>')
    assert (found.locked, found.locked_owner) == (True, "rosa@example.org")
    assert show("<podcast:locked>no</podcast:locked>").locked is False
    assert show("").locked is None


def test_a_feed_that_says_it_has_moved_says_where() -> None:
    new = "https://elsewhere.example.org/feed"
    assert lost(show(f"<itunes:new-feed-url>{new}</itunes:new-feed-url>"))["itunes:new-feed-url"] == new


@pytest.mark.parametrize(
    ("text", "language"), [("en-us", "en-US"), ("EN", "en"), ("zh_hans_cn", "zh-Hans-CN"), ("?", "")]
)
def test_languages_are_written_as_the_standard_has_them(text: str, language: str) -> None:
    assert show(f"<language>{text}</language>").language == language


def test_people_without_a_role_are_hosts_as_the_namespace_says() -> None:
    found = episode(
        '<podcast:person>Rosa</podcast:person><podcast:person role="Guest" group="Cast">Dan</podcast:person>'
    )
    assert [(each.name, each.role, each.group) for each in found.people] == [
        ("Rosa", "host", "cast"),
        ("Dan", "guest", "cast"),
    ]


def test_transcripts_come_in_the_order_in_which_they_are_worth_most() -> None:
    kinds = ["text/plain", "application/srt", "text/html", "application/json", "text/vtt", "odd/kind"]
    tags = "".join(
        f'<podcast:transcript url="https://x.example.org/{n}" type="{kind}"/>' for n, kind in enumerate(kinds)
    )
    found = [each.type for each in episode(tags).transcripts]
    assert found == ["text/vtt", "application/json", "application/srt", "text/html", "text/plain", "odd/kind"]


def test_the_next_page_is_known_by_its_link() -> None:
    assert (
        reading.next_page(feed('<atom:link rel="next" href="https://x.example.org/2"/>'), "x")
        == "https://x.example.org/2"
    )
    assert reading.next_page(feed('<atom:link rel="next" href="file:///etc/passwd"/>'), "x") == ""
    assert reading.next_page(feed(), "x") == ""


def test_all_pages_in_one_document_say_what_the_pages_say() -> None:
    link = '<atom:link rel="next" href="https://x.example.org/2"/>'
    pages = [feed(link, ENCLOSURE), feed("", ENCLOSURE).replace(b"g0", b"g9")]
    whole = reading.together(pages, "x")
    assert reading.next_page(whole, "x") == ""
    assert [each.guid for each in reading.read([whole], "x").episodes] == ["g0", "g9"]


NOTES = {
    "plain text": ("One.\nTwo.\n\nThree *stars*", "One.\nTwo.\n\nThree *stars*"),
    "a picture": ('<p>See <img src="https://x.example.org/a.jpg" alt="A map"></p>', "See A map"),
    "a script": ("<p>Hello</p><script>alert(1)</script><style>p{}</style>", "Hello"),
    "escaped twice": ("&lt;p&gt;Hello &amp;amp; bye&lt;/p&gt;", "<p>Hello &amp; bye</p>"),
    "broken tags": ("<p>One<p>Two</b></p>", "One\n\nTwo"),
    "signs of Markdown": ("<p># No heading, 1. no list, [no](link), _no_ `code` &lt;b&gt;</p>", None),
    "a list in a list": ("<ul><li>One<ul><li>Two</li></ul></li></ul>", None),
    "text of other scripts": ("<p>שלום 🎧 日本</p>", "שלום 🎧 日本"),
}


@pytest.mark.parametrize("kind", NOTES)
def test_notes_of_all_kinds_become_markdown_that_says_the_same(kind: str) -> None:
    html, text = NOTES[kind]
    made = from_html(html)
    assert text is None or made.text == text
    rendered = notes_html(made.markdown)
    assert "<script" not in rendered
    assert not made.lost or kind in ("a picture",)


def test_links_that_run_something_are_lost_and_said() -> None:
    made = from_html(
        '<p><a href="javascript:alert(1)">Click</a> <a href="https://x.example.org/a_(b)?c=1&amp;d=2">Go</a></p>'
    )
    assert made.lost == ("<a> javascript:alert(1)",)
    assert "https://x.example.org/a_(b)?c=1&amp;d=2" in notes_html(made.markdown)


def test_chapters_are_put_in_order_and_what_cannot_be_shown_is_said() -> None:
    found = chapters.from_json(hosts.CHAPTERS)
    assert found.chapters == (
        Chapter(seconds=0, title="Start", end=1.0),
        Chapter(seconds=1.25, title="The docks", url="https://docks.example.org", image="https://i.example.org"),
        Chapter(seconds=2, title="A picture alone", hidden=True, place=Place(name="Grimsby", geo="geo:53.5,-0.08")),
    )
    assert [each.value for each in found.lost] == ["The docks: location"]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"chapters": 3}', b"[" * 100_000, b"\xff", b'{"chapters": null}']
)
def test_what_is_no_list_of_chapters_is_no_error_of_python(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any, with any words
        chapters.from_json(content)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["chapters", "startTime", "title", "url", "toc", "img"]), inner, max_size=4
            )
        ),
    )
)
def test_chapters_of_any_shape_are_ordered_or_refused(data: object) -> None:
    try:
        found = chapters.from_json(json.dumps({"chapters": [data]}).encode())
    except ValueError:
        return
    starts = [each.seconds for each in found.chapters]
    assert starts == sorted(set(starts))
    assert all(each.title or each.hidden for each in found.chapters)


def test_a_feed_of_our_own_is_read_with_all_that_it_says_elsewhere(tmp_path: Path) -> None:
    every_fact.write(tmp_path)
    made = every_fact.published(tmp_path)
    show, (harbour, _) = made.show, (each.episode for each in made.releases)
    found = reading.read([rss.render(made)], "https://old.example.org/feed.xml")
    assert (found.show.license, found.show.license_url) == (show.license, show.license_url)
    assert found.show.funding == show.funding
    assert found.show.schedule == show.schedule
    assert found.show.podroll == show.podroll
    assert found.show.publisher == (show.publisher,)
    assert found.show.comments == show.comments
    old = found.episodes[0]
    assert (old.license, old.display, old.season_name) == ("cc-by-4.0", "Ch. 3", "Coasts & harbours")
    assert (old.links, old.comments) == (harbour.links, harbour.comments)
    assert found.episodes[1].license == ""


def test_what_a_feed_says_elsewhere_fits_into_the_facts_or_is_told_as_lost() -> None:
    channel = (
        '<podcast:license>ours</podcast:license><podcast:funding url="nowhere">Give</podcast:funding>'
        '<podcast:updateFrequency rrule="FREQ=OFTEN">Often</podcast:updateFrequency>'
        '<podcast:podroll><podcast:remoteItem feedGuid="x"/></podcast:podroll>'
        '<podcast:socialInteract protocol="myspace" uri="https://social.example/1"/>'
    )
    show = read(channel).show
    told = {
        "license": show.license,
        "funding": [{"url": each.url, "text": each.text} for each in show.funding],
        "schedule": listing.table(show.schedule),
        "podroll": listing.tables(show.podroll),
        "comments": listing.tables(show.comments),
    }
    needed = tomllib.loads(every_fact.SHOW)
    basic = {key: needed[key] for key in ("title", "description", "url", "guid", "author", "owner", "target")}
    basic |= {"categories": ["Government"], "cover": "cover.png"}
    kept, losses = fitted(ShowFacts, basic | told)
    assert kept["schedule"] == {"text": "Often"}
    assert {each.tag for each in losses} >= {"license", "schedule.rule", "comments.protocol"}
    assert tomllib.loads(toml(kept))["schedule"] == {"text": "Often"}
