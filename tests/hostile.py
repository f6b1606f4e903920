"""Texts that break what is careless with them, and shows and episodes that are told in such texts."""

from __future__ import annotations

from hypothesis import strategies as st

from placecast.model import Chapter, Person, Place, Soundbite
from tests.feeds import episode

HOSTILE = "Tom & Jerry <3 ]]> \x00\x0b\ufffe\ud800 \"'\r\n🎧 שלום"


def written(text: str) -> str:
    """A text as XML can carry it, said in another way than the product says it."""
    kept = [c for c in text if c in "\t\n\r" or 0x20 <= ord(c) < 0xD800 or 0xE000 <= ord(c) < 0xFFFE or ord(c) > 0xFFFF]
    return "\n".join("".join(kept).replace("\r\n", "\r").split("\r")).strip()


_NASTY = st.sampled_from('\x00\x0b\x85\ufffe\ud800\udfff\r\n\t ]>&<"\u202e')
TEXTS = st.text(st.characters(exclude_categories=()) | _NASTY, max_size=120) | st.sampled_from([HOSTILE, "]]>", "&#0;"])
TITLES = TEXTS.filter(written)
EPISODES = st.builds(
    episode,
    slug=st.just("hostile"),
    title=TITLES,
    guid=TEXTS,
    summary=TEXTS,
    people=st.tuples(st.builds(Person, name=TEXTS, role=TEXTS, group=TEXTS, url=TEXTS, image=TEXTS)),
    places=st.tuples(st.builds(Place, name=TEXTS, geo=TEXTS, osm=TEXTS, country=TEXTS)),
    chapters=st.tuples(st.builds(Chapter, seconds=st.just(0.0), title=TEXTS)),
    soundbites=st.tuples(st.builds(Soundbite, seconds=st.just(1.0), duration=st.just(20.0), title=TEXTS)),
)
SHOWS = st.fixed_dictionaries(
    {"title": TITLES, "description": TITLES, "guid": TEXTS}
    | dict.fromkeys(("author", "owner_name", "owner_email", "copyright", "license", "language"), TEXTS)
    | {"categories": st.tuples(st.tuples(TEXTS, TEXTS), st.tuples(TEXTS))}
)
