"""What a listener finds on an episode's page, and in the accessibility statement about all of them."""

from __future__ import annotations

import lxml.html
import pytest

from placecast.model import Chapter, Cue, Place, Transcript
from placecast.timecode import fragment
from tests import feeds, shows
from tests.feeds import pages_of
from tests.shows import page_of, structured_data, text_of

SITE = shows.realistic()
TREE = pages_of(SITE)
PAGES = {path: lxml.html.document_fromstring(content) for path, content in TREE.items() if path.endswith(".html")}
HIGH_STREET = "e/who-owns-the-high-street/index.html"


def test_the_whole_transcript_is_in_the_page_word_for_word():
    said = " ".join(cue.text for cue in SITE.releases[0].text().transcript.cues)
    shown = " ".join(text_of(span) for span in PAGES[HIGH_STREET].xpath("//p[@class='paragraph']/span"))
    assert shown == said


def test_every_sentence_has_its_own_anchor_in_seconds():
    cues = SITE.releases[0].text().transcript.cues
    page = PAGES[HIGH_STREET]
    assert text_of(page.get_element_by_id(fragment(cues[20].start))) == cues[20].text
    assert len(page.xpath("//p[@class='paragraph']//span[starts-with(@id, 't=')]")) == len(cues)


def test_speakers_are_named_where_they_begin_and_not_again():
    cues = tuple(
        Cue(start=float(i), end=i + 0.9, text=f"Sentence {i}.", speaker=who)
        for i, who in enumerate(["Bec"] * 12 + ["Ana"] + [None])
    )
    page = page_of(feeds.release(transcript=Transcript(cues=cues, language="en")))
    assert [text_of(name) for name in page.xpath("//p[@class='paragraph']/b")] == ["Bec:", "Ana:"]
    assert len(page.xpath("//p[@class='paragraph']")) > 3


def test_chapters_stand_in_the_transcript_where_they_begin():
    chapters = [chapter.title for chapter in SITE.releases[0].episode.chapters]
    page = PAGES[HIGH_STREET]
    assert [text_of(heading) for heading in page.xpath("//section[@class='transcript']//h3")] == chapters
    tram = page.xpath("//h3[contains(., 'tram')]/following-sibling::p[1]")[0]
    assert "Let us talk about the tram." in text_of(tram)


@pytest.mark.parametrize(
    "chapters",
    [
        (Chapter(seconds=4, title="On a sentence"),),
        (Chapter(seconds=5.2, title="Inside a sentence"), Chapter(seconds=900, title="After all is said")),
        (Chapter(seconds=0, title="One"), Chapter(seconds=0, title="Another at once")),
    ],
)
def test_a_chapter_link_always_arrives_and_no_word_is_lost(chapters):
    page = page_of(feeds.release(feeds.episode(chapters=chapters)))
    links = page.xpath("//nav[@class='chapters']//a/@href")
    assert len(links) == len(chapters)
    assert all(page.get_element_by_id(link[1:]) is not None for link in links)
    assert "Welcome to Placecast. Today we talk about trust." in " ".join(page.xpath("//p/span/text()"))
    assert len(page.xpath("//@id")) == len(set(page.xpath("//@id")))


def test_sentences_that_start_together_share_one_anchor():
    cues = tuple(Cue(start=1.5, end=2.0 + i, text=f"Sentence {i}.") for i in range(3))
    page = page_of(feeds.release(transcript=Transcript(cues=cues, language="en")))
    assert page.xpath("//span[@id]/@id") == ["t=1.5"]


def test_an_episode_without_words_chapters_people_and_summary_has_a_page():
    bare = feeds.episode(summary="", notes="", people=(), places=(), chapters=())
    page = page_of(feeds.release(bare, transcript=Transcript(cues=(), language="en"), notes_html=""), people=())
    assert page.xpath("//audio/@preload") == ["none"]
    assert not page.xpath("//nav[@class='chapters']")


def test_the_page_says_who_answers_for_the_transcript_or_that_nobody_does():
    assert "Machine transcript, checked by Ana Müller on 1 May 2026. If you find" in text_of(PAGES[HIGH_STREET])
    assert "People have corrected parts of it, but nobody" in text_of(PAGES["e/a-dock-and-a-town/index.html"])
    assert "nobody has checked it yet. Expect mistakes" in text_of(PAGES["e/two-languages/index.html"])


def test_a_transcript_that_no_machine_wrote_is_not_said_to_be_one():
    checked, unchecked = feeds.release(machine=False), feeds.release(machine=False, approval=None)
    assert "Transcript checked by Ana Müller on 1 May 2026." in text_of(page_of(checked))
    assert "Nobody has compared this transcript with the sound yet." in text_of(page_of(unchecked))
    assert "achine transcript" not in text_of(page_of(checked)) + text_of(page_of(unchecked))


