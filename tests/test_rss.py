"""The feed: what is in it, byte for byte, and what other people's readers make of it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import podcastparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from placecast import rss
from placecast.categories import CATEGORIES, is_category
from placecast.checks.vocabularies import GROUPS, ROLES
from placecast.errors import PlacecastError
from placecast.fingerprint import podcast_guid
from placecast.model import Chapter, Distribution, Person, Place, Publication, Soundbite
from placecast.rss.extensions import APPLE, PODCAST
from placecast.rss.text import NAME_LIMIT, cut, cut_bytes, plain
from tests import npm
from tests.feeds import (
    ADDRESS,
    ANA,
    BIRMINGHAM,
    COVER,
    FULL_RELEASE,
    LONDON,
    MARLOW,
    ROSA,
    audio,
    episode,
    publication,
    release,
    show,
    transcript,
)
from tests.hostile import EPISODES, HOSTILE, SHOWS, TEXTS, written

GOLDEN = Path(__file__).parent / "data" / "feed"
NAMES = {
    "itunes": APPLE,
    "podcast": PODCAST,
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
}

WINTER = release(
    episode("winter", title="Winter in Marlow", published=datetime(2026, 1, 1, 6, tzinfo=LONDON), kind="bonus")
)
HOSTILE_RELEASE = release(
    episode(
        "hostile",
        title=HOSTILE,
        summary=HOSTILE,
        people=(Person(name=HOSTILE, role=HOSTILE, url=HOSTILE),),
        places=(Place(name=HOSTILE, geo=HOSTILE),),
        chapters=(Chapter(seconds=0, title=HOSTILE),),
        soundbites=(Soundbite(seconds=1, duration=20, title=HOSTILE),),
    ),
    notes_html=f"<p>{HOSTILE}</p>",
)

PUBLICATIONS = {
    "empty": publication(),
    "bare": publication(
        release(transcript=transcript(), notes_html=""), people=(), places=(), license="", copyright=""
    ),
    "full": publication(FULL_RELEASE, WINTER),
    "hostile": publication(HOSTILE_RELEASE, title=HOSTILE, categories=((HOSTILE, HOSTILE),)),
}


def _channel(told: Publication) -> etree._Element:
    channel = etree.fromstring(rss.render(told)).find("channel")
    assert channel is not None
    return channel


def _item(**facts: object) -> etree._Element:
    return _channel(publication(release(episode(**facts)))).find("item")


def _texts(parent: etree._Element, name: str) -> list[str | None]:
    return [element.text for element in parent.findall(name, NAMES)]


def _attributes(parent: etree._Element, name: str) -> list[dict[str, str]]:
    return [dict(element.attrib) for element in parent.findall(name, NAMES)]


# Bytes


@pytest.mark.parametrize("name", PUBLICATIONS)
def test_the_feed_is_the_golden_one(name, request):
    golden = GOLDEN / f"{name}.xml"
    built = rss.render(PUBLICATIONS[name])
    if request.config.getoption("--update-golden", default=False) or os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(built)
    assert built.decode() == golden.read_text(encoding="utf-8")


def test_two_runs_in_any_order_give_the_same_bytes():
    assert rss.render(publication(FULL_RELEASE, WINTER)) == rss.render(publication(WINTER, FULL_RELEASE))


def test_another_process_on_another_day_gives_the_same_bytes():
    script = "import sys; from tests.test_rss import *; sys.stdout.buffer.write(rss.render(PUBLICATIONS['full']))"
    built = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
    )
    assert built.stdout == rss.render(PUBLICATIONS["full"])


def test_the_feed_begins_as_psp_1_wants_it():
    assert rss.render(publication()).startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<rss ')


# The channel


def test_the_channel_says_what_the_show_says():
    channel = _channel(publication(FULL_RELEASE))
    assert {
        name: _texts(channel, name) for name in ("title", "language", "copyright", "itunes:type", "itunes:author")
    } == {
        "title": ["Placecast"],
        "language": ["en-GB"],
        "copyright": ["LPIP Hub"],
        "itunes:type": ["episodic"],
        "itunes:author": ["Local Policy Innovation Partnership Hub"],
    }
    assert channel.findtext("description") == "Conversations about places, and what makes them work."
    assert _texts(channel, "itunes:owner/itunes:email") == ["hub@example.org"]
    assert _texts(channel, "itunes:owner/itunes:name") == ["LPIP Hub"]


def test_the_channel_links_to_the_page_and_names_its_own_address():
    channel = _channel(publication())
    assert _texts(channel, "link") == [ADDRESS]
    assert _attributes(channel, "atom:link") == [
        {"href": ADDRESS + "feed.xml", "rel": "self", "type": "application/rss+xml"}
    ]


def test_only_those_hubs_are_named_that_are_told():
    hubs = ("https://hub.example/?a=1&b=2", "https://pubsubhubbub.appspot.com/")
    links = _attributes(
        _channel(publication(distribution=Distribution(hubs=hubs, cloudfront="E2EXAMPLE123"))), "atom:link"
    )
    assert [(link["rel"], link["href"]) for link in links if link["rel"] == "hub"] == [("hub", hub) for hub in hubs]
    assert [link["href"] for link in links if link["rel"] == "self"] == [ADDRESS + "feed.xml"]


def test_the_channel_has_the_podcasting_2_0_tags():
    channel = _channel(publication())
    assert _texts(channel, "podcast:guid") == [show().guid]
    assert _texts(channel, "podcast:medium") == ["podcast"]
    assert _texts(channel, "podcast:license") == ["cc-by-4.0"]
    assert _texts(channel, "podcast:locked") == ["yes"]
    assert _attributes(channel, "podcast:locked") == [{"owner": "hub@example.org"}]
    assert _texts(_channel(publication(locked=False)), "podcast:locked") == ["no"]


def test_the_date_of_the_feed_is_the_newest_date_of_its_content():
    assert _texts(_channel(publication(WINTER, FULL_RELEASE)), "lastBuildDate") == ["Fri, 01 May 2026 05:00:00 +0000"]


def test_a_feed_without_releases_has_no_date():
    assert _texts(_channel(publication()), "lastBuildDate") == []


def test_nothing_names_a_version_that_a_new_release_of_ours_would_change():
    assert _texts(_channel(publication()), "generator") == ["Placecast"]


@pytest.mark.parametrize(("explicit", "text"), [(True, "true"), (False, "false")])
def test_explicit_is_true_or_false(explicit, text):
    assert _texts(_channel(publication(explicit=explicit)), "itunes:explicit") == [text]


@pytest.mark.parametrize("name", ["cover.jpg", "cover.jpeg", "cover.JPG", "cover.webp"])
def test_the_cover_is_never_dropped(name):
    channel = _channel(publication(FULL_RELEASE, cover=replace(COVER, name=name)))
    assert _attributes(channel, "itunes:image") == [{"href": f"{ADDRESS}media/{name}"}]
    assert _attributes(channel, "item/itunes:image") == [{"href": f"{ADDRESS}media/{name}"}]


def test_subcategories_lie_inside_their_category():
    told = (("Science", "Physics"), ("Science", "Nature"), ("News",), ('Odd "one"',))
    categories = _channel(publication(categories=told)).findall("itunes:category", NAMES)
    assert [(top.get("text"), [sub.get("text") for sub in top]) for top in categories] == [
        ("Science", ["Physics", "Nature"]),
        ("News", []),
        ('Odd "one"', []),
    ]


def test_a_show_without_a_title_is_refused_in_plain_words():
    with pytest.raises(PlacecastError, match=r"placecast\.toml"):
        rss.render(publication(title="\x00"))


# Items


def test_the_newest_episode_is_first():
    titles = _texts(_channel(publication(WINTER, FULL_RELEASE)), "item/title")
    assert titles == [FULL_RELEASE.episode.title, WINTER.episode.title]


def test_an_item_says_what_the_episode_says():
    item = _channel(publication(FULL_RELEASE)).find("item")
    expected = {
        "title": FULL_RELEASE.episode.title,
        "itunes:title": FULL_RELEASE.episode.title,
        "guid": FULL_RELEASE.episode.guid,
        "link": ADDRESS + "e/trust/",
        "pubDate": "Fri, 01 May 2026 05:00:00 +0000",
        "description": FULL_RELEASE.episode.summary,
        "itunes:summary": FULL_RELEASE.episode.summary,
        "itunes:duration": "1800",
        "itunes:season": "2",
        "itunes:episode": "12",
        "itunes:episodeType": "full",
        "itunes:explicit": "false",
        "podcast:season": "2",
        "podcast:episode": "12",
        "podcast:license": "cc-by-4.0",
    }
    assert {name: _texts(item, name) for name in expected} == {name: [text] for name, text in expected.items()}
    assert _attributes(item, "guid") == [{"isPermaLink": "false"}]


def test_the_enclosure_is_the_published_file():
    assert _attributes(_channel(publication(FULL_RELEASE)), "item/enclosure") == [
        {"url": f"{ADDRESS}media/{audio().name}", "length": "21600768", "type": "audio/mpeg"}
    ]


@pytest.mark.parametrize(
    ("published", "text"),
    [
        (datetime(2026, 7, 1, 0, 30, tzinfo=LONDON), "Tue, 30 Jun 2026 23:30:00 +0000"),
        (datetime(2026, 12, 1, 0, 30, tzinfo=LONDON), "Tue, 01 Dec 2026 00:30:00 +0000"),
        (datetime(2026, 12, 1, 0, 30, tzinfo=UTC), "Tue, 01 Dec 2026 00:30:00 +0000"),
    ],
)
def test_dates_are_in_universal_time(published, text):
    assert _item(published=published).findtext("pubDate") == text


@pytest.mark.parametrize(("told", "text"), [(True, "true"), (False, "false"), (None, "true")])
def test_an_episode_is_explicit_by_itself_or_as_the_show_is(told, text):
    channel = _channel(publication(release(episode(explicit=told)), explicit=True))
    assert _texts(channel, "item/itunes:explicit") == [text]


def test_show_notes_are_html_with_the_chapters_below():
    item = _channel(publication(FULL_RELEASE)).find("item")
    assert item.findtext("content:encoded", None, NAMES) == (
        "<p>Why some <em>towns</em> trust.</p><ul><li>00:00:00 Welcome</li>"
        "<li>00:01:01 Trust &amp; &lt;doubt&gt;</li><li>00:15:00 What next?</li></ul>"
    )


def test_without_a_summary_the_description_is_the_notes_in_plain_text():
    told = release(episode(summary=""), notes_html="<p>One <b>two</b></p><p>three&nbsp;&amp; four</p>")
    item = _channel(publication(told)).find("item")
    assert item.findtext("description") == "One two three\xa0& four"
    assert item.findtext("content:encoded", None, NAMES) == told.notes_html


def test_there_is_always_a_description_so_that_the_notes_stay_apart():
    item = _channel(publication(release(episode(summary=""), notes_html="<hr>"))).find("item")
    assert item.findtext("description") == episode().title
    assert item.findtext("content:encoded", None, NAMES) == "<hr>"


def test_the_transcript_is_offered_in_four_forms():
    where = ADDRESS + "e/trust/transcript."
    told = release(transcript=transcript("Croeso.", language="cy"))
    assert _attributes(_channel(publication(told)), "item/podcast:transcript") == [
        {"url": where + "vtt", "type": "text/vtt", "language": "cy", "rel": "captions"},
        {"url": where + "srt", "type": "application/x-subrip", "language": "cy", "rel": "captions"},
        {"url": where + "json", "type": "application/json", "language": "cy"},
        {"url": where + "html", "type": "text/html", "language": "cy"},
    ]


def test_a_machines_words_are_labelled_until_a_person_answers_for_them():
    def labels(**facts: object) -> list[tuple[str | None, str | None]]:
        item = _channel(publication(release(**facts))).find("item")
        return [(tag.get("purpose"), tag.text) for tag in item.findall("podcast:txt", NAMES)]

    assert labels(approval=None) == labels(approval=None, edited=False) == [("ai-content", "true")]
    assert labels() == labels(approval=None, machine=False) == labels(approval=None, transcript=transcript()) == []


def test_an_empty_transcript_is_not_offered():
    assert not _texts(_channel(publication(release(transcript=transcript()))), "item/podcast:transcript")


def test_chapters_are_named_only_where_there_are_some():
    assert _attributes(_item(chapters=(Chapter(seconds=0, title="a"),)), "podcast:chapters") == [
        {"url": ADDRESS + "e/trust/chapters.json", "type": "application/json+chapters"}
    ]
    assert _attributes(_item(), "podcast:chapters") == []


def test_an_item_says_the_hosts_again_because_its_persons_replace_the_shows():
    item = _item(people=(ANA, ROSA, Person(name="Rosa Hartley", role="producer")))
    assert [(person.text, person.get("role")) for person in item.findall("podcast:person", NAMES)] == [
        ("Rosa Hartley", "host"),
        ("Ana Müller", "guest"),
        ("Rosa Hartley", "producer"),
    ]
    assert _attributes(item, "podcast:person")[1] == {
        "role": "guest",
        "group": "cast",
        "href": "https://example.org/ana",
        "img": "https://example.org/ana.jpg",
    }


def test_what_an_episode_is_about_comes_before_where_it_was_made():
    item = _item(places=(BIRMINGHAM, MARLOW))
    assert _texts(item, "podcast:location") == ["Marlow", "Birmingham"]
    assert _attributes(item, "podcast:location")[0] == {
        "rel": "subject",
        "geo": "geo:51.5718706,-0.7769654",
        "osm": "R3727240",
        "country": "GB",
    }


def test_the_shows_places_are_not_said_again():
    channel = _channel(publication(release()))
    assert _texts(channel, "podcast:location") == ["Birmingham"]
    assert _texts(channel, "item/podcast:location") == []


def test_soundbites_have_times_in_seconds():
    item = _item(soundbites=(Soundbite(seconds=73, duration=42.25, title="Trust"), Soundbite(seconds=1.5, duration=20)))
    assert _attributes(item, "podcast:soundbite") == [
        {"startTime": "73", "duration": "42.25"},
        {"startTime": "1.5", "duration": "20"},
    ]
    assert _texts(item, "podcast:soundbite") == ["Trust", None]


def test_numbers_that_nobody_gave_are_left_out():
    item = _item()
    for name in ("itunes:season", "itunes:episode", "podcast:season", "podcast:episode"):
        assert _texts(item, name) == []


# Texts


def test_names_are_cut_at_a_word_where_the_specification_has_a_limit():
    name = _item(people=(Person(name="A long name " * 20),)).findall("podcast:person", NAMES)[-1].text
    assert len(name) <= NAME_LIMIT
    assert name.removesuffix("…").split()[-1] in {"A", "long", "name"}
    assert len(name) > NAME_LIMIT - len("name…") - 1


def test_descriptions_are_cut_by_their_bytes():
    text = _item(summary="Đèrry, " * 1000).findtext("description")
    assert 3980 < len(text.encode()) <= 4000
    assert text.endswith("Đèrry,…")


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=400), st.integers(10, 300))
def test_a_cut_text_fits_and_begins_as_the_text(text, limit):
    for short in (cut(text, limit), cut_bytes(text, limit)):
        assert short == text or text.startswith(short.removesuffix("…"))
    assert len(cut(text, limit)) <= limit
    assert len(cut_bytes(text, limit).encode()) <= limit


def test_plain_text_has_words_apart_and_no_marks():
    assert plain("<h2>Who</h2><ul><li>A<i>n</i>a</li><li>Bec &lt;3</li></ul>") == "Who Ana Bec <3"


@settings(deadline=None)
@given(SHOWS, EPISODES, TEXTS)
def test_no_text_breaks_the_feed_and_titles_read_back(facts, told, notes):
    xml = rss.render(publication(release(told, notes_html=notes), **facts))
    for parse in (etree.fromstring, ElementTree.fromstring):
        channel = parse(xml).find("channel")
        assert channel.findtext("title") == written(facts["title"])
        assert channel.findtext("item/title") == written(told.title)
        assert (channel.findtext("item/guid") or "") == written(told.guid)
        assert (channel.findtext("itunes:author", None, NAMES) or "") == written(facts["author"])


# Foreign readers


def test_feedparser_finds_nothing_to_complain_about():
    read = feedparser.parse(rss.render(PUBLICATIONS["full"]))
    assert not read.bozo
    assert read.feed.link == ADDRESS
    assert [entry.title for entry in read.entries] == [FULL_RELEASE.episode.title, WINTER.episode.title]
    assert [entry.id for entry in read.entries] == [FULL_RELEASE.episode.guid, WINTER.episode.guid]
    assert read.entries[0].published_parsed[:5] == (2026, 5, 1, 5, 0)
    assert read.entries[0].enclosures[0].href == ADDRESS + audio().path
    assert read.entries[0].content[0].value.startswith("<p>Why some <em>towns</em>")


@pytest.mark.parametrize("hubs", [(), ("https://hub.example/",)])
def test_feedparser_finds_the_hub_only_where_there_is_one(hubs):
    read = feedparser.parse(rss.render(publication(release(), distribution=Distribution(hubs=hubs))))
    assert not read.bozo
    assert read.feed.link == ADDRESS
    assert tuple(link.href for link in read.feed.links if link.rel == "hub") == hubs
    assert [link.href for link in read.feed.links if link.rel == "self"] == [ADDRESS + "feed.xml"]


def test_podcastparser_reads_the_show_and_its_episodes():
    read = podcastparser.parse(ADDRESS + "feed.xml", io.BytesIO(rss.render(PUBLICATIONS["full"])))
    assert (read["title"], read["link"], read["type"], read["explicit"]) == ("Placecast", ADDRESS, "episodic", False)
    assert read["itunes_categories"] == [["Science", "Social Sciences"], ["Government"]]
    assert read["itunes_owner"] == {"name": "LPIP Hub", "email": "hub@example.org"}
    assert read["cover_url"] == ADDRESS + COVER.path
    first, second = read["episodes"]
    assert (first["season"], first["number"], first["type"], first["total_time"]) == (2, 12, "full", 1800)
    assert first["published"] == FULL_RELEASE.published.timestamp()
    assert first["enclosures"] == [{"url": ADDRESS + audio().path, "file_size": 21_600_768, "mime_type": "audio/mpeg"}]
    assert first["description"] == FULL_RELEASE.episode.summary
    assert second["type"] == "bonus"


@pytest.mark.parametrize("name", PUBLICATIONS)
def test_every_golden_feed_is_read_by_the_python_readers(name):
    xml = rss.render(PUBLICATIONS[name])
    assert not feedparser.parse(xml).bozo
    episodes = podcastparser.parse(ADDRESS + "feed.xml", io.BytesIO(xml))["episodes"]
    assert [told["guid"] for told in episodes] == [told.episode.guid for told in PUBLICATIONS[name].releases]


@pytest.fixture(scope="session")
def partytime(node_modules, tmp_path_factory):
    """Reads feeds as the Podcast Index does."""
    folder = tmp_path_factory.mktemp("feeds")

    def read(xml: bytes) -> dict[str, object]:
        (folder / "feed.xml").write_bytes(xml)
        return npm.parsed("partytime", folder / "feed.xml")

    return read


@pytest.mark.npm
def test_the_podcast_index_reads_the_show(partytime):
    read = partytime(rss.render(PUBLICATIONS["full"]))
    assert read["pubsub"] == {"self": ADDRESS + "feed.xml"}
    assert read["link"] == ADDRESS
    assert (read["guid"], read["medium"], read["language"]) == (show().guid, "podcast", "en-GB")
    assert (read["locked"], read["podcastOwner"]) == (True, "hub@example.org")
    assert read["itunesCategory"] == ["Science > Social Sciences", "Government"]
    assert read["itunesImage"] == ADDRESS + COVER.path
    assert read["license"]["identifier"] == "cc-by-4.0"
    assert read["podcastPeople"] == [{"name": "Rosa Hartley", "role": "Host", "group": "Cast", "href": ROSA.url}]
    assert read["podcastLocation"] == {"name": "Birmingham", "osm": BIRMINGHAM.osm, "geo": BIRMINGHAM.geo}
    assert read["lastBuildDate"] == "2026-05-01T05:00:00.000Z"
    assert {tag for tags in read["pc20support"].values() for tag in tags} == {
        "locked", "transcript", "chapters", "soundbite", "person", "location", "season", "episode", "license", "guid",
        "medium",
    }  # fmt: skip


@pytest.mark.npm
def test_the_podcast_index_reads_an_episode(partytime):
    item = partytime(rss.render(PUBLICATIONS["full"]))["items"][0]
    assert (item["guid"], item["title"], item["duration"]) == (
        FULL_RELEASE.episode.guid,
        FULL_RELEASE.episode.title,
        1800,
    )
    assert item["enclosure"] == {"url": ADDRESS + audio().path, "length": 21_600_768, "type": "audio/mpeg"}
    assert [told["type"] for told in item["podcastTranscripts"]] == [
        "text/vtt",
        "application/srt",  # it has its own name for application/x-subrip
        "application/json",
        "text/html",
    ]
    assert [told.get("rel") for told in item["podcastTranscripts"]] == ["captions", "captions", None, None]
    assert item["podcastChapters"] == {"url": ADDRESS + "e/trust/chapters.json", "type": "application/json+chapters"}
    assert item["podcastSoundbites"] == [{"startTime": 73, "duration": 42.25, "title": "Trust is local"}]
    assert [told["name"] for told in item["podcastPeople"]] == ["Rosa Hartley", "Ana Müller"]
    assert item["podcastLocation"]["name"] == "Marlow"
    assert (item["podcastSeason"], item["podcastEpisode"]) == ({"number": 2}, {"number": 12})


@pytest.mark.npm
def test_the_podcast_index_reads_hostile_texts(partytime):
    read = partytime(rss.render(PUBLICATIONS["hostile"]))
    assert "🎧 שלום" in read["title"]
    assert read["items"][0]["guid"] == HOSTILE_RELEASE.episode.guid


# Other people's lists


def _list_of(node_modules: Path, file: str, expression: str) -> object:
    path = json.dumps(str(node_modules / "podcast-partytime" / "dist" / "parser" / file))
    return json.loads(npm.node("-e", f"console.log(JSON.stringify(require({path}).{expression}))"))


@pytest.mark.npm
def test_our_categories_are_those_that_the_podcast_index_took_from_apple(node_modules):
    theirs = _list_of(node_modules, "itunes-categories.js", "itunesCategoriesSourceOfTruth")
    assert {each["name"]: tuple(each["subCategories"]) for each in theirs} == dict(CATEGORIES)


@pytest.mark.npm
def test_our_roles_and_groups_are_those_of_the_podcast_index(node_modules):
    assert {role.lower() for role in _list_of(node_modules, "person-enum.js", "PersonRole").values()} == ROLES
    assert {group.lower() for group in _list_of(node_modules, "person-enum.js", "PersonGroup").values()} == GROUPS


@pytest.mark.parametrize(
    ("path", "known"),
    [
        (("News",), True),
        (("News", "Politics"), True),
        (("news",), False),
        (("News", "Physics"), False),
        (("Politics",), False),
        ((), False),
        (("News", "Politics", "Local"), False),
    ],
)
def test_a_category_is_matched_letter_by_letter(path, known):
    assert is_category(path) is known


# The test vectors of the podcast namespace's page about guid.
@pytest.mark.parametrize(
    ("address", "guid"),
    [
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("http://mp3s.nashownotes.com/pc20rss.xml//", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ],
)
def test_the_guid_of_a_show_follows_the_specification(address, guid):
    assert podcast_guid(address) == guid
