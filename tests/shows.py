"""A realistic show for the pages and the preview: three episodes with conversations, chapters and places.

Everything that is said in it is invented. `tests/feeds.py` builds the small facts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import lxml.html

from placecast import pages
from placecast.model import Chapter, Cue, Person, Place, Publication, Release, Transcript
from placecast.pages import notes_html
from tests import feeds, sounds

NADIA = Person(name="Nadia Okafor", role="host", url="https://example.org/people/nadia-okafor")
TOM = Person(name="Tom Ellis", role="guest")
SIAN = Person(name="Siân Prydderch", role="guest", url="https://example.org/people/sian")
JOYCE = Person(name="Joyce Bellamy", role="guest")

DIGBETH = Place(name="Digbeth", geo="geo:52.4754,-1.8836", country="GB")
GRIMSBY = Place(name="Grimsby", geo="geo:53.5654,-0.0755", osm="R10264128", country="GB")
BANGOR = Place(name="Bangor", geo="geo:53.2274,-4.1293", country="GB")
STUDIO = Place(name="Birmingham", rel="creator", osm="R162378", country="GB")

_COVER = Path(__file__).parent.parent / "cover.png"

# A line: who, and what they say. A line without a colon starts a chapter.
_HIGH_STREET = """
Welcome
Nadia: Hello, and welcome to Placecast, where we talk about places and the people who look after them. I am Nadia
 Okafor. Today we are in Digbeth, half a mile from the centre of Birmingham, and a world away from it. The railway
 arches are loud, the coffee is good, and almost every wall has been painted by somebody. With me is Tom Ellis, who
 has kept a bicycle workshop under those arches for nineteen years.
Tom: Thank you for having me. And thank you for coming here rather than asking me to a studio.
Who owns the high street?
Nadia: When you came here, who owned the building?
Tom: One family, and you could knock on their door. Now it is a company that belongs to a fund that belongs to another
 fund. When the roof leaks I write to an address in another country. It took eleven weeks to get an answer last
 winter. In that time I lost two members of staff and a good part of the stock.
Nadia: The council has a register of empty shops. Does that help?
Tom: It helps to know what is empty. It does not tell you who decides. We asked for one thing in the consultation,
 which was a name beside every building. A person, not a company number.
Nadia: And did you get it?
Tom: For sixty-two addresses out of about two hundred. That is a start. Before that it was none at all.
What changed after the tram
Nadia: Let us talk about the tram. The works closed this street for far longer than anybody had planned.
Tom: They did. The first leaflet said eighteen months. My daughter started school in the first month and could read
 the leaflet by the end.
Nadia: What would you have done differently?
Tom: I would have opened one side at a time. I would have paid for deliveries, because you cannot carry a gearbox from
 a car park. And I would have put somebody here, on the street, with the power to say yes. Everyone we met was kind.
 Nobody we met was allowed to decide.
Nadia: That sentence could hang over the door of a lot of town halls.
What a policy can learn from a workshop
Tom: In a workshop you try a thing on one bicycle before you do it to forty. Policy often does it the other way round.
 It starts with the forty.
Nadia: There is a business improvement district here now. It pays for lights, cleaning and a warden on Friday nights.
 What should it try on one bicycle?
Tom: One rent-free month for anybody who opens before nine in the morning. A street that is awake at eight feels safe
 at eight in the evening. I cannot prove that. I would like somebody to measure it.
Nadia: We will put the question to our colleagues at the university. Tom Ellis, thank you very much. Next time we go
 to the coast, to Grimsby, where a dock and a town are getting to know each other again. Until then, goodbye.
"""

_DOCK = """
A dock and a town
Nadia: This is Placecast. I am Nadia Okafor, and behind me is the Royal Dock in Grimsby. A hundred years ago you could
 cross this water by walking over the boats. Today it is quiet, apart from the wind and the crews who look after the
 turbines out at sea. Joyce Bellamy has worked on both sides of the dock wall.
