"""Text that tries to be more than text, in every fact of a show, and in the notes that producers write."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placecast.model import Chapter, Cue, Person, Place, Publication, Transcript
from placecast.pages import notes_html, notes_text
from tests import feeds
from tests.shows import structured_data

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
        episode,
        transcript=Transcript(cues=cues, language="en"),
        notes_html=f"Notes: {text}",
        approval=replace(feeds.APPROVED, by=text),
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


HARMLESS = shape(feeds.pages_of(hostile("plain")))


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_text_is_only_text(attack):
    tree = feeds.pages_of(hostile(attack))
    assert shape(tree) == HARMLESS
    for path in ("index.html", "e/trust/index.html"):
        page = lxml.html.document_fromstring(tree[path])
        assert structured_data(page)["name"] == attack
        assert not page.xpath("//*[starts-with(normalize-space(@href), 'javascript:')]")
        assert not page.xpath("//section[@class='notes']//*[self::script or self::img or self::svg]")


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40))
def test_no_text_changes_the_shape_of_the_pages(text):
    assert shape(feeds.pages_of(hostile(f"x{text}"))) == HARMLESS


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
