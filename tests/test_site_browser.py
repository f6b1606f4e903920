"""The site's pages in a real browser, under the preview's strict policy: nothing astray, nothing cut off, no script."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from tests.test_pages_browser import EPISODE, address, chromium, open_page  # noqa: F401  # fixtures

pytestmark = pytest.mark.browser
PLAYER = f"{EPISODE.folder}player/"
FOLDERS = ("", "people/", "places/", "about/", "subscribe/", "accessibility/", PLAYER)
PHONE = {"viewport": {"width": 320, "height": 640}}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_page_keeps_to_the_policy_and_fits_a_narrow_screen(open_page, folder):  # noqa: F811
    page = open_page(folder, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate("document.images.length === 0 || [...document.images].every((one) => one.naturalWidth > 0)")
    assert page.context.cookies() == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_page_says_all_without_javascript(open_page, folder):  # noqa: F811
    with_script = open_page(folder).locator("main").inner_text()
    page = open_page(folder, java_script_enabled=False)
    assert page.locator("h1").is_visible()
    assert page.locator("h1").inner_text() in with_script
    assert page.locator("audio").count() == (folder == PLAYER)


def test_every_small_target_is_24_pixels_or_stands_in_a_sentence(open_page):  # noqa: F811
    page = open_page("subscribe/", **PHONE)
    heights = page.evaluate(
        "[...document.querySelectorAll('nav a, .apps a, .links a, button')].map((one) => one.offsetHeight)"
    )
    assert min(heights) >= 24  # WCAG 2.2, 2.5.8


@pytest.fixture
def elsewhere(tmp_path, address) -> Iterator[str]:  # noqa: F811
    """Another website that shows the player in a page of its own."""
    frame = f'<!doctype html><title>Elsewhere</title><iframe src="{address}{PLAYER}" title="Player"></iframe>'
    (tmp_path / "index.html").write_text(frame, "utf-8")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_the_player_plays_in_another_website(chromium, elsewhere):  # noqa: F811
    context = chromium.new_context()
    page = context.new_page()
    page.goto(elsewhere)
    player = page.frame_locator("iframe")
    player.get_by_role("button", name="Play").click()
    audio = player.locator("audio")
    page.wait_for_timeout(1500)
    assert audio.evaluate("(one) => one.currentTime") > 0
    assert audio.evaluate("(one) => one.paused") is False
    context.close()


def test_no_other_page_of_the_site_may_be_framed(chromium, address, tmp_path):  # noqa: F811
    answer = chromium.new_context().request.get(address + EPISODE.folder)
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
