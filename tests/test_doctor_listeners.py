"""What the doctor sees through a show's public address: each fault is one that a web server really has."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from placecast.delivery.web import Answer, Site
from placecast.doctor import listeners
from placecast.doctor.findings import Finding
from placecast.doctor.visit import Published, longest, told_of_redirects
from placecast.rss import Named
from tests import feeds
from tests.web import Asked, Change, Reply, Web, serving

SOUND = bytes(range(256)) * 40
MEDIA = "media/trust-0123456789ab.mp3"
FEED = b"<rss><channel><title>Small places</title></channel></rss>"
FILES = {
    "feed.xml": FEED,
    "index.html": b"<!doctype html>",
    "e/trust/index.html": b"<!doctype html>",
    "e/trust/transcript.vtt": b"WEBVTT",
    "e/trust/transcript.srt": b"1",
    "e/trust/chapters.json": b"{}",
    "media/cover-0123456789ab.jpg": b"jpeg",
    MEDIA: SOUND,
}


pytestmark = pytest.mark.usefixtures("no_proxy")


@pytest.fixture
def web() -> Iterator[Web]:
    with serving(dict(FILES)) as running:
        yield running


def examined(web: Web, **changes: object) -> list[Finding]:
    site = Site(web.address, pause=0.01)
    show = feeds.show(url=web.address, index="index.html")
    published = Published(show=show, feed=FEED, named=Named(keys=frozenset(FILES), sound={MEDIA: len(SOUND)}))
    try:
        return list(listeners.examine(site, replace(published, **changes)))
    finally:
        site.close()


def wrong(found: list[Finding]) -> list[Finding]:
    """What is not fine; that a server of this machine has no HTTPS is."""
    return [each for each in found if each.severity != "fine" and each.code != "https"]


def test_a_show_that_is_served_well_has_only_fine_findings(web: Web) -> None:
    found = examined(web)
    assert wrong(found) == []
    codes = {each.code for each in found}
    assert codes >= {
        "promise",
        "head",
        "not-modified",
        "cache-feed",
        "cache-media",
        "ranges",
        "cors",
        "pages",
        "private",
    }


def test_every_kind_of_file_is_looked_at(web: Web) -> None:
    told = next(each.what for each in examined(web) if "answer as they should" in each.what)
    for kind in (
        "audio/mpeg",
        "text/vtt",
        "application/x-subrip",
        "application/json+chapters",
        "text/html",
        "image/jpeg",
    ):
        assert kind in told


def test_an_address_without_https_is_warned_of(web: Web) -> None:
    (found,) = (each for each in examined(web) if each.code == "https")
    assert (found.severity, bool(found.why), bool(found.cure)) == ("warning", True, True)


def to(pattern: str, *without: str, method: str = "", status: int | None = None, **headers: str) -> Change:
    """Other headers, or another status, for keys that the pattern fits."""

    def change(asked: Asked, reply: Reply) -> Reply:
        if not re.fullmatch(pattern, asked.key) or method not in ("", asked.method):
            return reply
        changed = reply.but(*without, **headers)
        return changed if status is None else Reply(status=status, headers=changed.but("Content-Length").headers)

    return change


def without_conditions(asked: Asked, reply: Reply) -> Reply:
    return Reply(headers=reply.headers, body=FEED) if reply.status == 304 else reply


def without_ranges(asked: Asked, reply: Reply) -> Reply:
    headers = {name: value for name, value in reply.headers.items() if name not in ("Content-Range", "Content-Length")}
    return Reply(headers=headers, body=SOUND) if reply.status == 206 else reply


def without_suffixes(asked: Asked, reply: Reply) -> Reply:
    """As s3rver does: the last bytes are taken for the first."""
    wanted = asked.headers.get("range", "")
    return reply.but(Content_Range=f"bytes 0-9/{len(SOUND)}") if wanted.startswith("bytes=-") else reply


def one_page_for_all(asked: Asked, reply: Reply) -> Reply:
    page = Reply(headers={"Content-Type": "text/html; charset=utf-8"}, body=b"<!doctype html>")
    return page if reply.status == 404 else reply


def readable_notes(asked: Asked, reply: Reply) -> Reply:
    notes = Reply(headers={"Content-Type": "application/json"}, body=b"{}")
    return notes if asked.key == ".placecast/manifest.json" else reply


def moved(asked: Asked, reply: Reply) -> Reply:
    """The feed lives elsewhere now."""
    if asked.key == "feed.xml":
        return Reply(status=301, headers={"Location": "/cast/elsewhere/feed.xml"})
    return reply


ANY = ".*"
SPOILT: tuple[tuple[str, Change, str, str, str], ...] = (
    # what is spoilt, code, severity, a part of the sentence
    ("a-feed-for-nobody", to("feed.xml", status=403), "promise", "fault", "not readable by everybody"),
    ("no-head", to("feed.xml", method="HEAD", status=405), "head", "warning", "HEAD with 405"),
    ("no-etag", to("feed.xml", "ETag"), "not-modified", "warning", "without ETag"),
    ("no-304", without_conditions, "not-modified", "warning", "answers 200 to If-None-Match"),
    ("kept-a-day", to("feed.xml", Cache_Control="max-age=86400"), "cache-feed", "warning", "for 1440 minutes"),
    ("kept-by-cdn", to("feed.xml", Cache_Control="s-maxage=3600"), "cache-feed", "warning", "for 60 minutes"),
    ("kept-by-guess", to("feed.xml", "Cache-Control"), "cache-feed", "warning", "caches decide"),
    ("sound-not-kept", to(MEDIA, Cache_Control="no-cache"), "cache-media", "warning", "not keep media/"),
    ("no-ranges", without_ranges, "ranges", "fault", "from the start, to the end, the last bytes"),
    ("no-suffixes", without_suffixes, "ranges", "fault", "parts: the last bytes."),
    ("soft-404", one_page_for_all, "soft-404", "warning", "which does not exist, answers 200"),
    ("no-home-page", to("index.html", status=404), "pages", "fault", "answers 404"),
    ("an-empty-page", to("index.html", Content_Length="0"), "pages", "fault", "an empty body"),
    ("open-notes", readable_notes, "private", "warning", ".placecast/manifest.json"),
    ("no-cors", to(ANY, "Access-Control-Allow-Origin"), "cors", "warning", "feed.xml, e/trust/chapters.json"),
    ("cors-for-one", to(ANY, Access_Control_Allow_Origin="https://x.example"), "cors", "warning", "may not read"),
    ("hidden-range", to(MEDIA, "Access-Control-Expose-Headers"), "cors", "warning", "Accept-Ranges, Content-Length"),
    ("no-preflight", to(MEDIA, method="OPTIONS", status=403), "cors", "warning", "OPTIONS answers 403"),
    ("no-range-asked", to(MEDIA, "Access-Control-Allow-Headers", method="OPTIONS"), "cors", "warning", "ask for parts"),
    ("wrong-type", to("e/trust/transcript.vtt", Content_Type="text/plain"), "promise", "fault", "not as text/vtt"),
    ("wrong-length", to(MEDIA, method="HEAD", Content_Length="12"), "promise", "fault", "has 12 bytes"),
    ("a-dead-link", to("e/trust/chapters.json", status=404), "promise", "fault", "e/trust/chapters.json is not there"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code", "severity", "said"), [row[1:] for row in SPOILT], ids=[row[0] for row in SPOILT]
)
def test_what_is_spoilt_is_found_with_its_reason_and_cure(
    web: Web, change: Change, code: str, severity: str, said: str
) -> None:
    web.change = change
    told = [each for each in wrong(examined(web)) if each.code == code and said in each.what]
    assert told, wrong(examined(web))
    assert all((each.severity, bool(each.why), bool(each.cure)) == (severity, True, True) for each in told)


def test_an_older_feed_from_a_cache_is_a_warning(web: Web) -> None:
    (found,) = wrong(examined(web, feed=FEED + b"\n"))
    assert (found.code, found.severity) == ("stale", "warning")
    assert "older copy" in found.what


def test_a_redirected_feed_is_warned_of_with_where_it_ends(web: Web) -> None:
    web.files["elsewhere/feed.xml"] = FEED
    web.change = moved
    (found,) = (each for each in examined(web) if each.code == "redirect")
    assert found.what.endswith(f"{web.address}elsewhere/feed.xml")


def answered(address: str, *redirected: str) -> Answer:
    return Answer(status=200, headers={}, body=b"", address=address, redirected=redirected)


def test_a_way_from_https_to_http_is_a_fault() -> None:
    (found,) = told_of_redirects("The feed", answered("http://a.example/feed.xml", "https://a.example/feed.xml"))
    assert (found.code, found.severity) == ("downgrade", "fault")
    assert [
        each.code for each in told_of_redirects("The feed", answered("https://b.example/", "http://b.example/"))
    ] == ["redirect"]
    assert list(told_of_redirects("The feed", answered("https://b.example/"))) == []


def test_who_asks_without_https_should_be_led_to_it() -> None:
    asked, safe = "http://a.example/feed.xml", "https://a.example/feed.xml"
    assert listeners.led_to_https(asked, answered(safe, asked)).severity == "fine"
    assert listeners.led_to_https(asked, replace(answered(asked), status=403)).severity == "fine"
    assert listeners.led_to_https(asked, answered(asked)).severity == "warning"


def test_many_files_with_the_same_fault_are_one_finding(web: Web) -> None:
    web.change = to("e/.*", status=404)
    (found,) = wrong([each for each in examined(web) if each.code == "promise"])
    assert "e/trust/chapters.json, e/trust/index.html" in found.what


def test_an_address_where_nothing_answers_is_one_fault() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        web = Web({}, address=f"http://127.0.0.1:{free.getsockname()[1]}/")
    (found,) = examined(web)
    assert (found.code, found.severity) == ("address", "fault")
    assert "nothing answers" in found.what


def test_an_origin_that_is_echoed_is_as_good_as_a_star(web: Web) -> None:
    web.change = lambda asked, reply: reply.but(Access_Control_Allow_Origin=asked.headers.get("origin", "null"))
    assert wrong(examined(web)) == []


def test_pages_are_asked_for_as_links_have_them(web: Web) -> None:
    show = feeds.show(url=web.address, index="")
    web.files |= {"": b"<!doctype html>", "e/trust/": b"<!doctype html>"}
    assert wrong(examined(web, show=show)) == []
    web.change = to("e/trust/", Content_Length="0")  # as SeaweedFS does it
    (found,) = wrong(examined(web, show=show))
    assert found.what == f"The page {web.address}e/trust/ answers 200 with an empty body."
    assert "index_pages" in found.cure


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("", None), ("no-cache", None), ("public, max-age=300", 300), ('max-age="60", s-maxage=90', 90), ("MAX-AGE=5", 5)],
)
def test_how_long_caches_may_keep_it(told: str, seconds: int | None) -> None:
    assert longest(told) == seconds
