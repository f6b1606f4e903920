"""Rules for the built pages: that links lead somewhere, and that everybody can use them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from placecast.checks.rules import FOLDER, Complaint, Complaints, Rule, Subject, cues_of
from placecast.model import Release

_LINKS = ("href", "src", "poster", "data-src")
_LOADED = "//script/@src|//img/@src|//audio/@src|//source/@src|//iframe/@src|//link[@rel='stylesheet']/@href"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, kw_only=True)
class _Page:
    """What the rules want to know of a page: it is parsed once, and there may be thousands."""

    path: str
    links: tuple[str, ...]
    loaded: tuple[str, ...]
    ids: Mapping[str, int]  # how many elements have each
    title: str
    language: str
    levels: tuple[int, ...]  # of the headings
    undescribed: tuple[str, ...]  # pictures
    nameless: tuple[str, ...]  # links and buttons
    plays: bool


def _of_pages(test: Callable[[Subject, _Page], Iterator[str]]) -> Complaints:
    """What a test says about each page."""

    def complaints(subject: Subject) -> Iterator[Complaint]:
        for path in sorted(path for path in subject.files.sizes if path.endswith(".html")):
            yield from (Complaint(FOLDER + path, what) for what in test(subject, _page(subject, path)))

    return complaints


def _page(subject: Subject, path: str) -> _Page:
    if path not in subject.known:
        subject.known[path] = _described(path, _parsed(subject.files.read(path)))
    page: _Page = subject.known[path]
    return page


def _parsed(content: bytes) -> Any:
    return etree.fromstring(content or b"<html/>", etree.HTMLParser(no_network=True, encoding="utf-8"))


def _described(path: str, root: Any) -> _Page:
    links = (value.strip() for name in _LINKS for value in root.xpath(f"//@{name}"))
    return _Page(
        path=path,
        links=tuple(dict.fromkeys(filter(None, links))),
        loaded=tuple(dict.fromkeys(root.xpath(_LOADED))),
        ids=Counter(root.xpath("//@id")),
        title="".join(root.xpath("/html/head/title//text()")).strip(),
        language=root.get("lang", ""),
        levels=tuple(int(each.tag[1]) for each in root.iter(*_HEADINGS)),
        undescribed=tuple(each.get("src", "") for each in root.iter("img") if each.get("alt") is None),
        nameless=tuple(each.get("href", each.tag) for each in root.iter("a", "button") if not _named(each)),
        plays=bool(root.xpath("//audio[@autoplay]|//video[@autoplay]")),
    )


def _named(element: Any) -> bool:
    """Whether a screen reader has something to say of a link or a button."""
    said = any(element.get(name) for name in ("aria-label", "aria-labelledby", "title"))
    return said or bool("".join(element.itertext()).strip() or element.xpath(".//img[@alt!='']"))


def _dead(subject: Subject, page: _Page) -> Iterator[str]:
    for link in page.links:
        target = _target(subject, page.path, link)
        # Sound may be in the target only: audio.json answers for it.
        if target and target not in subject.files.sizes and not target.startswith("media/"):
            yield f"It links to {link}, which is not there."


def _dead_place(subject: Subject, page: _Page) -> Iterator[str]:
    for link in page.links:
        place, target = unquote(urlsplit(link).fragment), _target(subject, page.path, link)
        # `t=90` is a moment of the sound (Media Fragments), and no place of the page.
        if not place or "=" in place or target not in subject.files.sizes or not target.endswith(".html"):
            continue
        if place not in _page(subject, target).ids:
            yield f"It links to {link}, and there is no such place."


def _target(subject: Subject, path: str, link: str) -> str:
    """The built file that a link leads to; "" when it leads elsewhere."""
    try:
        whole = urljoin(subject.publication.show.url + path, link)
    except ValueError:
        return ""
    return unquote(subject.path(whole))


def _untitled(_: Subject, page: _Page) -> Iterator[str]:
    if not page.title:
        yield "It has no title."


def _language(_: Subject, page: _Page) -> Iterator[str]:
    if not page.language:
        yield "It does not say in which language it is."


def _heading(_: Subject, page: _Page) -> Iterator[str]:
    if (count := page.levels.count(1)) != 1:
        yield f"It has {count} headings of the first level."


def _skipped(_: Subject, page: _Page) -> Iterator[str]:
    jumps = ((before, after) for before, after in pairwise(page.levels) if after > before + 1)
    for before, after in islice(jumps, 1):
        yield f"A heading of level {after} follows one of level {before}."


def _picture(_: Subject, page: _Page) -> Iterator[str]:
    yield from (f"The picture {source} has no alt." for source in page.undescribed)


def _same_id(_: Subject, page: _Page) -> Iterator[str]:
    yield from (f"{count} elements have the id {name}." for name, count in page.ids.items() if count > 1)


def _nameless(_: Subject, page: _Page) -> Iterator[str]:
    yield from (f"A link or a button has no text: {each}." for each in page.nameless)


def _autoplay(_: Subject, page: _Page) -> Iterator[str]:
    if page.plays:
        yield "It plays by itself."


def _foreign(subject: Subject, page: _Page) -> Iterator[str]:
    host = urlsplit(subject.publication.show.url).netloc
    for link in page.loaded:
        if urlsplit(link).netloc not in {"", host}:
            yield f"It loads {link} from another host."


def _no_words(subject: Subject) -> Iterator[Complaint]:
    for release in subject.publication.releases:
        path, first = f"{release.episode.folder}index.html", _first_words(release)
        if first and path in subject.files.sizes:
            told = "".join(_parsed(subject.files.read(path)).itertext())
            if first not in " ".join(told.split()):
                yield Complaint(FOLDER + path, "The page does not have the transcript's words.")


def _first_words(release: Release) -> str:
    told = (" ".join(cue.text.split()) for cue in cues_of(release))
    return next(filter(None, told), "")


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