def test_search_engines_are_told_how_far_the_transcript_can_be_trusted():
    slugs = ("who-owns-the-high-street", "two-languages")
    approved, machine = (structured_data(PAGES[f"e/{slug}/index.html"])["accessibilitySummary"] for slug in slugs)
    assert approved == "Machine transcript, checked by Ana Müller on 1 May 2026."
    assert machine.startswith("A machine wrote this transcript and nobody has checked it yet.")


def test_a_transcript_in_another_language_is_marked():
    welsh = Transcript(cues=(Cue(start=0, end=1, text="Bore da."),), language="cy")
    assert page_of(feeds.release(transcript=welsh)).xpath("//div[@lang]/@lang") == ["cy"]
    assert not PAGES[HIGH_STREET].xpath("//div[@lang]")


def test_previous_and_next_episode_are_linked():
    page = PAGES["e/a-dock-and-a-town/index.html"]
    older, newer = page.xpath("//nav[@aria-label='More episodes']/a")
    assert text_of(older) == "Previous episode Two languages, one meeting"
    assert text_of(newer) == "Next episode Who owns the high street?"
    assert len(PAGES[HIGH_STREET].xpath("//nav[@aria-label='More episodes']/a")) == 1


def test_places_lead_to_their_map():
    page = page_of(feeds.release(feeds.full_episode()))
    assert page.xpath("//a[text()='Marlow']/@href") == ["https://www.openstreetmap.org/relation/3727240"]
    here = Place(name="Digbeth", geo="geo:52.4754,-1.8836")
    page = page_of(feeds.release(feeds.episode(places=(here, Place(name="Nowhere")))))
    assert page.xpath("//a[text()='Digbeth']/@href")[0].startswith(
        "https://www.openstreetmap.org/?mlat=52.4754&mlon=-1.8836"
    )
    assert "About Digbeth, Nowhere" in text_of(page)


def test_open_graph_carries_the_sound_and_the_card():
    page, release = PAGES[HIGH_STREET], SITE.releases[0]
    found = {meta.get("property"): meta.get("content") for meta in page.xpath("//meta[@property]")}
    assert found["og:audio"] == SITE.show.at(release.audio.path)
    assert found["og:image"].startswith(SITE.show.at(f"{release.episode.folder}card-"))
    assert found["og:url"] == page.xpath("//link[@rel='canonical']/@href")[0] == SITE.show.at(release.episode.folder)
    assert page.xpath("//link[@rel='alternate'][@type='text/vtt']/@href") == ["transcript.vtt"]


def test_structured_data_tells_of_episode_sound_show_and_chapters():
    release = SITE.releases[0]
    told = structured_data(PAGES[HIGH_STREET])
    assert told["@type"] == "PodcastEpisode"
    assert told["associatedMedia"]["contentUrl"] == SITE.show.at(release.audio.path)
    assert told["partOfSeries"]["webFeed"] == SITE.show.feed_url
    clips = told["hasPart"]
    assert [clip["name"] for clip in clips] == [chapter.title for chapter in release.episode.chapters]
    assert [clip["endOffset"] for clip in clips] == [
        *(clip["startOffset"] for clip in clips[1:]),
        release.audio.seconds,
    ]
    assert told["contentLocation"][0]["geo"]["latitude"] == "52.4754"
    assert structured_data(PAGES["index.html"])["@type"] == "PodcastSeries"


def test_a_long_description_ends_at_a_word():
    release = feeds.release(feeds.episode(summary="", notes="Word after word. " * 100))
    (description,) = page_of(release).xpath("//meta[@name='description']/@content")
    assert len(description) <= 300
    assert description.endswith(("after…", "word…", "Word…"))


# The accessibility statement


def test_the_statement_names_the_law_the_enforcers_and_the_contact():
    page = PAGES["accessibility/index.html"]
    words = text_of(page)
    assert "(Websites and Mobile Applications) (No. 2) Accessibility Regulations 2018" in words
    assert "Equality Advisory and Support Service (EASS)" in words
    assert "Equality Commission for Northern Ireland (ECNI)" in words
    assert page.xpath(f"//main//a[@href='mailto:{SITE.show.owner_email}']")
    assert "prepared on 20 November 2026" in words


def test_the_statement_lists_the_transcripts_that_nobody_answers_for():
    listed = PAGES["accessibility/index.html"].xpath("//h3[@id='unchecked']/following-sibling::ul[1]/li")
    assert [text_of(each) for each in listed] == [
        "A dock and a town, 6 November 2026: corrected in part",
        "Two languages, one meeting, 23 October 2026",
    ]


def test_the_statement_claims_no_more_when_every_transcript_is_approved():
    words = text_of(
        lxml.html.document_fromstring(pages_of(feeds.publication(feeds.release()))["accessibility/index.html"])
    )
    assert "We know of none." in words
    assert "partially compliant" in words
    assert "do not claim full compliance" in words


def test_the_contact_page_is_preferred_to_the_address():
    page = page_of(feeds.release(), contact_url="https://example.org/contact")
    assert page.xpath("//footer//a[text()='Contact']/@href") == ["https://example.org/contact"]
