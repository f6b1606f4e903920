"""The pages as a reader of HTML finds them: whole, linked together, and harmless whatever the facts say."""

from __future__ import annotations

import gzip
import posixpath
import re
import subprocess
import sys
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote, urljoin, urlsplit
from zoneinfo import ZoneInfo

import lxml.etree
import lxml.html
import pytest

from placecast import pages
from placecast.fingerprint import sha256
from tests import feeds, shows
from tests.feeds import pages_of
from tests.shows import page_of, text_of

SITE = shows.realistic()
TREE = pages_of(SITE)
PAGES = {path: lxml.html.document_fromstring(content) for path, content in TREE.items() if path.endswith(".html")}
SLUGS = [release.episode.slug for release in SITE.releases]
HIGH_STREET = "e/who-owns-the-high-street/index.html"
VOID = {"br", "hr", "img", "input", "link", "meta", "source"}

every_page = pytest.mark.parametrize("path", sorted(PAGES))


class Balance(HTMLParser):
    """Says whether every element that is opened is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


# Structure


def test_the_tree_has_every_page_and_nothing_unexpected():
    plain = {re.sub(r"-[0-9a-f]{8}\.", ".", path) for path in TREE}
    assert plain == {
        *(f"e/{slug}/{name}" for slug in SLUGS for name in ("index.html", "oembed.json", "player/index.html")),
        *(f"e/{slug}/cite.{suffix}" for slug in SLUGS for suffix in ("bib", "ris", "json")),
        "404.html",
        "about/index.html",
        "accessibility/index.html",
        "assets/player.js",
        "assets/search.js",
        "assets/site.css",
        "assets/style.css",
        "assets/subscribe.js",
        "index.html",
        "people/index.html",
        "places/index.html",
        "places/places.geojson",
        "robots.txt",
        "search/index.html",
        "site.webmanifest",
        "sitemap.xml",
        "subscribe/index.html",
        "transcripts/index.html",
    }


@every_page
def test_elements_are_closed_in_the_order_they_were_opened(path):
    reader = Balance()
    reader.feed(TREE[path].decode())
    reader.close()
    assert reader.open == []


@every_page
def test_a_page_says_its_language_its_title_and_its_encoding(path):
    page = PAGES[path]
    assert TREE[path].startswith(b"<!doctype html>\n")
    assert page.get("lang") == "en-GB"
    assert text_of(page.find(".//title"))
    assert page.xpath("//meta[@charset='utf-8']")


def test_no_two_pages_have_the_same_title():
    titles = [text_of(page.find(".//title")) for page in PAGES.values()]
    assert len(set(titles)) == len(titles)


@every_page
def test_headings_start_with_one_h1_and_skip_no_level(path):
    levels = [int(heading.tag[1]) for heading in PAGES[path].xpath("//*[self::h1 or self::h2 or self::h3 or self::h4]")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("path", sorted(path for path in PAGES if "/player/" not in path))
def test_landmarks_are_there_and_the_skip_link_comes_first(path):
    page = PAGES[path]
    assert len(page.xpath("//main")) == 1
    assert len(page.xpath("//body/footer")) == 1
    first = page.xpath("(//a)[1]")[0]
    assert page.get_element_by_id(first.get("href")[1:]).tag == "main"


@every_page
def test_every_control_picture_and_region_has_a_name(path):
    page = PAGES[path]
    for field in page.xpath("//input | //select"):
        labelled = field.xpath("ancestor::label") or page.xpath(f"//label[@for='{field.get('id')}']")
        assert labelled or field.get("aria-label")
    assert all(text_of(button) for button in page.xpath("//button"))
    assert all(image.get("alt") is not None for image in page.xpath("//img"))
    assert all(audio.get("aria-label") for audio in page.xpath("//audio"))
    assert all(area.get("aria-label") or area.get("aria-labelledby") for area in page.xpath("//nav | //section"))
    assert all(text_of(link) or link.xpath(".//img[@alt]") for link in page.xpath("//a"))


@every_page
def test_ids_are_unique_and_what_refers_to_them_finds_them(path):
    page = PAGES[path]
    ids = page.xpath("//@id")
    assert len(set(ids)) == len(ids)
    for attribute in ("aria-labelledby", "aria-describedby", "for"):
        assert set(page.xpath(f"//@{attribute}")) <= set(ids)


# Links


def public_paths() -> set[str]:
    """Every path of the public tree, ours and the others', as links may end on them."""
    paths = set(TREE) | {"feed.xml", SITE.show.cover.path, *pages.drawn(SITE)}
    for release in SITE.releases:
        paths.add(release.audio.path)
        paths |= {release.episode.transcript_path(suffix) for suffix in ("vtt", "srt", "json", "txt")}
    return paths | {path.removesuffix("index.html") for path in TREE if path.endswith("index.html")}


def links_inside(path: str) -> list[str]:
    found = PAGES[path].xpath("//a/@href | //link[not(@rel='canonical')]/@href | //@src | //@data-cover")
    return [link for link in found if not urlsplit(link).scheme]


@every_page
@pytest.mark.parametrize("base", ["https://podcast.example.org/placecast/", "http://127.0.0.1:8000/", "file:///a/b/"])
def test_every_link_inside_the_site_arrives_under_any_prefix(path, base):
    for link in links_inside(path):
        target = urljoin(base + path, link)
        assert target.startswith(base)
        assert unquote(urlsplit(target).path.removeprefix(urlsplit(base).path)) in public_paths()


