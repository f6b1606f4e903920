"""The pages as a reader of HTML finds them: whole, linked together, and harmless whatever the facts say."""

from __future__ import annotations

import gzip
import json
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
from hypothesis import given, settings
from hypothesis import strategies as st

from placecast.fingerprint import sha256
from placecast.model import Chapter, Cue, Person, Place, Publication, Transcript
from placecast.pages import notes_html, notes_text, render
from tests import feeds, shows

SITE = shows.realistic()
TREE = render(SITE)
PAGES = {path: lxml.html.document_fromstring(content) for path, content in TREE.items() if path.endswith(".html")}
HIGH_STREET = "e/who-owns-the-high-street/index.html"
VOID = {"br", "hr", "img", "input", "link", "meta", "source"}

every_page = pytest.mark.parametrize("path", sorted(PAGES))


def page_of(*releases, **changes) -> lxml.html.HtmlElement:
    """The page of the first of these releases."""
    tree = render(feeds.publication(*releases, **changes))
    return lxml.html.document_fromstring(tree[f"{releases[0].episode.folder}index.html"])


def text_of(element) -> str:
    return " ".join(element.text_content().split())


def structured_data(page) -> dict:
    (script,) = page.xpath("//script[@type='application/ld+json']")
    return json.loads(script.text)


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
        "404.html",
        "accessibility/index.html",
        "assets/icon.svg",
        "assets/player.js",
        "assets/style.css",
        "e/a-dock-and-a-town/index.html",
        "e/two-languages/index.html",
        HIGH_STREET,
        "index.html",
        "robots.txt",
        "sitemap.xml",
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


@every_page
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
        assert field.xpath("ancestor::label") or page.xpath(f"//label[@for='{field.get('id')}']")
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
    paths = set(TREE) | {"feed.xml", SITE.show.cover.path}
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
    assert not page.xpath("//style | //@style | //iframe | //object | //embed | //form")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    assert {script.get("type") for script in page.xpath("//script")} <= {"module", "application/ld+json"}
    assert all(script.get("src") for script in page.xpath("//script[@type='module']"))


def test_style_and_script_load_nothing_and_are_small():
    style, script = (next(TREE[path] for path in TREE if path.endswith(suffix)) for suffix in (".css", ".js"))
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
    page = lxml.html.document_fromstring(render(feeds.publication())["index.html"])
    assert "There are no episodes yet." in text_of(page)


def test_dates_are_those_of_the_shows_own_zone():
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    release = feeds.release(published=late)
    there = page_of(release, zone=ZoneInfo("Europe/London"))
    assert there.xpath("//time[contains(text(), '2026')]/@datetime") == ["2026-07-01T00:30:00+01:00"]
    assert "1 July 2026" in text_of(there)
    assert "30 June 2026" in text_of(page_of(release, zone=ZoneInfo("America/New_York")))


# An episode's page


def test_the_whole_transcript_is_in_the_page_word_for_word():
    said = " ".join(cue.text for cue in SITE.releases[0].transcript.cues)
    shown = " ".join(text_of(span) for span in PAGES[HIGH_STREET].xpath("//div[@class='paragraph']/p/span"))
    assert shown == said


def test_every_sentence_has_its_own_anchor_in_seconds():
    cues = SITE.releases[0].transcript.cues
    page = PAGES[HIGH_STREET]
    assert text_of(page.get_element_by_id(f"t={cues[20].start:g}")) == cues[20].text
    assert len(page.xpath("//div[@class='paragraph']//span[starts-with(@id, 't=')]")) == len(cues)


def test_speakers_are_named_where_they_begin_and_not_again():
    cues = tuple(
        Cue(start=float(i), end=i + 0.9, text=f"Sentence {i}.", speaker=who)
        for i, who in enumerate(["Bec"] * 12 + ["Ana"] + [None])
    )
    page = page_of(feeds.release(transcript=Transcript(cues=cues, language="en")))
    assert [text_of(name) for name in page.xpath("//b[@class='speaker']")] == ["Bec:", "Ana:"]
    assert len(page.xpath("//div[@class='paragraph']")) > 3