Joyce: Twenty-six years in fish, four in wind. People think those are two different worlds. They both depend on the
 weather and on someone answering the phone at four in the morning.
Good jobs, near enough
Nadia: There is a sentence in the local plan that everyone quotes. It says that growth should be felt within a mile of
 the dock.
Joyce: I like that sentence. I have asked what happens at a mile and a quarter.
Nadia: What did they say?
Joyce: They laughed, and then they went away and drew a map. The apprenticeships now count the bus routes. If you can
 be here for a six o'clock start without a car, you are in. That one rule changed who applied.
Nadia: How do you know?
Joyce: Because the college keeps the postcodes. In the first year nearly everybody came from the villages. Last year
 more than half came from the East Marsh. Nobody lowered the bar. They moved the bus stop.
Who speaks for the town?
Nadia: The town board meets in public now. Is it better for it?
Joyce: It is slower, and it is better. You hear the reasons. When they chose to repair the old ice factory before
 building anything new, half the room was angry. But they heard the survey read out. They heard what it would cost to
 wait.
Nadia: What would you ask of the people who write the next plan?
Joyce: Write down what you will stop doing. Every plan I have read is a list of things to start.
"""

_LANGUAGE = """
Before we start
Nadia: Welcome to the first episode of Placecast. We are in Bangor, on the pier, and you may hear the gulls. Siân
 Prydderch runs a community hall up the hill and sits on more committees than she would like to count.
Siân: Eleven. I counted this morning.
Two languages, one meeting
Nadia: Most of those meetings are held in two languages. How does that work in practice?
Siân: Better than people expect. You speak the one you think in. Somebody at the back translates into a headset, and
 after ten minutes you forget that it is there. What matters is who has to wear the headset. If it is always the same
 people, you have a problem.
Nadia: So you changed that.
Siân: We made the headset the normal thing. The chair wears one, always. It costs nothing, and it says that nobody
 here is a guest.
What the hall is for
Nadia: The hall was going to be sold.
Siân: It was for sale for a day and a half. Then the choir found out.
Nadia: How did you pay for it?
Siân: Four hundred people bought a share for the price of a good pair of shoes. The rest was a loan, and the loan was
 the hard part. Banks like a building, but they do not like a building that belongs to everybody.
