"""The player and the transcript that goes with it, in a real browser: keys, following, quotes, and hostile words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from placecast import citation
from placecast.model import Release
from placecast.timecode import fragment
from tests import shows
from tests.test_pages_browser import (  # noqa: F401 - fixtures
    EPISODE,
    SITE,
    address,
    arrives,
    chromium,
    in_view,
    open_page,
    paused,
    until,
)
from tests.test_pages_hostile import hostile
from tests.test_serve import running

pytestmark = pytest.mark.browser

CUES = SITE.releases[0].text().transcript.cues
# As strict as a policy can be that still lets a page have its own style, script, pictures and sound.
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; manifest-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
COPYING = ["clipboard-read", "clipboard-write"]


def sentence(page, cue):
    return page.get_by_text(cue.text, exact=True)


def copied(page) -> str:
    page.get_by_role("status").get_by_text("copied").wait_for()
    return page.evaluate("navigator.clipboard.readText()")


def test_the_play_button_plays_pauses_and_says_which(open_page):  # noqa: F811
    page = open_page(EPISODE.folder)
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, "document.querySelector('audio').currentTime > 0.1")
    page.get_by_role("button", name="Pause", exact=True).click()
    until(page, "document.querySelector('audio').paused")
    page.get_by_role("button", name="Play", exact=True).wait_for()  # the event follows the pause


def test_the_length_is_told_before_anything_is_loaded(open_page):  # noqa: F811
    page = open_page(EPISODE.folder)
    assert page.locator(".timeline").inner_text().split() == ["0:00", "3:32"]
    assert page.evaluate("document.querySelector('audio').readyState") == 0


def test_the_position_is_moved_with_arrow_keys_and_told_in_words(open_page):  # noqa: F811
    page = open_page(EPISODE.folder + "#t=60")
    arrives(page, 60)
    position = page.get_by_role("slider", name="Position")
    position.press("ArrowRight")
    arrives(page, 61)
    assert position.get_attribute("aria-valuetext") == "1:01 of 3:32"
    position.press("End")
    arrives(page, SITE.releases[0].audio.seconds - 0.1)


def test_every_key_of_the_help_does_what_it_says(open_page):  # noqa: F811
    page = open_page(EPISODE.folder + "#t=60", permissions=COPYING)
    arrives(page, 60)
    for key, seconds in (("l", 90), ("j", 75), ("N", EPISODE.chapters[2].seconds), ("P", EPISODE.chapters[1].seconds)):
        page.keyboard.press(key)
        arrives(page, seconds)
    page.keyboard.press(">")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.25
    page.keyboard.press("<")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1
    page.keyboard.press("f")
    assert not page.get_by_label("Follow along").is_checked()
    page.keyboard.press("k")
    until(page, "!document.querySelector('audio').paused")
    page.keyboard.press("k")
    until(page, "document.querySelector('audio').paused")


def test_sentences_are_chosen_played_and_copied_by_keyboard_alone(open_page):  # noqa: F811
    page = open_page(EPISODE.folder, permissions=COPYING)
    page.evaluate(f"location.hash = '#{fragment(CUES[3].start)}'")
    arrives(page, CUES[3].start)
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.textContent") == CUES[4].text
    page.keyboard.press("c")
    assert copied(page) == f"{SITE.show.at(EPISODE.folder)}#{fragment(CUES[4].start)}"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Play"
    page.keyboard.press("Enter")
    arrives(page, CUES[4].start)
    until(page, "!document.querySelector('audio').paused")
    page.keyboard.press("Escape")
    assert page.locator(".actions").is_hidden()


def test_the_help_opens_closes_and_turns_the_keys_off_for_good(open_page):  # noqa: F811
    page = open_page(EPISODE.folder + "#t=60")
    arrives(page, 60)
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    page.get_by_label("Listen for these keys").uncheck()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    page.reload()
    page.keyboard.press("l")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").count() == 0
    arrives(page, 60)
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("button", name="Close").click()
    assert page.get_by_role("dialog").count() == 0


def test_keys_with_a_modifier_are_the_browsers_own(open_page):  # noqa: F811
    page = open_page(EPISODE.folder + "#t=60")
    arrives(page, 60)
    page.keyboard.press("Control+l")
    page.get_by_label("Speed").press("l")
    arrives(page, 60)


def test_a_quote_says_who_said_it_where_and_leads_there(open_page):  # noqa: F811
    page = open_page(EPISODE.folder, permissions=COPYING)
    cue = CUES[12]
    sentence(page, cue).click()
    page.get_by_role("button", name="Copy quote").click()
    minutes, seconds = divmod(int(cue.start), 60)
    assert copied(page) == (
        f"“{cue.text}”\n— {cue.speaker}, in “Who owns the high street?”, Placecast, 20 November 2026,"
        f" at {minutes}:{seconds:02}. {SITE.show.at(EPISODE.folder)}#{fragment(cue.start)}"
    )
    assert sentence(page, cue).inner_text() == cue.text


def test_several_sentences_are_quoted_with_the_names_of_those_who_say_them(open_page):  # noqa: F811
    page = open_page(EPISODE.folder, permissions=COPYING)
    turn = next(i for i, cue in enumerate(CUES) if cue.speaker != CUES[0].speaker)
    first, last = (f"document.getElementById('{fragment(CUES[at].start)}').firstChild" for at in (turn - 1, turn))
    page.evaluate(f"getSelection().setBaseAndExtent({first}, 2, {last}, 3)")
    page.get_by_role("button", name="Copy quote").click()
    told = copied(page).splitlines()
    assert told[:2] == [f"{cue.speaker}: “{cue.text}”" for cue in CUES[turn - 1 : turn + 1]]
    assert told[2].startswith("— “Who owns the high street?”, Placecast, 20 November 2026, at 0:")


def test_a_quote_from_an_unchecked_transcript_says_so(open_page):  # noqa: F811
    page = open_page(SITE.releases[2].episode.folder, permissions=COPYING)
    page.keyboard.press("q")
    assert "(machine transcript, not checked)." in copied(page)


def test_the_reference_that_is_copied_is_that_of_the_page_with_the_moment(open_page):  # noqa: F811
    page = open_page(EPISODE.folder, permissions=COPYING)
    sentence(page, CUES[12]).click()
    page.get_by_role("button", name="Cite").click()
    told = citation.of_episode(SITE.show, EPISODE, SITE.releases[0].published, "en", CUES[12].start)
    assert copied(page) == citation.moment(told, citation.apa(told))
    page.keyboard.press("n")
    page.keyboard.press("r")
    assert copied(page).endswith("#" + fragment(CUES[13].start))


def test_the_link_that_is_copied_opens_at_the_sentence(open_page):  # noqa: F811
    page = open_page(EPISODE.folder, permissions=COPYING)
    sentence(page, CUES[20]).click()
    page.get_by_role("button", name="Copy link").click()
    again = open_page(copied(page).removeprefix(SITE.show.url))
    arrives(again, CUES[20].start)
    assert again.locator(".heard").inner_text() == CUES[20].text


def test_whoever_reads_elsewhere_is_left_there_and_can_go_back(open_page):  # noqa: F811
    page = open_page(EPISODE.folder + f"#{fragment(CUES[20].start)}", reduced_motion="reduce")
    arrives(page, CUES[20].start)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(1200)
    page.evaluate("scrollTo(0, 0)")
    page.get_by_role("button", name="Back to what is heard").wait_for()
    page.evaluate("document.querySelector('audio').currentTime = 150")
    until(page, "Number(document.querySelector('.heard').id.slice(2)) > 140")
    assert page.evaluate("scrollY") == 0
    page.get_by_role("button", name="Back to what is heard").click()
    in_view(page, ".heard")
    assert page.locator(".back").is_hidden()
    assert page.evaluate("document.activeElement.closest('.paragraph') !== null")


def test_the_page_stays_where_it_is_when_not_asked_to_follow(open_page):  # noqa: F811
    page = open_page(EPISODE.folder + f"#{fragment(CUES[8].start)}", reduced_motion="reduce")
    arrives(page, CUES[8].start)
    page.get_by_label("Follow along").uncheck()
    page.get_by_role("button", name="Play", exact=True).click()
    before = page.evaluate("scrollY")
    page.evaluate("document.querySelector('audio').currentTime = 150")
    until(page, "Number(document.querySelector('.heard').id.slice(2)) > 140")
    assert page.evaluate("scrollY") == before


def test_the_speed_is_kept_for_the_next_episode(open_page):  # noqa: F811
    page = open_page(EPISODE.folder)
    page.get_by_label("Speed").select_option("1.5")
    page.goto(page.url.replace(EPISODE.slug, SITE.releases[1].episode.slug))
    assert page.get_by_label("Speed").input_value() == "1.5"
    assert page.evaluate("document.querySelector('audio').defaultPlaybackRate") == 1.5
    assert page.evaluate("document.cookie") == ""


def test_sound_that_cannot_be_loaded_is_said_to_be_and_tried_again(chromium, address):  # noqa: F811
    page = chromium.new_context().new_page()
    page.route("**/*.mp3", lambda route: route.abort())
    page.goto(address + EPISODE.folder)
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("status").get_by_text("could not be loaded").wait_for()
    page.unroute("**/*.mp3")
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, "document.querySelector('audio').currentTime > 0")
    page.context.close()


@pytest.mark.parametrize("moment", [fragment(CUES[20].start), "t=1:11"])
def test_links_in_seconds_and_on_the_clock_scroll_without_javascript(open_page, moment):  # noqa: F811
    page = open_page(f"{EPISODE.folder}#{moment}", java_script_enabled=False, reduced_motion="reduce")
    in_view(page, f"[id='{moment}']")


def test_words_without_end_need_no_sideways_scrolling(chromium, tmp_path: Path):  # noqa: F811
    told = hostile("Llanfairpwllgwyngyll" * 6)
    shows.write_site(replace(told, releases=(_short(told.releases[0]),)), tmp_path)
    page = chromium.new_page(viewport={"width": 320, "height": 640})
    with running(tmp_path) as port:
        page.goto(f"http://127.0.0.1:{port}/{told.releases[0].episode.folder}#t=2")
        page.locator(".heard").click()
        assert page.get_by_role("button", name="Copy quote").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.close()


def test_everything_works_under_the_strictest_policy(chromium, address):  # noqa: F811
    context = chromium.new_context(permissions=COPYING)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def answer(route) -> None:
        response = route.fetch()
        route.fulfill(response=response, headers=response.headers | {"content-security-policy": STRICT})

    page.route("**/e/**", answer)
    page.goto(address + EPISODE.folder + "#t=1:10")
    arrives(page, 70)
    page.keyboard.press("q")
    assert copied(page).startswith("“")
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, "!document.querySelector('audio').paused")
    assert page.evaluate("getComputedStyle(document.querySelector('.player')).position") == "sticky"
    assert float(page.evaluate("document.querySelector('[data-position]').style.getPropertyValue('--played')")) > 0.3
    assert complaints == []
    context.close()


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "'\"><svg/onload=alert(1)>"]
)
def test_hostile_text_in_every_field_does_nothing(chromium, tmp_path: Path, text):  # noqa: F811
    told = hostile(text)
    (release,) = told.releases
    shows.write_site(replace(told, releases=(_short(release),)), tmp_path)
    # Without the preview's policy, which would stop what the pages let through.
    context = chromium.new_context(permissions=COPYING, bypass_csp=True)
    page, alarms = context.new_page(), []
    page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: alarms.append(str(error)))
    with running(tmp_path) as port:
        page.on(
            "request", lambda request: request.url.startswith(f"http://127.0.0.1:{port}/") or alarms.append(request.url)
        )
        for path in ("", "accessibility/", release.episode.folder):
            page.goto(f"http://127.0.0.1:{port}/{path}")
        page.keyboard.press("n")
        page.keyboard.press("q")
        assert f"“{text}”" in copied(page)
        page.get_by_role("button", name="Play", exact=True).first.click()
        until(page, "document.querySelector('audio').currentTime > 0")
        assert page.title() == f"{text} – {text}"
        context.close()
    assert alarms == []


def _short(release: Release) -> Release:
    return replace(release, audio=replace(release.audio, seconds=4.0))
