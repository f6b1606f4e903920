"""Episodes that only the published feed knows, as the pages of a clone without them list them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import lxml.etree
import lxml.html
import pytest

from placecast import rss
from placecast.model import Elsewhere, Person, Publication
from tests import feeds, shows
from tests.feeds import pages_of
from tests.hostile import HOSTILE, written
from tests.shows import text_of
from tests.test_pages_hostile import ATTACKS

SITE = shows.realistic()
WHOLE = pages_of(SITE)
DIVISIONS = list(itertools.product((True, False), repeat=len(SITE.releases)))


def _with_others(told: Publication, kept: tuple[bool, ...]) -> Publication:
    """The show as a clone has it that knows these of its episodes, the rest being in the feed."""
    known = tuple(itertools.compress(told.releases, kept))
    others = rss.elsewhere(rss.render(told), [release.episode.guid for release in known])
    return replace(told, releases=known, others=others)


def _other(**facts: object) -> Elsewhere:
    (other,) = rss.elsewhere(rss.render(feeds.publication(feeds.FULL_RELEASE)), ())
    return replace(other, **facts)


def _home(*others: Elsewhere, told: Publication | None = None) -> lxml.html.HtmlElement:
    told = told or feeds.publication()
    return lxml.html.document_fromstring(pages_of(replace(told, others=others))["index.html"])


def _shape(page: lxml.html.HtmlElement) -> list[tuple[str, list[str]]]:
    return [(element.tag, sorted(element.keys())) for element in page.iter() if isinstance(element.tag, str)]


@pytest.mark.parametrize("kept", DIVISIONS, ids=str)
def test_two_clones_write_the_same_home_page_and_sitemap(kept):
    tree = pages_of(_with_others(SITE, kept))
    assert tree["index.html"].decode() == WHOLE["index.html"].decode()
    assert tree["sitemap.xml"] == WHOLE["sitemap.xml"]


def test_episodes_of_the_same_second_are_listed_alike_by_both_clones():
    releases = [feeds.release(feeds.episode(slug)) for slug in ("c", "b", "a")]
    later = replace(releases[0], published=releases[0].published + timedelta(milliseconds=300))
    told = feeds.publication(later, *releases[1:])
    for kept in ((True, False, True), (False, True, False), (False, False, False)):
        assert pages_of(_with_others(told, kept))["index.html"] == pages_of(told)["index.html"]


def test_a_clone_writes_no_pages_for_what_it_does_not_have():
    assert pages_of(_with_others(SITE, (False, False, False))).keys() == {
        path for path in WHOLE if not path.startswith("e/")
    }


def test_an_episode_without_a_summary_is_listed_by_how_its_notes_begin():
    told = feeds.publication(feeds.release(feeds.episode(summary="")))
    assert pages_of(_with_others(told, (False,)))["index.html"] == pages_of(told)["index.html"]


def test_the_statement_counts_the_transcripts_that_another_clone_has_published_unchecked():
    tree = pages_of(_with_others(SITE, (True, False, False)))
    page = lxml.html.document_fromstring(tree["accessibility/index.html"])
    listed = page.xpath("//h3[@id='unchecked']/following-sibling::ul[1]/li")
    # The feed does not say that people have corrected a part.
    assert [text_of(each) for each in listed] == [
        "A dock and a town, 6 November 2026",
        "Two languages, one meeting, 23 October 2026",
    ]
    assert [link.get("href") for link in page.xpath("//main//li/a")][-2:] == [
        "../e/a-dock-and-a-town/",
        "../e/two-languages/",
    ]


def test_a_page_on_another_website_is_linked_as_one_and_is_not_in_the_sitemap():
    other = _other(page="https://example.org/trust")
    (link,) = _home(other).xpath("//h3/a")
    assert dict(link.attrib) == {"href": "https://example.org/trust", "rel": "noopener noreferrer"}
    assert b"example.org/trust" not in pages_of(replace(feeds.publication(), others=(other,)))["sitemap.xml"]


def test_what_the_feed_does_not_tell_is_left_out():
    (article,) = _home(_other(page="", summary="", seconds=None, people=(), season=None, number=None)).xpath(
        "//article"
    )
    assert text_of(article) == "Who trusts the council? 1 May 2026"
    assert not article.xpath(".//a")
    assert text_of(_home(_other(title="")).xpath("//h3")[0]) == "Untitled episode"


def test_headings_have_names_of_their_own_whatever_pages_are_called():
    theirs = (_other(guid="a"), _other(guid="b"), _other(guid="c", page=""))
    page = _home(*theirs, told=feeds.publication(feeds.FULL_RELEASE))
    ids = page.xpath("//@id")
    assert len(set(ids)) == len(ids)
    assert [each.get("aria-labelledby") for each in page.xpath("//article")] == page.xpath("//h3/@id")
    assert len(page.xpath("//article")) == 4


@pytest.mark.parametrize("text", [*ATTACKS, written(HOSTILE)])
def test_no_text_from_a_feed_becomes_more_than_text(text):
    said = _other(title="a", summary="b", page=feeds.ADDRESS + "c", people=(Person(name="d", role="e"),))
    hostile = replace(
        said, title=text, summary=text, page=feeds.ADDRESS + text, people=(Person(name=text, role=text, url=text),)
    )
    assert _shape(_home(hostile)) == _shape(_home(said))


def test_a_page_that_would_do_something_else_is_not_linked():
    assert not _home(_other(page="javascript:alert(1)")).xpath("//h3/a")


@pytest.mark.parametrize("seconds", [0.4, 59.6, 89.6, 3629.5])
def test_lengths_are_told_alike_though_the_feed_has_whole_seconds(seconds):
    told = feeds.publication(feeds.release(audio=feeds.audio(seconds=seconds)))
    assert pages_of(_with_others(told, (False,)))["index.html"] == pages_of(told)["index.html"]