Nadia: What do other places ask you when they call?
Siân: They ask for the business plan. I send it, and then I tell them to find their choir.
"""

_SECONDS_A_WORD = 0.4


def realistic() -> Publication:
    """The show with three episodes, newest first: transcripts approved, edited, and as a machine wrote them."""
    releases = (
        _release("who-owns-the-high-street", 3, "Who owns the high street?", "2026-11-20", TOM, DIGBETH, _HIGH_STREET),
        _release("a-dock-and-a-town", 2, "A dock and a town", "2026-11-06", JOYCE, GRIMSBY, _DOCK),
        _release("two-languages", 1, "Two languages, one meeting", "2026-10-23", SIAN, BANGOR, _LANGUAGE),
    )
    return feeds.publication(
        *releases,
        people=(NADIA,),
        places=(),
        description="Conversations about places and the policies that shape them, with the people who live there.",
        copyright="Local Policy Innovation Partnership Hub",
    )


def write_site(publication: Publication, folder: Path) -> Path:
    """The pages with sound of the right length and transcripts, as a folder that can be served."""
    for path, content in feeds.pages_of(publication).items():
        _write(folder / path, content)
    for path, draw in pages.drawn(_covered(publication)).items():
        _write(folder / path, draw())
    for path, content in feeds.index_of(publication).items():
        _write(folder / path, content)
    _write(folder / publication.show.cover.path, _COVER.read_bytes())
    _write(folder / "feed.xml", b'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"/>\n')
    for release in publication.releases:
        path = folder / release.audio.path
        sounds.save(path, sounds.tone(release.audio.seconds, rate=16000), rate=16000, kbps=32)
        for suffix in ("vtt", "srt", "json", "txt"):
            _write(folder / release.episode.transcript_path(suffix), b"WEBVTT\n")
    return folder


def _covered(publication: Publication) -> Publication:
    """The show with a cover that is there. Its published name stays as it is."""
    show = publication.show
    return replace(publication, show=replace(show, cover=replace(show.cover, source=_COVER)))


def page_of(*releases: Release, **changes: Any) -> Any:
    """The page of the first of these releases."""
    tree = feeds.pages_of(feeds.publication(*releases, **changes))
    return lxml.html.document_fromstring(tree[f"{releases[0].episode.folder}index.html"])


def text_of(element: Any) -> str:
    """The words in this element, with single spaces."""
    return " ".join(element.text_content().split())


def structured_data(page: Any) -> Any:
    """What the page tells search engines."""
    (script,) = page.xpath("//script[@type='application/ld+json']")
    return json.loads(script.text)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _release(slug: str, number: int, title: str, day: str, guest: Person, place: Place, script: str) -> Release:
    cues = tuple(_cues(script))
    notes = _NOTES.format(guest=guest.name, place=place.name)
    episode = feeds.episode(
        slug,
        title=title,
        number=number,
        season=1,
        published=datetime.fromisoformat(f"{day}T06:00:00+00:00"),
        summary=_SUMMARIES[slug],
        notes=notes,
        people=(NADIA, guest),
        places=(place, STUDIO),
        chapters=tuple(_chapters(script, cues)),
    )
    return feeds.release(
        episode,
        audio=feeds.audio(slug, seconds=cues[-1].end + 1),
        transcript=Transcript(cues=cues, language="en"),
        edited=number >= 2,
        approval=feeds.APPROVED if number == 3 else None,
        notes_html=notes_html(notes),
    )


def _lines(script: str) -> list[str]:
    return script.strip().replace("\n ", " ").split("\n")


def _cues(script: str) -> Iterator[Cue]:
    names = {person.name.split()[0]: person.name for person in (NADIA, TOM, SIAN, JOYCE)}
    now = 1.0
    for line in _lines(script):
        speaker, colon, said = line.partition(": ")
        for sentence in _sentences(said) if colon else ():
            end = now + _SECONDS_A_WORD * len(sentence.split())
            yield Cue(start=round(now, 3), end=round(end, 3), text=sentence, speaker=names[speaker])
            now = end + 0.37


def _sentences(said: str) -> list[str]:
    marked = said
    for mark in ".?":
        marked = marked.replace(f"{mark} ", f"{mark}\n")
    return marked.split("\n")


def _chapters(script: str, cues: tuple[Cue, ...]) -> Iterator[Chapter]:
    remaining = iter(cues)
    start = 0.0
    for line in _lines(script):
        _, colon, said = line.partition(": ")
        if not colon:
            yield Chapter(seconds=start, title=line)
            continue
        spoken = [next(remaining) for _ in _sentences(said)]
        start = round(spoken[-1].end + 0.2, 1)


_SUMMARIES = {
    "who-owns-the-high-street": "Tom Ellis has kept a workshop under the arches of Digbeth for nineteen years. "
    "He has one wish for the next plan: a name beside every building.",
    "a-dock-and-a-town": "In Grimsby, one rule about bus stops changed who applied for work at the dock. "
    "Joyce Bellamy tells how.",
    "two-languages": "How a community hall in Bangor holds its meetings in Welsh and English, "
    "and why the chair always wears the headset.",
}

_NOTES = """
{guest} talks with Nadia Okafor about {place}.

### In this episode

- The *consultation* that asked for a name beside every building
- What the [partnership](https://example.org/partnership) has learned so far
- Further reading: https://example.org/reading/places

| Year | Empty shops |
|------|-------------|
| 2019 | 212 |
| 2026 | 138 |
"""
