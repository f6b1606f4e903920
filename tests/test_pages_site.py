"""The site around the episodes: who, where, how to subscribe, and what its pages tell machines."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import extruct
import lxml.html
import pytest

from placecast import rss
from placecast.model import Directories, Elsewhere, Person, Place
from tests import feeds, shows
from tests.feeds import ADDRESS, pages_of
from tests.shows import structured_data, text_of

SITE = shows.realistic()
TREE = pages_of(SITE)
LATEST = SITE.releases[0]
PLAYERS = [path for path in TREE if path.endswith("player/index.html")]


def parsed(tree: dict[str, bytes], path: str) -> Any:
    return lxml.html.document_fromstring(tree[path])


def page(path: str, *releases: Any, **changes: Any) -> Any:
    """This page of a show with these releases."""
    return parsed(pages_of(feeds.publication(*releases, **changes)), path)


def dated(slug: str, year: int, **facts: Any) -> Any:
    return feeds.release(
        feeds.episode(slug, title=slug.title(), published=datetime(year, 5, 1, 6, tzinfo=UTC), **facts)
    )


def sections(found: Any) -> dict[str, str]:
    """What stands under each heading of a directory."""
    return {text_of(section.find(".//h2")): text_of(section) for section in found.xpath("//main//section")}


# Home


def test_home_names_the_latest_episode_first():
    assert text_of(parsed(TREE, "index.html").find_class("latest")[0]) == f"Latest episode {LATEST.episode.title}"


def test_episodes_stand_by_season_where_all_have_one():
    found = page("index.html", dated("c", 2026, season=2), dated("b", 2026, season=1), dated("a", 2025, season=1))
    assert [text_of(heading) for heading in found.xpath("//div[@id='episodes']//h2")] == ["Season 2", "Season 1"]
    assert found.xpath("//div[@id='episodes']/nav//a/@href") == ["#season-2", "#season-1"]
    assert [text_of(each) for each in found.xpath("//section[@aria-labelledby='season-1']//li/a")] == ["B", "A"]


def test_episodes_stand_by_the_shows_own_year_where_one_has_no_season():
    late = feeds.release(feeds.episode("a", published=datetime(2025, 12, 31, 23, 30, tzinfo=UTC)))
    told = dated("b", 2026, season=1), late
    assert not page("index.html", *told, zone=feeds.LONDON).xpath("//h2[text()='2024']")
    assert [text_of(each) for each in page("index.html", *told).xpath("//div[@id='episodes']//h2")] == ["2026", "2025"]


def test_a_bonus_to_an_old_season_stands_with_it():
    found = page(
        "index.html", dated("c", 2026, season=1, kind="bonus"), dated("b", 2025, season=2), dated("a", 2024, season=1)
    )
    assert [text_of(each) for each in found.xpath("//section[@aria-labelledby='season-1']//li/a")] == ["C", "A"]


# People and places


def test_people_are_listed_with_their_roles_and_episodes():
    found = sections(parsed(TREE, "people/index.html"))
    assert list(found) == ["Nadia Okafor", "Joyce Bellamy", "Siân Prydderch", "Tom Ellis"]
    assert found["Tom Ellis"] == "Tom Ellis guest Who owns the high street? 20 November 2026, 4 min"
    assert found["Nadia Okafor"].endswith("In every episode.")


def test_names_are_sorted_without_regard_to_accents_and_capitals():
    people = tuple(Person(name=name) for name in ("zoe", "Éric", "Eve", "Ann"))
    assert list(sections(page("people/index.html", feeds.release(feeds.episode(people=people)), people=()))) == [
        "Ann",
        "Éric",
        "Eve",
        "zoe",
    ]


def test_places_are_listed_with_what_is_about_them_and_what_was_made_there():
    found = sections(parsed(TREE, "places/index.html"))
    assert list(found) == ["Bangor", "Birmingham", "Digbeth", "Grimsby"]
    assert found["Grimsby"].endswith("About this place A dock and a town 6 November 2026, 2 min")
    assert "Made here Who owns the high street?" in found["Birmingham"]
    assert sections(page("places/index.html"))["Birmingham"].endswith("The show is at home here.")


def test_the_geojson_has_longitude_first_and_a_feature_for_every_place():
    told = json.loads(TREE["places/places.geojson"])
    assert told["type"] == "FeatureCollection"
    features = {each["properties"]["name"]: each for each in told["features"]}
    assert features["Digbeth"]["geometry"] == {"type": "Point", "coordinates": [-1.8836, 52.4754]}
    assert features["Birmingham"]["geometry"] is None
    assert features["Digbeth"]["properties"]["episodes"][0]["url"] == SITE.show.page(LATEST.episode.folder)


@pytest.mark.parametrize("geo", ["geo:91,0", "geo:0,-181", "nowhere", None])
def test_a_place_outside_the_world_has_no_geometry(geo):
    told = feeds.release(feeds.episode(places=(Place(name="Nowhere", geo=geo),)))
    tree = pages_of(feeds.publication(told, places=()))
    assert [each["geometry"] for each in json.loads(tree["places/places.geojson"])["features"]] == [None]


def test_an_empty_show_has_all_pages():
    tree = pages_of(feeds.publication(people=(), places=()))
    assert "Nobody is named yet." in text_of(parsed(tree, "people/index.html"))
    assert "No place is named yet." in text_of(parsed(tree, "places/index.html"))
    assert text_of(parsed(tree, "about/index.html"))


def test_what_another_clone_has_published_is_listed_as_far_as_the_feed_tells():
    (kept, *gone) = SITE.releases
    others = rss.elsewhere(rss.render(SITE), [kept.episode.guid])
    assert len(others) == len(gone)
    tree = pages_of(replace(SITE, releases=(kept,), others=others))
    for path in ("people/index.html", "places/index.html", "places/places.geojson", "about/index.html"):
        assert tree[path].decode() == TREE[path].decode()


# Subscribing

FEED = "https%3A%2F%2Fpodcast.example.org%2Fplacecast%2Ffeed.xml"
OPENS = {
    "Apple Podcasts": "podcast://podcast.example.org/placecast/feed.xml",
    "Pocket Casts": "pktc://subscribe/podcast.example.org/placecast/feed.xml",
    "AntennaPod": f"https://antennapod.org/deeplink/subscribe?url={FEED}&title=Placecast",
    "Overcast": f"overcast://x-callback-url/add?url={FEED}",
}
TOLD = Directories(
    apple="https://podcasts.apple.com/gb/podcast/placecast/id1",
    spotify="https://open.spotify.com/show/1",
    youtube_music="https://music.youtube.com/playlist?list=1",
    pocket_casts="https://pca.st/1",
    overcast="https://overcast.fm/itunes1",
    antennapod="https://antennapod.org/deeplink/subscribe?url=x",
)
APPS = ["Apple Podcasts", "Spotify", "YouTube Music", "Pocket Casts", "AntennaPod", "Overcast"]


def offered(found: Any) -> dict[str, str]:
    return {text_of(link): link.get("href") for link in found.xpath("//ul[@class='apps']//a")}


@pytest.mark.parametrize("path", ["index.html", "subscribe/index.html"])
def test_apps_open_the_feed_and_directories_are_offered_where_they_are_told(path):
    assert offered(parsed(TREE, path)) == OPENS
    found = offered(page(path, directories=TOLD))
    assert list(found) == APPS
    assert list(found.values()) == [
        *(TOLD.apple, TOLD.spotify, TOLD.youtube_music, TOLD.pocket_casts, TOLD.antennapod, TOLD.overcast)
    ]


def test_the_feed_can_be_copied_on_the_page_about_subscribing():
    found = parsed(TREE, "subscribe/index.html")
    assert found.xpath("//input[@readonly]/@value") == [SITE.show.feed_url]
    assert found.xpath("//button/@data-copy") == ["feed"]
    assert found.xpath("//script[@type='module']/@src")


# In other websites


@pytest.mark.parametrize("path", PLAYERS)
def test_the_player_page_is_small_and_has_the_sound_the_script_and_a_way_to_the_transcript(path):
    found = parsed(TREE, path)
    assert len(TREE[path]) < 4_000
    assert found.xpath("//audio/@preload") == ["none"]
    assert len(found.xpath("//script[@type='module']")) == 1
    assert found.xpath("//link[@rel='canonical']/@href")[0] in found.xpath("//a/@href")
    assert set(found.xpath("//a/@target")) == {"_blank"}, "the frame is too small for a page"
    assert found.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_oembed_is_found_on_the_page_and_offers_the_player():
    found = parsed(TREE, f"{LATEST.episode.folder}index.html")
    (address,) = found.xpath("//link[@rel='alternate'][@type='application/json+oembed']/@href")
    told = json.loads(TREE[address.removeprefix(SITE.show.url)])
    # https://oembed.com section 2.3.4: what every response has, and what a rich one has.
    assert {"type": "rich", "version": "1.0"}.items() <= told.items()
    assert {"html", "width", "height"} <= told.keys()
    assert {"thumbnail_url", "thumbnail_width", "thumbnail_height"} <= told.keys()
    (frame,) = lxml.html.fragments_fromstring(told["html"])
    assert frame.tag == "iframe"
    assert frame.get("src") == SITE.show.page(f"{LATEST.episode.folder}player/")
    assert frame.get("title") == "Who owns the high street? – Placecast"


def test_hostile_text_stays_text_in_what_other_websites_take_in():
    attack = '"><script>alert(1)</script>'
    told = feeds.publication(feeds.release(feeds.episode(title=attack)), title=attack)
    (frame,) = lxml.html.fragments_fromstring(json.loads(pages_of(told)["e/trust/oembed.json"])["html"])
    assert not frame.xpath(".//script | following-sibling::*")
    assert attack in frame.get("title")


def test_a_withdrawn_episodes_player_says_so():
    gone = feeds.episode("gone", title="Gone", withdrawn=feeds.SUMMER_MORNING)
    tree = pages_of(replace(feeds.publication(), withdrawn=(gone,)))
    for path in ("e/gone/index.html", "e/gone/player/index.html"):
        assert "“Gone” has not been part of Placecast since 1 May 2026" in text_of(parsed(tree, path))


# For machines

# What schema.org's types need to be of use; https://developers.google.com/search/docs has those that it needs.
REQUIRED = {
    "PodcastSeries": {"name", "url", "webFeed"},
    "PodcastSeason": {"seasonNumber"},
    "PodcastEpisode": {"name", "url", "datePublished", "description", "associatedMedia", "partOfSeries", "image"},
    "AudioObject": {"contentUrl", "encodingFormat", "duration", "name", "uploadDate"},
    "Clip": {"name", "startOffset", "endOffset", "url"},
    "Person": {"name"},
    "Place": {"name"},
    "GeoCoordinates": {"latitude", "longitude"},
    "Organization": {"name"},
    "MediaObject": {"contentUrl", "encodingFormat"},
}


def things(value: Any) -> Any:
    """Everything that has a type in a piece of JSON-LD."""
    if isinstance(value, list):
        for inner in value:
            yield from things(inner)
    if isinstance(value, dict):
        yield from [value] if "@type" in value else []
        yield from things(list(value.values()))


def read(path: str, tree: dict[str, bytes] = TREE) -> Any:
    """What a foreign reader finds on a page."""
    syntaxes = ["json-ld", "opengraph"]
    return extruct.extract(tree[path].decode(), base_url=ADDRESS, syntaxes=syntaxes)


@pytest.mark.parametrize("path", ["index.html", *(f"{release.episode.folder}index.html" for release in SITE.releases)])
def test_everything_that_structured_data_names_has_what_its_type_needs(path):
    (told,) = read(path)["json-ld"]
    assert told == structured_data(parsed(TREE, path))
    found = list(things(told))
    assert {thing["@type"] for thing in found} <= REQUIRED.keys()
    assert [thing for thing in found if not REQUIRED[thing["@type"]] <= thing.keys()] == []


def test_an_episode_has_a_clip_for_each_chapter_and_its_card_as_picture():
    told = structured_data(parsed(TREE, f"{LATEST.episode.folder}index.html"))
    assert [clip["name"] for clip in told["hasPart"]] == [chapter.title for chapter in LATEST.episode.chapters]
    assert told["image"][0].startswith(SITE.show.at(f"{LATEST.episode.folder}card-"))


OPEN_GRAPH = {"og:type", "og:title", "og:url", "og:image", "og:image:alt", "og:image:width", "og:image:height"}
TOLD_PAGES = [path for path in TREE if path.endswith("index.html") and path not in PLAYERS]


@pytest.mark.parametrize("path", TOLD_PAGES)
def test_a_foreign_reader_finds_open_graph_on_every_page(path):
    (told,) = read(path)["opengraph"]
    facts = dict(told["properties"])
    assert facts.keys() >= OPEN_GRAPH
    assert (facts["og:image:width"], facts["og:image:height"]) == ("1200", "630")
    assert facts["og:url"] == parsed(TREE, path).xpath("//link[@rel='canonical']/@href")[0]
    assert facts["og:url"] == SITE.show.at(path.removesuffix("index.html"))
    assert parsed(TREE, path).xpath("//link[@rel='alternate'][@type='application/rss+xml']")


def citations(*people: Person, **changes: Any) -> list[tuple[str, str]]:
    found = page("e/trust/index.html", feeds.release(feeds.episode(people=people)), **changes)
    return [(meta.get("name"), meta.get("content")) for meta in found.xpath("//meta[starts-with(@name, 'citation_')]")]


def test_scholars_find_who_spoke_when_and_where_to_read_it():
    editor = Person(name="Cut Ter", role="editor", group="audio post-production")
    told = citations(feeds.ANA, editor)
    assert [content for name, content in told if name == "citation_author"] == ["Rosa Hartley", "Ana Müller"]
    assert {
        ("citation_title", "Who trusts the council?"),
        ("citation_publication_date", "2026/05/01"),
        ("citation_publisher", feeds.SHOW.author),
        ("citation_fulltext_html_url", f"{ADDRESS}e/trust/"),
    } <= set(told)


def test_an_episode_without_people_is_by_the_shows_author():
    assert ("citation_author", feeds.SHOW.author) in citations(people=())


def test_the_manifest_has_names_colours_and_icons_that_are_there():
    told = json.loads(TREE["site.webmanifest"])
    assert {"name", "short_name", "start_url", "display", "icons", "theme_color", "background_color"} <= told.keys()
    assert [icon["sizes"] for icon in told["icons"]] == ["192x192", "512x512"]
    assert parsed(TREE, "index.html").xpath("//link[@rel='manifest']/@href") == ["./site.webmanifest"]


def test_a_place_that_the_feed_does_not_describe_well_is_taken_as_it_is():
    feed = rss.render(feeds.publication(feeds.FULL_RELEASE)).replace(b'rel="subject"', b'rel="odd"')
    (other,) = rss.elsewhere(feed, ())
    assert isinstance(other, Elsewhere)
    assert {(place.name, place.rel, place.country) for place in other.places} == {
        ("Marlow", "subject", "GB"),
        ("Birmingham", "creator", "GB"),
    }


def test_two_people_of_one_name_in_an_episode_are_listed_once():
    twice = (Person(name="Ana"), Person(name="Ana", role="editor", group="audio"))
    found = sections(page("people/index.html", feeds.release(feeds.episode(people=twice)), people=()))
    assert found["Ana"].startswith("Ana guest editor Who trusts")
