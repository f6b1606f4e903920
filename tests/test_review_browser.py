"""The review page in a real browser: heard at the word, corrected in place, by mouse and by keyboard alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import desks
from tests.desks import SLUG, Table
from tests.test_pages_browser import chromium, until  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser

REFUSED = "Failed to load resource"  # the browser's own note of an answer that is not 200


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with desks.running(desks.make(tmp_path)) as made:
        yield made


@pytest.fixture
def open_page(chromium, table):  # noqa: F811
    """Opens the review page; at the end, what went wrong or astray in it fails the test."""
    contexts = []
    complaints: list[str] = []

    def open_page(**settings):
        context = chromium.new_context(**{"reduced_motion": "reduce"} | settings)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: REFUSED in message.text or complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: request.url.startswith(table.address) or complaints.append(request.url))
        page.goto(table.address)
        page.locator("#cues li").first.wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def card(page) -> str:
    return " ".join(page.locator("#card").inner_text().split())


def in_file(table: Table, sentence: str) -> None:
    """Wait until this sentence stands in the file."""
    deadline = time.monotonic() + 10
    while sentence not in table.cues:
        assert time.monotonic() < deadline, table.cues
        time.sleep(0.02)


def typing(page, text: str) -> None:
    page.locator("textarea").fill(text)


def test_the_gravest_doubt_is_shown_first_with_its_sentence_and_reason(open_page):
    page = open_page()
    assert card(page).startswith("1 of 4 Perhaps invented")
    assert page.locator("#card mark").inner_text() == "Thanks for watching"
    assert "Invented." in card(page)
    assert page.locator("#list li").count() == 4
    assert page.locator("#cues mark.current").inner_text() == "Thanks for watching"


@pytest.mark.parametrize("width", [390, 1280])
def test_going_on_shows_the_whole_card_below_the_player(open_page, width):
    page = open_page(viewport={"width": width, "height": 640})
    page.evaluate("scrollTo(0, 2000)")
    for _ in range(4):
        page.keyboard.press("j")
        page.wait_for_timeout(100)
        assert page.evaluate(
            "document.querySelector('#card').getBoundingClientRect().top"
            " >= document.querySelector('.player').getBoundingClientRect().bottom"
        )


def test_it_is_heard_from_a_little_before_the_word_and_stops_after_it(open_page):
    page = open_page()
    start = page.evaluate("fetch('data').then(answer => answer.json()).then(told => told.doubts[0].start)")
    page.get_by_role("button", name="Listen").click()
    until(page, "!document.querySelector('audio').paused")
    assert 0 <= page.evaluate("document.querySelector('audio').currentTime") - (start - 1.5) < 1
    page.evaluate("document.querySelector('audio').playbackRate = 8")
    until(page, "document.querySelector('audio').paused")
    assert 1.5 < page.evaluate("document.querySelector('audio').currentTime") - start < 6


def test_a_sentence_is_played_from_its_time_and_marked_while_it_is_heard(open_page):
    page = open_page()
    page.get_by_role("button", name="Play from 0:04").click()
    until(page, "document.querySelector('audio').currentTime > 3")
    until(page, "document.querySelector('#cue-1.heard') !== null")


def test_the_suggestion_is_taken_with_one_key(open_page, table):
    page = open_page()
    page.keyboard.press("j")
    assert "Use “Grimsby”" in card(page)
    page.keyboard.press("u")
    in_file(table, "We went to Grimsby by train.")
    until(page, "document.querySelector('#count').textContent === '3 to look at'")
    assert page.evaluate("document.activeElement.id") == "card"


def test_everything_can_be_done_with_the_keyboard_alone(open_page, table):
    page = open_page()
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("e => e === document.activeElement")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "card"
    page.keyboard.press("l")
    until(page, "!document.querySelector('audio').paused")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert "Hounds" in card(page)
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("Towns do better with parks.")  # its letters are text here, and no keys of the page
    page.keyboard.press("Control+Enter")
    in_file(table, "Towns do better with parks.")
    until(page, "document.activeElement.id === 'card'")
    page.keyboard.press("r")
    until(page, "document.querySelector('#count').textContent === '2 to look at'")
    page.locator("#approve").focus()
    page.keyboard.press("Enter")
    assert "2 doubts are open" in page.locator("dialog").inner_text()
    page.keyboard.type("Ana Müller")
    page.keyboard.press("Enter")
    page.get_by_text("Approved by Ana Müller on 3 May 2026.").first.wait_for()
    assert table.project.verdict(table.episode).state == "approved"


def test_single_keys_can_be_switched_off(open_page):
    page = open_page()
    page.get_by_text("Keys", exact=True).click()
    page.get_by_label("Use single keys").uncheck()
    page.locator("#card").focus()
    page.keyboard.press("j")
    assert card(page).startswith("1 of 4")


def test_what_is_right_as_it_is_stays_and_is_not_asked_again_after_a_reload(open_page, table):
    page = open_page()
    before = table.text
    page.get_by_role("button", name="Right as it is").click()
    until(page, "document.querySelector('#count').textContent === '3 to look at'")
    page.reload()
    page.locator("#cues li").first.wait_for()
    assert page.locator("#count").inner_text() == "3 to look at"
    page.locator("#list .settled button").click()
    assert card(page).startswith("1 of 4 Perhaps invented")
    assert table.text == before


def test_a_sentence_and_its_speaker_are_edited_in_place(open_page, table):
    page = open_page()
    page.locator("#cue-1 .edit").click()
    page.get_by_label("Speaker").fill("Rosa Hartley")
    typing(page, "With me is Daniel Marsh, from the market.")
    page.get_by_role("button", name="Save").click()
    in_file(table, "With me is Daniel Marsh, from the market.")
    assert "<v Rosa Hartley>With me" in table.text
    until(page, "document.querySelector('#cue-1 .speaker') !== null")
    assert page.locator("#cue-1 .edit").evaluate("e => e === document.activeElement")
    assert page.locator("#speakers option").first.get_attribute("value") == "Rosa Hartley"


def test_a_sentence_is_split_at_the_caret_merged_again_and_that_is_undone(open_page, table):
    page = open_page()
    whole = table.text
    page.locator("#cue-3 .edit").click()
    page.locator("textarea").evaluate("box => box.setSelectionRange(11, 11)")
    page.get_by_role("button", name="Split here").click()
    in_file(table, "grim bee by train.")
    assert page.locator("#cue-4 textarea").input_value() == "grim bee by train."
    page.keyboard.press("Escape")
    page.locator("#cue-3 .edit").click()
    page.get_by_role("button", name="Merge with the next").click()
    in_file(table, "We went to grim bee by train.")
    assert table.text == whole
    page.get_by_role("button", name="Undo").click()
    in_file(table, "grim bee by train.")
    page.get_by_role("button", name="Undo").click()
    in_file(table, "We went to grim bee by train.")
    assert table.text == whole


def test_an_invented_sentence_is_removed_and_can_be_brought_back(open_page, table):
    page = open_page()
    whole = table.text
    page.keyboard.press("e")
    page.get_by_role("button", name="Remove").dblclick()
    until(page, "document.querySelectorAll('#cues li').length === 5")
    assert "Thanks for watching." not in table.cues
    page.get_by_role("button", name="Undo").click()
    in_file(table, "Thanks for watching.")
    assert table.text == whole


def test_escape_leaves_the_sentence_as_it_was(open_page, table):
    page = open_page()
    before = table.text
    page.locator("#cue-0 .edit").click()
    typing(page, "Something else.")
    page.keyboard.press("Escape")
    assert page.locator("textarea").count() == 0
    assert page.locator("#cue-0").get_by_text("Welcome to Placecast").is_visible()
    assert table.text == before


def test_going_on_saves_what_was_typed(open_page, table):
    page = open_page()
    page.locator("#cue-0 .edit").click()
    typing(page, "Welcome to Placecast.")
    page.locator("#list button").nth(1).click()
    in_file(table, "Welcome to Placecast.")


def test_what_is_typed_survives_a_change_of_the_file_elsewhere(open_page, table):
    page = open_page()
    page.locator("#cue-2 .edit").click()
    typing(page, "Towns do better with parks.")
    theirs = table.text.replace("Hounds do better", "Hounds fare better").replace("Welcome to", "Hello from")
    table.path.write_text(theirs, "utf-8")
    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    alert.get_by_text("was changed by another program").wait_for()
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(100)
    assert alert.evaluate("e => e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().bottom < innerHeight")
    assert table.text == theirs
    assert page.locator("textarea").input_value() == "Towns do better with parks."
    page.get_by_role("button", name="Load the new version").click()
    page.get_by_text("Hello from Placecast").wait_for()
    assert alert.inner_text() == ""
    assert page.locator("textarea").input_value() == "Towns do better with parks."
    assert "Hounds fare better" in page.locator(".editor .now").inner_text()
    page.get_by_role("button", name="Save").click()
    in_file(table, "Towns do better with parks.")
    assert "Hello from Placecast, the podcast about places." in table.cues


def test_of_two_windows_the_second_is_told(open_page, table):
    first, second = open_page(), open_page()
    for page, said in ((first, "Said in the first."), (second, "Said in the second.")):
        page.locator("#cue-0 .edit").click()
        typing(page, said)
        page.get_by_role("button", name="Save").click()
        page.wait_for_timeout(100)
    second.get_by_role("alert").get_by_text("in another window").wait_for()
    assert table.cues[0] == "Said in the first."


def test_when_placecast_has_ended_the_page_says_so_and_keeps_the_text(open_page, tmp_path_factory, chromium):  # noqa: F811
    other = desks.make(tmp_path_factory.mktemp("other"))
    context = chromium.new_context()
    with desks.running(other):
        page = context.new_page()
        page.goto(other.address)
        page.locator("#cue-0 .edit").click()
        typing(page, "Typed in vain?")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").get_by_text("does not answer any more").wait_for()
    assert page.locator("textarea").input_value() == "Typed in vain?"
    context.close()


def test_another_page_cannot_change_the_transcript(chromium, table, tmp_path_factory):  # noqa: F811
    """Even one that knows the token, which it cannot: a form, a script and an image of another origin."""
    from tests.test_serve import running as serving

    before = table.text
    folder = tmp_path_factory.mktemp("evil")
    body = '{"version": "x", "by": "Mallory", "z": "'
    attack = (
        f"fetch('{table.address}approve', {{method: 'POST', mode: 'no-cors', body: '{{}}'}}).catch(() => 0);"
        f"fetch('{table.address}data').then(a => a.text()).then(t => document.title = 'read ' + t, () => 0);"
        "document.forms[0].submit();"
    )
    (folder / "index.html").write_text(
        f"<title>evil</title><form method=post enctype=text/plain target=f action='{table.address}approve'>"
        f"<input name='{body}' value='\"}}'></form><iframe name=f src='{table.address}'></iframe>"
        f"<script src='attack.js'></script>",
        "utf-8",
    )
    (folder / "attack.js").write_text(attack, "utf-8")
    context = chromium.new_context(bypass_csp=True)
    with serving(folder) as port:
        page = context.new_page()
        page.goto(f"http://localhost:{port}/")
        page.wait_for_timeout(500)
        assert page.title() == "evil"
    context.close()
    assert table.text == before
    assert not table.project.review_file(SLUG).exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_fits_a_narrow_screen_and_what_is_pressed_is_large_enough(open_page, width, scheme):
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.keyboard.press("e")
    page.locator("textarea").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    small = page.evaluate(
        "[...document.querySelectorAll('button, select, textarea, summary, input:not([type=checkbox]), .check')]"
        ".map(e => [e.textContent, e.getBoundingClientRect()])"
        ".filter(([, box]) => box.width && (box.height < 24 || box.width < 24)).map(([text]) => text)"
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_buttons_have_enough_contrast(open_page, scheme):
    """WCAG 2.2, 1.4.3: 4.5 to 1 for all text that is not disabled."""
    page = open_page(color_scheme=scheme)
    page.keyboard.press("e")
    page.locator("textarea").wait_for()
    assert page.evaluate(CONTRAST) == []


def test_everything_has_a_name_a_role_and_a_place(open_page):
    page = open_page()
    page.locator("#cue-0 .edit").click()
    unnamed = page.evaluate(
        "[...document.querySelectorAll('button, input, textarea, select, audio, section, dialog')].filter(e =>"
        " !(e.ariaLabel || e.getAttribute('aria-labelledby') || e.labels?.length || e.textContent.trim()))"
        ".map(e => e.outerHTML)"
    )
    assert unnamed == []
    twice = page.evaluate(
        "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, n, all) => all.indexOf(id) !== n)"
    )
    assert twice == []
    levels = page.evaluate("[...document.querySelectorAll('main h1, main h2, main h3')].map(e => +e.tagName[1])")
    assert levels == [2, 3, 2]
    assert page.evaluate("document.querySelectorAll('h1').length") == 1


def test_without_javascript_the_page_says_what_to_do(chromium, table):  # noqa: F811
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(table.address)
    assert page.get_by_text("this browser may not run JavaScript").is_visible()
    context.close()


# Every text with less contrast than 4.5 to 1 against the nearest background that is there.
CONTRAST = """
(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (parts(colour)[3] !== 0) return colour;
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const poor = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, :disabled")) continue;
    const [one, two] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
    if ((one + 0.05) / (two + 0.05) < 4.5) poor.push(walker.currentNode.data);
  }
  return poor;
})()
"""
