"""The pages in a real browser, with real sound, served by the preview under its strict content security policy."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from placecast.timecode import fragment
from tests import shows
from tests.test_serve import running

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SITE = shows.realistic()
EPISODE = SITE.releases[0].episode
CHAPTER = EPISODE.chapters[2]


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Where the site is, below a prefix, as it may be on a web server."""
    folder: Path = tmp_path_factory.mktemp("served")
    shows.write_site(SITE, folder / "some" / "prefix")
    with running(folder) as port:
        yield f"http://127.0.0.1:{port}/some/prefix/"


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: NOTHING about the pages in a browser was tested (apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--mute-audio"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, address):
    """Opens a page; at the end, what went wrong or astray in it fails the test."""
    contexts = []
    complaints: list[str] = []

    def open_page(path: str, **settings):
        context = chromium.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: request.url.startswith(address) or complaints.append(request.url))
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def until(page, condition: str) -> None:
    """Wait for this to be true. Playwright's own waiting would need `unsafe-eval` in the page's policy."""
    deadline = time.monotonic() + 10
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(20)


def arrives(page, seconds: float) -> None:
    """Wait until the sound stands at this time, or has just gone on from there."""
    until(page, f"[document.querySelector('audio').currentTime - {seconds}].every(since => since > -0.1 && since < 2)")


def in_view(page, selector: str) -> None:
    """Wait until this element can be seen below the player: scrolling takes its time."""
    until(
        page,
        f"[document.querySelector({selector!r}).getBoundingClientRect()].every(box => box.bottom < innerHeight"
        " && box.top >= document.querySelector('.player').getBoundingClientRect().bottom)",
    )


def paused(page) -> bool:
    return page.evaluate("document.querySelector('audio').paused")


@pytest.mark.parametrize(
    ("fragment", "seconds"), [("#t=46.37", 46.37), ("#t=70", 70), ("#t=1:10", 70), ("#t=0:01:10.5", 70.5)]
)
def test_a_deep_link_seeks_shows_the_sentence_and_does_not_play(open_page, fragment, seconds):
    page = open_page(EPISODE.folder + fragment)
    arrives(page, seconds)
    heard = [cue.text for cue in SITE.releases[0].text().transcript.cues if cue.start <= seconds][-1]
    assert page.locator(".heard").inner_text() == heard
    in_view(page, ".heard")
    assert paused(page)


@pytest.mark.parametrize("fragment", ["#t=", "#t=x", "#t=1:2:3:4", "#t=1..2", "#t=%", "#nothing", "#t=-5"])
def test_a_broken_link_just_shows_the_page(open_page, fragment):
    page = open_page(EPISODE.folder + fragment)
    assert page.locator(".tools").is_visible()
    assert page.evaluate("document.querySelector('audio').readyState") == 0


def test_nothing_is_loaded_before_somebody_wants_to_listen(open_page):
    page = open_page(EPISODE.folder)
    page.wait_for_timeout(300)
    assert page.evaluate("performance.getEntriesByType('resource').filter(e => e.name.includes('.mp3')).length") == 0


def test_a_chapter_plays_from_its_start_and_is_marked(open_page):
    page = open_page(EPISODE.folder)
    page.get_by_role("navigation", name="Chapters").get_by_role("link", name=CHAPTER.title).click()
    arrives(page, CHAPTER.seconds)
    until(page, "!document.querySelector('audio').paused")
    assert page.locator(".chapters [aria-current=true]").inner_text().endswith(CHAPTER.title)
    assert page.url.endswith(f"#t={CHAPTER.seconds:g}")


def test_the_marked_sentence_keeps_step_with_the_sound(open_page):
    page = open_page(EPISODE.folder)
    cues = SITE.releases[0].text().transcript.cues
    page.locator(".paragraph a").first.press("Enter")
    arrives(page, cues[0].start)
    page.evaluate(f"document.querySelector('audio').currentTime = {cues[1].start - 0.5}")
    until(page, f"document.querySelector('.heard')?.textContent === {cues[1].text!r}")