def test_chapters_stand_in_the_transcript_where_they_begin():
    chapters = [chapter.title for chapter in SITE.releases[0].episode.chapters]
    page = PAGES[HIGH_STREET]
    assert [text_of(heading) for heading in page.xpath("//section[@class='transcript']//h3")] == chapters
    tram = page.xpath("//h3[contains(., 'tram')]/following-sibling::div[1]")[0]
    assert "Let us talk about the tram." in text_of(tram)


@pytest.mark.parametrize(
    "chapters",
    [
        (Chapter(seconds=4, title="On a sentence"),),
        (Chapter(seconds=5.2, title="Inside a sentence"), Chapter(seconds=900, title="After all is said")),
        (Chapter(seconds=0, title="One"), Chapter(seconds=0, title="Another at once")),
    ],
)
def test_a_chapter_link_always_arrives_and_no_word_is_lost(chapters):
    page = page_of(feeds.release(feeds.episode(chapters=chapters)))
    links = page.xpath("//nav[@class='chapters']//a/@href")
    assert len(links) == len(chapters)
    assert all(page.get_element_by_id(link[1:]) is not None for link in links)
    assert "Welcome to Placecast. Today we talk about trust." in " ".join(page.xpath("//p/span/text()"))
    assert len(page.xpath("//@id")) == len(set(page.xpath("//@id")))


def test_sentences_that_start_together_share_one_anchor():
    cues = tuple(Cue(start=1.5, end=2.0 + i, text=f"Sentence {i}.") for i in range(3))
    page = page_of(feeds.release(transcript=Transcript(cues=cues, language="en")))
    assert page.xpath("//span[@id]/@id") == ["t=1.5"]


def test_an_episode_without_words_chapters_people_and_summary_has_a_page():
    bare = feeds.episode(summary="", notes="", people=(), places=(), chapters=())
    page = page_of(feeds.release(bare, transcript=Transcript(cues=(), language="en"), notes_html=""), people=())
    assert page.xpath("//audio/@preload") == ["none"]
    assert not page.xpath("//nav[@class='chapters']")


def test_the_page_says_whether_people_have_edited_the_transcript():
    assert "People have edited this transcript." in text_of(PAGES[HIGH_STREET])
    assert "A machine wrote this transcript" in text_of(PAGES["e/two-languages/index.html"])


def test_a_transcript_in_another_language_is_marked():
    welsh = Transcript(cues=(Cue(start=0, end=1, text="Bore da."),), language="cy")
    assert page_of(feeds.release(transcript=welsh)).xpath("//div[@lang]/@lang") == ["cy"]
    assert not PAGES[HIGH_STREET].xpath("//div[@lang]")


def test_previous_and_next_episode_are_linked():
    page = PAGES["e/a-dock-and-a-town/index.html"]
    older, newer = page.xpath("//nav[@aria-label='More episodes']/a")
    assert text_of(older) == "Previous episode Two languages, one meeting"
    assert text_of(newer) == "Next episode Who owns the high street?"
    assert len(PAGES[HIGH_STREET].xpath("//nav[@aria-label='More episodes']/a")) == 1


def test_places_lead_to_their_map():
    page = page_of(feeds.release(feeds.full_episode()))
    assert page.xpath("//a[text()='Marlow']/@href") == ["https://www.openstreetmap.org/relation/3727240"]
    here = Place(name="Digbeth", geo="geo:52.4754,-1.8836")
    page = page_of(feeds.release(feeds.episode(places=(here, Place(name="Nowhere")))))
    assert page.xpath("//a[text()='Digbeth']/@href")[0].startswith(
        "https://www.openstreetmap.org/?mlat=52.4754&mlon=-1.8836"
    )
    assert "About Digbeth, Nowhere" in text_of(page)


def test_open_graph_carries_the_sound_and_the_cover():
    page, release = PAGES[HIGH_STREET], SITE.releases[0]
    found = {meta.get("property"): meta.get("content") for meta in page.xpath("//meta[@property]")}
    assert found["og:audio"] == SITE.show.at(release.audio.path)
    assert found["og:image"] == SITE.show.at(SITE.show.cover.path)
    assert found["og:url"] == page.xpath("//link[@rel='canonical']/@href")[0] == SITE.show.at(release.episode.folder)
    assert page.xpath("//link[@rel='alternate'][@type='text/vtt']/@href") == ["transcript.vtt"]


