"""The rules: each is kept by a good show, and each is broken by the smallest change that should break it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from placecast import rss
from placecast.checks import RULES, Finding, check
from placecast.checks.sources import SOURCES, sources
from placecast.model import Chapter, Cue, Person, Place, Publication, Soundbite, Transcript
from tests.feeds import FULL_RELEASE, audio, episode, full_episode, publication, release, transcript

Case = tuple[Publication, bytes]


def _built(told: Publication) -> Case:
    return told, rss.render(told)


def _show(**facts: object) -> Case:
    return _built(publication(FULL_RELEASE, **facts))


def _episode(**facts: object) -> Case:
    return _built(publication(release(full_episode(**facts))))


def _release(**facts: object) -> Case:
    return _built(publication(release(full_episode(), **facts)))


def _person(**facts: str) -> Case:
    return _episode(people=(Person(**{"name": "Ana", **facts}),))


def _place(**facts: str) -> Case:
    return _episode(places=(Place(**{"name": "Marlow", **facts}),))


def _chapters(*seconds: float, title: str = "Trust") -> Case:
    return _episode(chapters=tuple(Chapter(seconds=each, title=title) for each in seconds))


def _soundbite(seconds: float, duration: float) -> Case:
    return _episode(soundbites=(Soundbite(seconds=seconds, duration=duration),))


def _feed(old: str, new: str, *, count: int = 1) -> Case:
    """A good show, and a feed in which something is written otherwise."""
    told = publication(FULL_RELEASE, release(episode("older")))
    text = rss.render(told).decode()
    assert old in text
    return told, text.replace(old, new, count).encode()


_OLDER = release(episode("older"))

# What breaks each rule. A rule may have several.
BROKEN: dict[str, list[Callable[[], Case]]] = {
    "feed.xml": [lambda: _feed("</channel>", ""), lambda: (publication(), b"")],
    "feed.rss": [
        lambda: _feed('version="2.0"', 'version="0.91"'),
        lambda: _feed("https://podcastindex.org/namespace/1.0", "https://podcastindex.org/Namespace/1.0"),
        lambda: (publication(), b"<html/>"),
    ],
    "feed.self-link": [lambda: _feed('rel="self"', 'rel="hub"'), lambda: _feed("feed.xml", "rss.xml")],
    "feed.channel.required": [lambda: _feed("<language>en-GB</language>", "<language> </language>")],
    "feed.channel.recommended": [lambda: _show(author="")],
    "feed.item.required": [lambda: _episode(title="\x00"), lambda: _episode(guid="")],
    "feed.item.recommended": [lambda: _release(transcript=transcript())],
    "feed.channel.explicit": [lambda: _feed("<itunes:explicit>false", "<itunes:explicit>no")],
    "feed.item.explicit": [lambda: _feed("<itunes:explicit>false", "<itunes:explicit>clean", count=-1)],
    "feed.enclosure.count": [lambda: _feed("<enclosure ", "<enclosure url='a'/><enclosure ")],
    "feed.enclosure.length": [
        lambda: _release(audio=audio(bytes=0)),
        lambda: _feed('length="21600768"', 'length="30:00"'),
        lambda: _feed('length="21600768"', ""),
    ],
    "feed.enclosure.type": [
        lambda: _release(audio=audio(type="audio/mp3")),
        lambda: _release(audio=audio(name="trust.m4a")),
        lambda: _release(audio=audio(name="trust")),
    ],
    "feed.enclosure.address": [
        lambda: _release(audio=audio(name="trüst.mp3")),
        lambda: _release(audio=audio(name="my trust.mp3")),
        lambda: _release(audio=audio(name="trust.mp3?v=2")),
    ],
    "feed.enclosure.unique": [lambda: _built(publication(FULL_RELEASE, replace(_OLDER, audio=audio())))],
    "feed.guid.unique": [
        lambda: _built(publication(FULL_RELEASE, release(episode("older", guid=FULL_RELEASE.episode.guid))))
    ],
    "feed.guid.address": [lambda: _episode(guid=f"https://podcast.example.org/placecast/{audio().path}")],
    "feed.guid.permalink": [lambda: _feed('isPermaLink="false"', 'isPermaLink="true"')],
    "feed.date.form": [lambda: _feed("Fri, 01 May 2026 05:00:00 +0000</pubDate>", "2026-05-01T05:00:00Z</pubDate>")],
    "feed.order": [lambda: _feed("01 May 2026 05:00:00 +0000</pubDate>", "01 May 2020 05:00:00 +0000</pubDate>")],
    "feed.channel.description": [lambda: _feed("<description>", "<description>" + "é" * 2001)],
    "feed.item.description": [lambda: _feed("<itunes:summary>", "<itunes:summary>" + "é" * 2001)],
    "feed.outdated": [
        lambda: (publication(FULL_RELEASE), rss.render(publication())),
        lambda: _feed('length="21600768"', 'length="21600769"'),
    ],
    "feed.size": [lambda: _release(notes_html="<p>" + "word " * 250_000)],
    "show.address": [lambda: _show(url="http://podcast.example.org/")],
    "feed.language": [lambda: _show(language="en_GB"), lambda: _show(language="english")],
    "feed.category": [
        lambda: _show(categories=(("government",),)),
        lambda: _show(categories=(("Science", "Politics"),)),
    ],
    "feed.owner": [lambda: _show(owner_email="hub at example.org"), lambda: _show(owner_email="")],
    "show.copyright": [lambda: _show(copyright="© LPIP Hub"), lambda: _show(copyright="LPIP Hub 2026")],
    "feed.podcast-guid": [lambda: _show(guid="placecast")],
    "show.license": [lambda: _show(license="CC-BY-4.0"), lambda: _show(license="all rights reserved")],
    "text.long": [lambda: _show(description="é" * 2001), lambda: _episode(summary="é" * 2001)],
    "text.line": [lambda: _show(author="a" * 256), lambda: _episode(title="a" * 256)],
    "text.characters": [lambda: _show(title="Place\x0bcast"), lambda: _person(name="Ana\ud800")],
    "person.role": [lambda: _person(role="presenter")],
    "person.group": [lambda: _person(group="staff")],
    "place.geo": [
        lambda: _place(geo="52.4862,-1.8904"),
        lambda: _place(geo="geo:152.4862,-1.8904"),
        lambda: _place(geo="geo:52.4862, -1.8904"),
    ],
    "place.osm": [lambda: _place(osm="162378"), lambda: _place(osm="relation/162378"), lambda: _place(osm="R0")],
    "place.country": [lambda: _place(country="UK"), lambda: _place(country="England")],
    "episode.title.number": [
        lambda: _episode(title="Episode 12: Trust"),
        lambda: _episode(title="12. Trust"),
        lambda: _episode(title="Trust (S2E12)"),
        lambda: _episode(title="#3 Trust"),
    ],
    "episode.title.show": [lambda: _episode(title="placecast: Trust")],
    "episode.summary": [lambda: _episode(summary=" ")],
    "episode.serial": [lambda: _built(publication(release(episode()), type="serial"))],
    "audio.duration": [lambda: _release(audio=audio(seconds=0.0))],
    "audio.loudness": [lambda: _release(audio=audio(loudness=-18.0)), lambda: _release(audio=audio(loudness=-14.0))],
    "audio.peak": [lambda: _release(audio=audio(true_peak=-0.5))],
    "chapter.end": [lambda: _chapters(0, 60, 1800.4)],
    "chapter.first": [lambda: _chapters(5, 60, 120)],
    "chapter.count": [lambda: _chapters(0), lambda: _chapters(0, 60)],
    "chapter.notes": [
        lambda: _built(
            publication(release(full_episode(), notes_html="<p>0:00 Hello<br>5:00 Trust<br>9:00 Goodbye</p>"))
        )
    ],
    "soundbite.length": [lambda: _soundbite(60, 14.9), lambda: _soundbite(60, 121)],
    "soundbite.end": [lambda: _soundbite(1780, 30)],
    "soundbite.start": [lambda: _soundbite(0, 30)],
    "transcript.empty": [lambda: _release(transcript=transcript()), lambda: _release(transcript=transcript(" "))],
    "transcript.end": [
        lambda: _release(
            transcript=Transcript(cues=(Cue(start=1900, end=1905, text="Goodbye."),), language="en-GB"),
        )
    ],
    "transcript.machine": [
        lambda: _release(edited=False, approval=None),
        lambda: _release(edited=True, approval=None),
    ],
}


def _check(told: Publication, feed: bytes) -> tuple[Finding, ...]:
    """All findings but one: the transcripts of these releases are a few sentences of half an hour."""
    return tuple(finding for finding in check(told, feed) if finding.code != "transcript.short")


def _codes(case: Case) -> set[str]:
    return {finding.code for finding in _check(*case)}


def test_a_good_show_breaks_no_rule():
    assert _check(*_built(publication(FULL_RELEASE, release(episode("older"))))) == ()


def test_every_case_is_of_a_rule():
    assert set(BROKEN) <= {rule.code for rule in RULES}


@pytest.mark.parametrize(
    ("code", "case"), [pytest.param(code, case, id=code) for code, cases in BROKEN.items() for case in cases]
)
def test_a_rule_finds_what_breaks_it(code, case):
    assert code in _codes(case())


def test_codes_are_unique_and_every_rule_gives_reason_source_and_cure():
    assert len({rule.code for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.why.endswith(").")
        assert sources(rule.why), f"{rule.code} names no source"
        assert rule.cure.endswith((".", "…")) or "placecast " in rule.cure.rpartition(": ")[2], rule.code


def test_every_source_is_named_by_a_rule():
    reasons = " ".join(rule.why for rule in RULES)
    assert {name for name in SOURCES if name not in reasons} == set()


# What a rule must let pass


@pytest.mark.parametrize(
    "title",
    ["50 years of devolution", "12 angry men", "Trust in 2026", "Deep 9 things", "What #MeToo changed", "1.5 degrees"],
)
def test_numbers_that_count_no_episodes_may_stand_in_a_title(title):
    assert "episode.title.number" not in _codes(_episode(title=title))


def test_a_trailer_may_say_whose_it_is():
    assert "episode.title.show" not in _codes(_episode(title="Welcome to Placecast", kind="trailer"))


@pytest.mark.parametrize("language", ["en", "cy", "en-GB", "zh-Hant-TW", "es-419"])
def test_languages_with_and_without_a_region_are_known(language):
    assert "feed.language" not in _codes(_show(language=language))


@pytest.mark.parametrize(
    "geo", ["geo:52.4862,-1.8904", "geo:-90,180", "geo:52.4862,-1.8904,120", "geo:39.7,-100.4;u=39"]
)
def test_positions_as_the_specification_shows_them_are_known(geo):
    assert "place.geo" not in _codes(_place(geo=geo))


@pytest.mark.parametrize("osm", ["N3638779316", "W5013364", "R7444#188"])
def test_objects_of_openstreetmap_are_known(osm):
    assert "place.osm" not in _codes(_place(osm=osm))


def test_roles_and_countries_are_known_in_any_case():
    assert not _codes(_person(role="Audio Editor", group="Audio Post-Production"))
    assert not _codes(_place(country="gb"))


def test_a_transcript_may_end_a_moment_after_the_sound():
    told = Transcript(cues=(Cue(start=1797, end=1800.9, text="Goodbye."),), language="en-GB")
    assert not _codes(_release(transcript=told))


# What a producer is told


def test_the_united_kingdom_is_named_gb():
    (finding,) = (each for each in check(*_place(country="UK")) if each.code == "place.country")
    assert finding.what == "Marlow is in the country 'UK'. The United Kingdom's code is GB."


def test_a_finding_names_the_file_whatever_machine_it_lies_on():
    here = Path.cwd() / "episodes" / "trust" / "episode.md"
    assert _check(*_episode(file=here, summary=""))[0].file == "episodes/trust/episode.md"


def test_a_finding_in_the_feed_names_the_episode():
    wheres = {finding.where for finding in _check(*_release(audio=audio(bytes=0)))}
    assert wheres == {"feed/feed.xml: Who trusts the council? > enclosure"}


def test_the_gravest_findings_come_first_and_the_order_is_stable():
    case = _built(
        publication(
            release(edited=False, approval=None), language="english", copyright="© 2026", url="http://example.org/"
        )
    )
    findings = _check(*case)
    assert [finding.severity for finding in findings] == ["required", "recommended", "recommended", "best"]
    assert findings == _check(*case)


def test_a_broken_feed_is_one_finding_and_hides_none_about_the_facts():
    told = publication(FULL_RELEASE, copyright="© 2026")
    assert [finding.code for finding in _check(told, b"<rss>")] == ["feed.xml", "show.copyright"]


def test_a_feed_cannot_make_us_read_other_files(tmp_path):
    (tmp_path / "secret").write_text("secret words")
    entity = f'<!DOCTYPE rss [<!ENTITY told SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    feed = f'{entity}<rss version="2.0"><channel><item><title>&told;</title></item></channel></rss>'
    findings = check(publication(), feed.encode())
    assert findings
    assert "secret words" not in "".join(map(str, findings))
