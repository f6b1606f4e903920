"""Rules for the built pages: that links lead somewhere, and that everybody can use them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from placecast.checks.rules import FOLDER, Complaint, Complaints, Rule, Subject

_LINKS = ("href", "src", "poster", "data-src")
_LOADED = "//script/@src|//img/@src|//audio/@src|//source/@src|//iframe/@src|//link[@rel='stylesheet']/@href"
_KEPT = 32  # pages that are looked at again by the next rule


def _of_pages(test: Callable[[Subject, str, Any], Iterator[str]]) -> Complaints:
    """What a test says about each page."""

    def complaints(subject: Subject) -> Iterator[Complaint]:
        for path in sorted(path for path in subject.files.sizes if path.endswith(".html")):
            yield from (Complaint(FOLDER + path, what) for what in test(subject, path, _page(subject, path)))

    return complaints


def _page(subject: Subject, path: str) -> Any:
    return _parsed(subject.files.read(path))


@lru_cache(_KEPT)
def _parsed(content: bytes) -> Any:
    parser = etree.HTMLParser(no_network=True, encoding="utf-8")
    return etree.fromstring(content or b"<html/>", parser)


def _dead(subject: Subject, path: str, page: Any) -> Iterator[str]:
    for link in _links(page):
        target = _target(subject, path, link)
        # Sound may be in the target only: audio.json answers for it.
        if target and target not in subject.files.sizes and not target.startswith("media/"):
            yield f"It links to {link}, which is not there."


def _dead_place(subject: Subject, path: str, page: Any) -> Iterator[str]:
    for link in _links(page):
        place, target = unquote(urlsplit(link).fragment), _target(subject, path, link)
        if not place or "=" in place or target not in subject.files.sizes or not target.endswith(".html"):
            continue
        if place not in _ids(page if target == path else _page(subject, target)):
            yield f"It links to {link}, and there is no such place."


def _links(page: Any) -> list[str]:
    found = dict.fromkeys(value.strip() for name in _LINKS for value in page.xpath(f"//@{name}"))
    return [link for link in found if link]


def _target(subject: Subject, path: str, link: str) -> str:
    """The built file that a link leads to; "" when it leads elsewhere."""
    url = subject.publication.show.url
    if link.startswith(url):
        return subject.path(link)
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return ""
    if link.startswith("/"):
        return subject.path(f"{url.partition('://')[0]}://{urlsplit(url).netloc}{link}")
    if not parts.path:
        return path
    whole = normpath(join(dirname(path), unquote(parts.path)))
    whole = "" if whole == "." else whole
    return f"{whole}/index.html".lstrip("/") if parts.path.endswith(("/", "..", ".")) or not whole else whole


def _ids(page: Any) -> set[str]:
    return set(page.xpath("//@id|//a/@name"))


def _untitled(_: Subject, __: str, page: Any) -> Iterator[str]:
    if not "".join(page.xpath("/html/head/title//text()")).strip():
        yield "It has no title."


def _language(_: Subject, __: str, page: Any) -> Iterator[str]:
    if not page.get("lang"):
        yield "It does not say in which language it is."


def _heading(_: Subject, __: str, page: Any) -> Iterator[str]:
    if (count := len(page.findall(".//h1"))) != 1:
        yield f"It has {count} headings of the first level."


def _skipped(_: Subject, __: str, page: Any) -> Iterator[str]:
    levels = [int(each.tag[1]) for each in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"A heading of level {after} follows one of level {before}."
            return


def _picture(_: Subject, __: str, page: Any) -> Iterator[str]:
    for picture in page.iterfind(".//img"):
        if picture.get("alt") is None:
            yield f"The picture {picture.get('src', '')} has no alt."


def _same_id(_: Subject, __: str, page: Any) -> Iterator[str]:
    for name, count in Counter(page.xpath("//@id")).items():
        if count > 1:
            yield f"{count} elements have the id {name}."


def _nameless(_: Subject, __: str, page: Any) -> Iterator[str]:
    for each in page.iter("a", "button"):
        named = each.get("aria-label") or each.get("aria-labelledby") or each.get("title")
        if not named and not "".join(each.itertext()).strip() and not each.xpath(".//img[@alt!='']|.//svg//title"):
            yield f"A {'link' if each.tag == 'a' else 'button'} has no text: {each.get('href', '')}"


def _autoplay(_: Subject, __: str, page: Any) -> Iterator[str]:
    if page.xpath("//audio[@autoplay]|//video[@autoplay]"):
        yield "It plays by itself."


def _foreign(subject: Subject, _: str, page: Any) -> Iterator[str]:
    host = urlsplit(subject.publication.show.url).netloc
    for link in dict.fromkeys(page.xpath(_LOADED)):
        if urlsplit(link).netloc not in {"", host}:
            yield f"It loads {link} from another host."


def _no_words(subject: Subject) -> Iterator[Complaint]:
    for release in subject.publication.releases:
        path = f"{release.episode.folder}index.html"
        cue = next((cue for cue in release.transcript.cues if cue.text.strip()), None)
        if cue is None or path not in subject.files.sizes:
            continue
        told = " ".join("".join(_page(subject, path).itertext()).split())
        if " ".join(cue.text.split()) not in told:
            yield Complaint(FOLDER + path, "The page does not have the transcript's words.")


_AGAIN = "Run: placecast build. If it stays so, please report it, with this message."

RULES = (
    Rule(
        code="page.link",
        severity="recommended",
        broken=_of_pages(_dead),
        why="Readers meet an error there (WCAG 2.2, 2.4.4; HTML, links).",
        cure="Run: placecast build. If the link is in your show notes, correct it there.",
    ),
    Rule(
        code="page.place",
        severity="recommended",
        broken=_of_pages(_dead_place),
        why="The link leads to the page's beginning only (WCAG 2.2, 2.4.4; HTML, links).",
        cure="Run: placecast build. If the link is in your show notes, correct it there.",
    ),
    Rule(
        code="page.title",
        severity="recommended",
        broken=_of_pages(_untitled),
        why="Screen readers say it first (WCAG 2.2, 2.4.2).",
        cure=_AGAIN,
    ),
    Rule(
        code="page.language",
        severity="recommended",
        broken=_of_pages(_language),
        why="Screen readers choose their voice by it (WCAG 2.2, 3.1.1).",
        cure=_AGAIN,
    ),
    Rule(
        code="page.heading",
        severity="recommended",
        broken=_of_pages(_heading),
        why="People who do not see find their way by headings (WCAG 2.2, 1.3.1).",
        cure="Run: placecast build. In show notes, begin headings with two number signs.",
    ),
    Rule(
        code="page.heading.level",
        severity="best",
        broken=_of_pages(_skipped),
        why="A level that is left out sounds like a part that was missed (WCAG 2.2, 1.3.1).",
        cure="Use the next level in the show notes.",
    ),
    Rule(
        code="page.picture",
        severity="recommended",
        broken=_of_pages(_picture),
        why="People who do not see it learn nothing of it (WCAG 2.2, 1.1.1).",
        cure="Describe the picture where the show notes name it.",
    ),
    Rule(
        code="page.id",
        severity="recommended",
        broken=_of_pages(_same_id),
        why="Links and labels lead to the first of them only (HTML, the id attribute).",
        cure=_AGAIN,
    ),
    Rule(
        code="page.name",
        severity="recommended",
        broken=_of_pages(_nameless),
        why="A screen reader has nothing to say of it (WCAG 2.2, 2.4.4 and 4.1.2).",
        cure="Give the link a text in the show notes, or run: placecast build",
    ),
    Rule(
        code="page.autoplay",
        severity="recommended",
        broken=_of_pages(_autoplay),
        why="It talks over a screen reader (WCAG 2.2, 1.4.2).",
        cure=_AGAIN,
    ),
    Rule(
        code="page.foreign",
        severity="best",
        broken=_of_pages(_foreign),
        why="That host learns who reads the page, and its failure is ours (HTML; our pages ask no other host).",
        cure="Put the file beside the show, or link to it instead.",
    ),
    Rule(
        code="page.transcript",
        severity="recommended",
        broken=_no_words,
        why="The words belong to where the sound is (WCAG 2.2, 1.2.1).",
        cure="Run: placecast build",
    ),
)