def test_structured_data_tells_of_episode_sound_show_and_chapters():
    release = SITE.releases[0]
    told = structured_data(PAGES[HIGH_STREET])
    assert told["@type"] == "PodcastEpisode"
    assert told["associatedMedia"]["contentUrl"] == SITE.show.at(release.audio.path)
    assert told["partOfSeries"]["webFeed"] == SITE.show.feed_url
    clips = told["hasPart"]
    assert [clip["name"] for clip in clips] == [chapter.title for chapter in release.episode.chapters]
    assert [clip["endOffset"] for clip in clips] == [
        *(clip["startOffset"] for clip in clips[1:]),
        release.audio.seconds,
    ]
    assert told["contentLocation"][0]["geo"]["latitude"] == "52.4754"
    assert structured_data(PAGES["index.html"])["@type"] == "PodcastSeries"


def test_a_long_description_ends_at_a_word():
    release = feeds.release(feeds.episode(summary="", notes="Word after word. " * 100))
    (description,) = page_of(release).xpath("//meta[@name='description']/@content")
    assert len(description) <= 300
    assert description.endswith(("after…", "word…", "Word…"))


# The accessibility statement


def test_the_statement_names_the_law_the_enforcers_and_the_contact():
    page = PAGES["accessibility/index.html"]
    words = text_of(page)
    assert "(Websites and Mobile Applications) (No. 2) Accessibility Regulations 2018" in words
    assert "Equality Advisory and Support Service (EASS)" in words
    assert "Equality Commission for Northern Ireland (ECNI)" in words
    assert page.xpath(f"//main//a[@href='mailto:{SITE.show.owner_email}']")
    assert "prepared on 20 November 2026" in words


def test_the_statement_lists_the_transcripts_that_nobody_checked():
    listed = PAGES["accessibility/index.html"].xpath("//h3[@id='unchecked']/following-sibling::ul[1]/li/a/text()")
    assert listed == [release.episode.title for release in SITE.releases if not release.edited]


def test_the_statement_claims_no_more_when_every_transcript_is_edited():
    words = text_of(
        lxml.html.document_fromstring(render(feeds.publication(feeds.release()))["accessibility/index.html"])
    )
    assert "We know of none." in words
    assert "partially compliant" in words
    assert "do not claim full compliance" in words


def test_the_contact_page_is_preferred_to_the_address():
    page = page_of(feeds.release(), contact_url="https://example.org/contact")
    assert page.xpath("//footer//a[text()='Contact']/@href") == ["https://example.org/contact"]


# For machines


def test_the_sitemap_lists_every_public_page_and_robots_points_to_it():
    root = lxml.etree.fromstring(TREE["sitemap.xml"])
    found = root.xpath("//*[local-name()='loc']/text()")
    pages = {path.removesuffix("index.html") for path in PAGES if path != "404.html"}
    assert set(found) == {SITE.show.at(path) for path in pages}
    assert TREE["robots.txt"].decode().endswith(f"Sitemap: {SITE.show.at('sitemap.xml')}\n")


def test_equal_content_has_equal_bytes_in_another_process_and_locale():
    command = (
        "import hashlib; from placecast.pages import render; from tests import shows;"
        "print(hashlib.sha256(repr(sorted(render(shows.realistic()).items())).encode()).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", command],
            env={"PYTHONPATH": ".", "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "UTC"))
    ]
    assert runs[0] == runs[1]


# Hostile text

ATTACKS = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "<!--",
    "{{ 7 * 7 }}{% include 'x' %}",
    "javascript:alert(1)",
    "a\u2028b\u2029c & d",
)


def hostile(text: str) -> Publication:
    """A show in which every fact that is text says this."""
    episode = feeds.episode(
        title=text,
        summary=text,
        notes=text,
        people=(Person(name=text, role=text, url=text, image=text),),
        places=(Place(name=text, geo=text, osm=text), Place(name=text, rel="creator", geo=f"geo:1,2;{text}")),
        chapters=(Chapter(seconds=0, title=text, url=text), Chapter(seconds=3, title=text)),
    )
    cues = (Cue(start=0, end=1, text=text, speaker=text), Cue(start=2, end=3, text=text, speaker=text))
    release = feeds.release(
        episode, transcript=Transcript(cues=cues, language="en"), notes_html=f"Notes: {text}", edited=False
    )
    facts = dict.fromkeys(
        ("title", "description", "author", "owner_email", "copyright", "license", "contact_url"), text
    )
    return feeds.publication(release, **facts, people=episode.people, places=episode.places)


