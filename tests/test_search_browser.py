"""Search in a real browser: from words to the second at which they are said, with no server behind it."""

from __future__ import annotations

import json
import random
import unicodedata
from dataclasses import replace
from urllib.parse import quote

import pytest
from lxml import html

from placecast.model import Cue, Person, Transcript
from placecast.search import porter, postings
from placecast.search.words import words
from tests import feeds, shows
from tests.hostile import HOSTILE
from tests.made_up import made_up, quoted
from tests.test_pages_browser import SITE, address, arrives, chromium, open_page, until
from tests.test_serve import running

pytestmark = pytest.mark.browser
__all__ = ["address", "chromium", "open_page"]

CUES = SITE.releases[0].text().transcript.cues
SENTENCE = next(cue for cue in CUES if len(words(cue.text)) > 8)
SAID = words(SENTENCE.text)


def search(open_page, query: str, more: str = "", **settings):
    page = open_page(f"search/index.html?q={quote(query)}{more}", **settings)
    until(page, "/\\d|Nothing|could/.test(document.querySelector('[data-status]').textContent)")
    return page


def first(page) -> str:
    return page.locator("[data-found] article li").first.inner_text()


# The script does to a question what the build did to what was said


_ALIKE = """async ([script, texts]) => {
  const { words, stem, hashOf } = await import(script);
  const known = (word) => [word, stem(word), hashOf(new TextEncoder().encode(word))];
  return texts.map((text) => words(text).map(known));
}"""


def _letters(chance: random.Random) -> str:
    """Letters of any script; those that only one of two programs knows are left out."""
    found = (chr(chance.choice((chance.randrange(32, 0x2FF), chance.randrange(0x300, 0xD7FF)))) for _ in range(30))
    return "".join(letter for letter in found if unicodedata.category(letter) != "Cn")


def test_script_and_build_know_the_same_words_stems_and_hashes(open_page) -> None:
    page = open_page("search/index.html")
    chance = random.Random(3)
    texts = [cue.text for release in SITE.releases for cue in release.text().transcript.cues]
    texts += [*HOSTILE, *(_letters(chance) for _ in range(200))]
    script = page.evaluate("document.querySelector('script[type=module]').src")
    found = page.evaluate(_ALIKE, [script, texts])
    assert found == [[[word, porter.stem(word), postings.hash_of(word)] for word in words(text)] for text in texts]


# From words to the second


def test_a_sentence_is_found_and_leads_to_its_second(open_page) -> None:
    page = search(open_page, " ".join(SAID[2:7]))
    link = page.locator("[data-found] article li a").first
    assert SENTENCE.text in first(page)
    link.click()
    page.wait_for_url("**/e/**")
    arrives(page, SENTENCE.start)


FINDS = {
    "a phrase in quotation marks": f'"{" ".join(SAID[1:6])}"',
    "typing mistakes": " ".join(word[:2] + word[3:] if len(word) > 6 else word for word in SAID),
    "capitals and marks": SENTENCE.text.upper() + "!",
}


@pytest.mark.parametrize("query", FINDS.values(), ids=FINDS)
def test_it_is_found_by(open_page, query: str) -> None:
    assert SENTENCE.text in first(search(open_page, query))


def test_other_forms_of_a_word_are_found(open_page) -> None:
    word = next(each for each in SAID if each.endswith("s") and len(each) > 5)
    page = search(open_page, word[:-1])
    assert page.locator("[data-found] mark").first.inner_text().lower().startswith(word[:-1])


def test_frequent_words_alone_are_found_side_by_side(open_page) -> None:
    page = search(open_page, '"it is"')
    texts = page.locator("[data-found] article li").all_inner_texts()
    assert texts
    assert all("it is" in " ".join(words(text)) for text in texts)


def test_words_that_nobody_says_are_told(open_page) -> None:
    page = search(open_page, "xylophonequartets")
    assert page.locator("[data-status]").inner_text() == "Nothing was found. Nobody says “xylophonequartets”."


def test_a_phrase_that_nobody_says_is_not_found(open_page) -> None:
    page = search(open_page, f'"{" ".join(reversed(SAID[:4]))}"')
    assert page.locator("[data-status]").inner_text() == "Nothing was found."