def test_the_time_of_a_paragraph_leads_to_its_first_word_within_that_second(open_page):
    page = open_page(EPISODE.folder)
    first = "paragraph => Number(paragraph.querySelector('span[id]').id.slice(2))"
    starts = page.evaluate(f"[...document.querySelectorAll('.paragraph')].map({first})")
    number, start = max(enumerate(starts), key=lambda told: told[1] % 1)
    page.locator(".paragraph a").nth(number).press("Enter")
    arrives(page, start)


def test_a_click_on_a_sentence_moves_the_sound_there_without_starting_it(open_page):
    page = open_page(EPISODE.folder)
    cue = SITE.releases[0].text().transcript.cues[12]
    page.get_by_text(cue.text, exact=True).click()
    arrives(page, cue.start)
    assert paused(page)


def test_going_back_in_history_goes_back_in_the_sound(open_page):
    page = open_page(EPISODE.folder + "#t=20")
    arrives(page, 20)
    page.evaluate("location.hash = '#t=90'")
    arrives(page, 90)
    page.go_back()
    arrives(page, 20)


def test_the_tools_jump_and_change_the_speed(open_page):
    page = open_page(EPISODE.folder + "#t=60")
    arrives(page, 60)
    page.get_by_role("button", name="Jump +30 seconds").click()
    arrives(page, 90)
    page.get_by_role("button", name="Jump −15 seconds").click()
    arrives(page, 75)
    page.get_by_label("Speed").select_option("1.5")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.5


def test_the_page_follows_the_sound_when_asked_to(open_page):
    page = open_page(EPISODE.folder, reduced_motion="reduce")
    page.get_by_label("Follow along").check()
    page.locator(".paragraph a").first.press("Enter")
    arrives(page, 1)
    page.evaluate("document.querySelector('audio').currentTime = 150")
    until(page, "Number(document.querySelector('.heard').id.slice(2)) > 140")
    in_view(page, ".heard")


def test_without_javascript_everything_is_there_and_links_scroll(open_page):
    page = open_page(EPISODE.folder, java_script_enabled=False)
    assert page.locator("audio[controls]").is_visible()
    assert page.locator(".tools").is_hidden()
    last = SITE.releases[0].text().transcript.cues[-1]
    assert page.get_by_text(last.text).is_visible()
    page.get_by_role("navigation", name="Chapters").get_by_role("link").last.click()
    sentence = next(cue for cue in SITE.releases[0].text().transcript.cues if cue.start >= EPISODE.chapters[-1].seconds)
    in_view(page, f"span[id='{fragment(sentence.start)}']")


def test_the_feeds_address_is_copied(open_page):
    page = open_page("", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("status").get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == SITE.show.feed_url


@pytest.mark.parametrize("path", ["", EPISODE.folder, "accessibility/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_screen_needs_no_sideways_scrolling(open_page, path, scheme):
    page = open_page(path, viewport={"width": 320, "height": 640}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate(
        "[...document.querySelectorAll('main *')].every(e => e.getBoundingClientRect().right <= 320.5)"
    )


@pytest.mark.parametrize("path", ["", EPISODE.folder])
@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_pressed_is_large_enough(open_page, path, width):
    """WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, but for links in running text."""
    page = open_page(path, viewport={"width": width, "height": 800})
    small = page.evaluate(
        "[...document.querySelectorAll('button, select, input:not([type=checkbox]), .check, nav a, .links a,"
        " .downloads a, .paragraph a, .neighbours a')].map(e => [e.textContent, e.getBoundingClientRect()])"
        ".filter(([, box]) => box.width && (box.height < 24 || box.width < 24)).map(([text]) => text)"
    )
    assert small == []


def test_the_keyboard_reaches_the_content_and_focus_can_be_seen(open_page):
    page = open_page(EPISODE.folder)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("e => e === document.activeElement && getComputedStyle(e).clipPath === 'none'")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        tag, outline = page.evaluate(
            "[document.activeElement].map(e => [e.tagName, getComputedStyle(e).outlineStyle])[0]"
        )
        seen.add(tag)
        assert outline != "none" or tag == "BODY"
    assert {"A", "BUTTON", "SELECT", "INPUT"} <= seen


def test_print_shows_the_words_and_no_player(open_page):
    page = open_page(EPISODE.folder)
    page.emulate_media(media="print")
    assert page.locator(".player").is_hidden()
    assert page.get_by_text(SITE.releases[0].text().transcript.cues[-1].text).is_visible()