def shape(tree) -> list[tuple[str, str, list[str]]]:
    """The elements and attribute names of all pages but what the notes' own Markdown may make."""
    return [
        (path, element.tag, sorted(element.keys()))
        for path, content in sorted(tree.items())
        if path.endswith(".html")
        for element in lxml.html.document_fromstring(content).iter()
        if isinstance(element.tag, str) and not element.xpath("ancestor::section[@class='notes']")
    ]


HARMLESS = shape(render(hostile("plain")))


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_text_is_only_text(attack):
    tree = render(hostile(attack))
    assert shape(tree) == HARMLESS
    for path in ("index.html", "e/trust/index.html"):
        page = lxml.html.document_fromstring(tree[path])
        assert structured_data(page)["name"] == attack
        assert not page.xpath("//*[starts-with(normalize-space(@href), 'javascript:')]")
        assert not page.xpath("//section[@class='notes']//*[self::script or self::img or self::svg]")


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40))
def test_no_text_changes_the_shape_of_the_pages(text):
    assert shape(render(hostile(f"x{text}"))) == HARMLESS


# Show notes


def test_notes_know_commonmark_tables_and_bare_addresses():
    html = notes_html("*Hi* **there**, see https://example.org/a_b?x=1&y=2.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    page = lxml.html.fragment_fromstring(html, create_parent=True)
    assert page.xpath("//em/text()") == ["Hi"]
    assert page.xpath("//td/text()") == ["1", "2"]
    (link,) = page.xpath("//a")
    assert (link.get("href"), link.get("rel")) == ("https://example.org/a_b?x=1&y=2", "noopener noreferrer")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("(see https://example.org/a)", "https://example.org/a"),
        ("https://en.wikipedia.org/wiki/Bangor_(Gwynedd)!", "https://en.wikipedia.org/wiki/Bangor_(Gwynedd)"),
        ("[x](https://example.org/b)", "https://example.org/b"),
        ("[https://example.org/shown](https://example.org/meant)", "https://example.org/meant"),
        ("<https://example.org/c>", "https://example.org/c"),
        ("![a picture](https://example.org/p.png)", "https://example.org/p.png"),
    ],
)
def test_an_address_in_the_notes_is_one_link(written, address):
    assert lxml.html.fragment_fromstring(notes_html(written), create_parent=True).xpath("//a/@href") == [address]


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>)",
        "[x](vbscript:x)",
        '[x](https://example.org "a\\" onclick=\\"alert(1)")',
        '<https://example.org/\\"onclick=alert(1)>',
        "<style>body{display:none}</style>",
        "<iframe src=https://evil.example></iframe>",
        "![x](https://evil.example/pixel.png)",
        "https://example.org/<script>",
    ],
)
def test_notes_cannot_run_style_or_load_anything(attack):
    page = lxml.html.fragment_fromstring(notes_html(attack), create_parent=True)
    assert not page.xpath("//script | //img | //style | //iframe | //@style | //@*[starts-with(name(), 'on')]")
    assert all(urlsplit(link).scheme in ("http", "https") for link in page.xpath("//a/@href"))


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_notes_become_the_same_harmless_html_twice(markdown):
    html = notes_html(markdown)
    assert html == notes_html(markdown)
    page = lxml.html.fragment_fromstring(html, create_parent=True)
    assert {element.tag for element in page.iter() if isinstance(element.tag, str)}.isdisjoint(
        {"script", "img", "style"}
    )


def test_headings_in_notes_fit_below_those_of_the_page():
    html = notes_html("# One\n\n#### Two\n\n## Three\n\n# Four\n")
    assert re.findall(r"<(h\d)>(\w+)", html) == [("h3", "One"), ("h4", "Two"), ("h4", "Three"), ("h3", "Four")]


def test_plain_text_of_notes_keeps_words_paragraphs_and_lists():
    text = notes_text("# Places\n\nA [link](https://example.org) & *more*\n\n- one\n- two\n  - three\n\nEnd <b>.")
    assert text == "Places\n\nA link & more\n\n- one\n- two\n- three\n\nEnd <b>."


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
    style = next(content for path, content in TREE.items() if path.endswith(".css")).decode()
    blocks = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root \{(.*?)\}", style, re.S)
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