def test_the_address_holds_the_question(open_page) -> None:
    page = open_page("search/index.html")
    page.get_by_label("Words that were said").fill(" ".join(SAID[:4]))
    page.keyboard.press("Enter")
    until(page, "document.querySelector('[data-found] article')")
    assert page.url.endswith(f"?q={'+'.join(SAID[:4])}")
    page.get_by_label("Words that were said").fill("trust")
    page.keyboard.press("Enter")
    until(page, "location.search === '?q=trust'")
    page.go_back()
    until(page, f"document.querySelector('#q').value === {json.dumps(' '.join(SAID[:4]))}")
    until(page, f"document.querySelector('[data-found]').textContent.includes({json.dumps(SENTENCE.text[-12:])})")


def test_only_what_a_speaker_says_in_an_episode_of_a_year_is_found(open_page) -> None:
    page = search(open_page, "the council and the people")
    page.get_by_text("Only some episodes").click()
    until(page, "document.querySelector('[name=speaker]').length > 2")
    page.get_by_label("Speaker").select_option(SENTENCE.speaker)
    until(page, "new URLSearchParams(location.search).get('speaker')")
    until(page, "/\\d/.test(document.querySelector('[data-status]').textContent)")
    who = page.locator("[data-found] article li b").all_inner_texts()
    assert who
    assert set(who) == {f"{SENTENCE.speaker}:"}
    year = str(SITE.releases[0].published.year)
    assert year in page.get_by_label("Year").inner_text()


def test_what_is_found_is_told_to_screen_readers(open_page) -> None:
    page = search(open_page, " ".join(SAID[2:7]))
    assert page.get_by_role("status").inner_text().endswith(".")
    assert page.get_by_role("search").is_visible()


def test_without_javascript_there_is_a_list_of_transcripts(open_page) -> None:
    page = open_page("search/index.html", java_script_enabled=False)
    page.get_by_role("link", name="Every transcript is in this list.").click()
    links = page.locator(".transcripts a")
    assert links.count() == len(SITE.releases)
    links.first.click()
    assert page.get_by_text(CUES[0].text).is_visible()


def test_an_index_that_cannot_be_read_is_told(chromium, address) -> None:
    page = chromium.new_page()
    page.route("**/search/index.json", lambda route: route.fulfill(status=200, body="{"))
    page.goto(f"{address}search/index.html?q=trust")
    until(page, "document.querySelector('[data-status]').textContent.startsWith('The search index could not be read')")
    page.close()


def test_what_could_be_read_is_shown_when_the_network_goes(chromium, address) -> None:
    page = chromium.new_page()
    page.route(f"**/e/{SITE.releases[1].episode.slug}/part-*", lambda route: route.abort())
    page.goto(f"{address}search/index.html?q=people")
    until(page, "document.querySelector('[data-status]').textContent.includes('Some texts could not be read')")
    assert page.locator("[data-found] article").count() > 0
    page.unroute_all()
    page.get_by_role("button", name="Search").click()
    until(page, "!document.querySelector('[data-status]').textContent.includes('Some texts')")
    page.close()


def test_after_a_failure_the_index_is_read_again(chromium, address) -> None:
    page = chromium.new_page()
    page.route("**/search/index.json", lambda route: route.fulfill(status=200, body="{"))
    page.goto(f"{address}search/index.html?q=people")
    until(page, "document.querySelector('[data-status]').textContent.startsWith('The search index could not be read')")
    page.unroute_all()
    page.get_by_role("button", name="Search").click()
    until(page, "document.querySelector('[data-found] article')")
    page.close()


STRANGE = {
    "no word at all": ("q=%3F%3F%3F", "There is no word in this"),
    "a place of another kind": ("q=people&place=__proto__", "Nothing was found"),
    "a year that never was": ("q=people&year=1066", "Nothing was found"),
    "words without end": (f"q={'people+' * 900}", "sentence"),
    "signs of a pattern": ("q=%24%26+people+%24%60", "sentence"),
}


@pytest.mark.parametrize(("asked", "told"), STRANGE.values(), ids=STRANGE)
def test_strange_questions_are_answered(open_page, asked: str, told: str) -> None:
    page = open_page(f"search/index.html?{asked}")
    until(page, f"document.querySelector('[data-status]').textContent.includes({json.dumps(told)})")
    assert page.title().endswith("Search – Placecast")