@every_page
def test_every_fragment_link_has_its_anchor(path):
    for link in links_inside(path):
        target, _, fragment = link.partition("#")
        file = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
        page = (
            PAGES[file if file in PAGES else posixpath.normpath(posixpath.join(file, "index.html"))]
            if fragment
            else None
        )
        assert page is None or page.get_element_by_id(unquote(fragment)) is not None


def test_the_missing_page_works_at_any_depth():
    page = PAGES["404.html"]
    links = page.xpath("//@href | //@src")
    assert {link for link in links if link != "#main"} == {
        link for link in links if link.startswith((SITE.show.url, "mailto:", "https://creativecommons.org/"))
    }


@every_page
def test_nothing_is_loaded_from_another_host_and_nothing_is_inline(path):
    page = PAGES[path]
    loaded = page.xpath("//@src | //link[@rel='stylesheet' or @rel='icon']/@href | //@srcset | //@poster")
    ours = [urljoin(SITE.show.at(path), address) for address in loaded]
    assert ours
    assert all(address.startswith(SITE.show.url) for address in ours)
    assert not page.xpath("//style | //@style | //iframe | //object | //embed | //form[@role != 'search']")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    assert {script.get("type") for script in page.xpath("//script")} <= {"module", "application/ld+json"}
    assert all(script.get("src") for script in page.xpath("//script[@type='module']"))


def test_style_and_script_load_nothing_and_are_small():
    style, script = (
        next(TREE[path] for path in TREE if re.search(name, path)) for name in (r"style-.*css", r"player-.*js")
    )
    assert not re.search(rb"url\(|@import|https?:", style)
    assert not re.search(rb"\bimport\b|fetch\(|https?:", script)
    assert len(gzip.compress(script)) <= 6_000


def test_assets_are_named_for_what_is_in_them():
    names = [path for path in TREE if path.startswith("assets/")]
    assert all(sha256(TREE[name])[:8] == re.search(r"-(\w{8})\.", name)[1] for name in names)


# The home page


def test_home_lists_the_episodes_newest_first_with_date_length_summary_and_people():
    entries = [text_of(entry) for entry in PAGES["index.html"].xpath("//ol[@class='shelf']/li")]
    assert [entry.split(" Season")[0] for entry in entries] == [release.episode.title for release in SITE.releases]
    assert "Season 1, episode 3 20 November 2026 4 min" in entries[0]
    assert SITE.releases[0].episode.summary in entries[0]
    assert "Nadia Okafor host, Tom Ellis guest" in entries[0]


def test_home_offers_the_feed_to_copy_to_open_and_to_discover():
    page = PAGES["index.html"]
    assert page.xpath("//input[@readonly]/@value") == [SITE.show.feed_url]
    assert page.xpath("//main//a[@href='./feed.xml']")
    assert page.xpath("//link[@rel='alternate'][@type='application/rss+xml']/@href") == [SITE.show.feed_url]


def test_a_show_without_episodes_has_a_home():
    page = lxml.html.document_fromstring(pages_of(feeds.publication())["index.html"])
    assert "There are no episodes yet." in text_of(page)


def test_dates_are_those_of_the_shows_own_zone():
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    release = feeds.release(published=late)
    there = page_of(release, zone=ZoneInfo("Europe/London"))
    assert there.xpath("//time[contains(text(), '2026')]/@datetime") == ["2026-07-01T00:30:00+01:00"]
    assert "1 July 2026" in text_of(there)
    assert "30 June 2026" in text_of(page_of(release, zone=ZoneInfo("America/New_York")))


# For machines


def test_the_sitemap_lists_every_public_page_and_robots_points_to_it():
    root = lxml.etree.fromstring(TREE["sitemap.xml"])
    found = root.xpath("//*[local-name()='loc']/text()")
    listed = {path.removesuffix("index.html") for path in PAGES if path != "404.html" and "/player/" not in path}
    assert set(found) == {SITE.show.at(path) for path in listed}
    assert TREE["robots.txt"].decode().endswith(f"Sitemap: {SITE.show.at('sitemap.xml')}\n")


def test_equal_content_has_equal_bytes_in_another_process_and_zone():
    command = (
        "import hashlib; from tests.feeds import pages_of; from tests import shows;"
        "print(hashlib.sha256(repr(sorted(pages_of(shows.realistic()).items())).encode()).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", command],
            env={"PYTHONPATH": ".", "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "UTC"))
    ]
    assert runs[0] == runs[1]


# Colour


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_text_stands_out_from_every_ground_it_stands_on(scheme):
    style = next(content for path, content in TREE.items() if path.startswith("assets/style-")).decode()
    blocks = [
        dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", block)) for block in re.findall(r":root{(.*?)}", style, re.S)
    ]
    light, dark, printed = blocks
    colours = {"light": light, "dark": light | dark, "print": light | printed}[scheme]
    for ground in ("paper", "raised", "wash", "mark", "note"):
        assert contrast(colours["ink"], colours[ground]) >= 7
    for ground in ("paper", "raised", "wash"):
        assert contrast(colours["quiet"], colours[ground]) >= 4.5
    for ground in ("paper", "raised", "wash", "note"):
        assert contrast(colours["accent"], colours[ground]) >= 4.5
    if scheme != "print":
        assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