def test_a_link_leads_to_the_words_in_a_long_sentence(chromium, tmp_path) -> None:
    text = " ".join(["and so"] * 20 + ["harbour wall"] + ["and then"] * 20)
    cues = (Cue(start=0, end=30, text=text), Cue(start=30, end=31, text="Yes."))
    release = feeds.release(
        feeds.episode(), transcript=Transcript(cues=cues, language="en"), audio=feeds.audio(seconds=31)
    )
    site = shows.write_site(feeds.publication(release), tmp_path)
    with running(site) as port:
        page = chromium.new_page()
        page.goto(f"http://127.0.0.1:{port}/search/index.html?q=harbour+wall")
        until(page, "document.querySelector('[data-found] article')")
        seconds = float(page.locator("[data-found] li li a").get_attribute("href").partition("#t=")[2])
        assert 11 < seconds < 15
        page.close()


def test_whatever_is_said_side_by_side_is_found_in_quotes(chromium, tmp_path) -> None:
    told = made_up(random.Random(11), 400)
    release = feeds.release(feeds.episode(), transcript=told, audio=feeds.audio(seconds=10))
    chance = random.Random(12)
    asked = [quoted(told, chance) for _ in range(150)]
    with running(shows.write_site(feeds.publication(release), tmp_path)) as port:
        page = chromium.new_page()
        page.goto(f"http://127.0.0.1:{port}/search/index.html")
        script = page.evaluate("document.querySelector('script[type=module]').src")
        found = page.evaluate(_QUOTED, [script, [phrase for phrase, _ in asked]])
        page.close()
    assert [seconds in starts for (_, seconds), (starts, _) in zip(asked, found, strict=True)] == [True] * len(asked)
    assert not any(unsaid for _, unsaid in found)


# Where the sentences begin that say a phrase, and how many say another one.
_QUOTED = """async ([script, phrases]) => {
  const { Index, Question } = await import(script);
  const index = new Index(async (path) => (await fetch("/" + path)).arrayBuffer());
  const starts = async (text) => (await new Question(index, `"${text}"`).answers()).map((each) => each.sentence[0]);
  const found = [];
  for (const phrase of phrases) {
    const [first, second] = phrase.split(" ");
    found.push([await starts(phrase), (await starts(`${first} unsaid ${second}`)).length]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory):
    text = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&quot; harbour"
    cues = (Cue(start=0, end=1, text=text, speaker=text),)
    told = feeds.episode(title=text, people=(Person(name=text),))
    release = feeds.release(told, transcript=Transcript(cues=cues, language="en"), audio=feeds.audio(seconds=2))
    return shows.write_site(feeds.publication(replace(release)), tmp_path_factory.mktemp("hostile"))


def test_hostile_text_is_shown_and_does_nothing(chromium, hostile_site) -> None:
    with running(hostile_site) as port:
        page = chromium.new_page()
        said: list[str] = []
        page.on("dialog", lambda dialog: said.append(dialog.message) or dialog.dismiss())
        page.goto(f"http://127.0.0.1:{port}/search/index.html?q={quote('harbour <script>alert(3)</script>')}")
        until(page, "document.querySelector('[data-found] article')")
        assert page.locator("[data-found] script, [data-found] img").count() == 0
        assert "<img src=x onerror=alert(1)>" in page.locator("[data-found] h2").inner_text()
        assert said == []
        page.close()


def test_the_page_is_html_that_parses_the_same_again() -> None:
    page = feeds.pages_of(SITE)["search/index.html"]
    assert html.document_fromstring(page).xpath("//form/@role") == ["search"]


def test_in_a_show_without_episodes_nothing_is_found(chromium, tmp_path) -> None:
    with running(shows.write_site(feeds.publication(), tmp_path)) as port:
        page = chromium.new_page()
        page.goto(f"http://127.0.0.1:{port}/search/index.html?q=harbour")
        until(
            page, "document.querySelector('[data-status]').textContent === 'Nothing was found. Nobody says “harbour”.'"
        )
        page.close()
