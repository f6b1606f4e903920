"""names.toml: what it adds to the facts of other files, and what a producer reads when it contradicts itself."""

from __future__ import annotations

import pytest

from placecast.model import Name, Names, Person, Place
from placecast.project import Project
from tests.test_facts import SHOW, add_episode, faults_of, project

__all__ = ["project"]

NAMES = """
[[people]]
name = "Siân Llewellyn"
aliases = ["Siân"]
spoken = ["Sharn Loo-ellin"]
wrong = ["Sean Llewellyn"]
role = "co-host"
url = "https://example.org/sian"

[[places]]
name = "Dún Laoghaire"
wrong = ["Dun Leary"]
geo = "geo:53.2945,-6.1336"
country = "IE"

[[terms]]
name = "LPIP"
spoken = ["el pip"]
"""


def write_names(project: Project, text: str = NAMES) -> None:
    (project.root / "names.toml").write_text(text, "utf-8")


def test_a_show_without_names_toml_has_no_names(project: Project) -> None:
    assert project.load()[0].names == Names()


def test_names_toml_is_read_into_the_show(project: Project) -> None:
    write_names(project)
    names = project.load()[0].names
    sian = Name(
        name="Siân Llewellyn",
        kind="person",
        aliases=("Siân",),
        spoken=("Sharn Loo-ellin",),
        wrong=("Sean Llewellyn",),
    )
    assert names.entries[0] == sian
    assert [entry.name for entry in names.entries] == ["Siân Llewellyn", "Dún Laoghaire", "LPIP"]
    assert names.people == (Person(name="Siân Llewellyn", role="co-host", url="https://example.org/sian"),)
    assert names.places == (Place(name="Dún Laoghaire", geo="geo:53.2945,-6.1336", country="IE"),)


@pytest.mark.parametrize("written", ["Siân Llewellyn", "Siân", "Sean Llewellyn", "siân  llewellyn"])
def test_a_person_is_told_by_any_of_their_names(project: Project, written: str) -> None:
    write_names(project)
    add_episode(project, "one", f'title = "1"\nguid = "1"\n[[people]]\nname = "{written}"')
    _, (episode,) = project.load()
    assert episode.people == (Person(name="Siân Llewellyn", role="co-host", url="https://example.org/sian"),)


def test_what_an_episode_says_of_a_person_or_place_wins(project: Project) -> None:
    write_names(project)
    facts = 'title = "1"\nguid = "1"\n[[people]]\nname = "Siân"\nrole = "guest"\n'
    facts += '[[places]]\nname = "Dun Leary"\nrel = "creator"\n[[places]]\nname = "Cork"'
    add_episode(project, "one", facts)
    _, (episode,) = project.load()
    assert episode.people == (Person(name="Siân Llewellyn", role="guest", url="https://example.org/sian"),)
    assert episode.places == (
        Place(name="Dún Laoghaire", rel="creator", geo="geo:53.2945,-6.1336", country="IE"),
        Place(name="Cork"),
    )


def test_the_shows_own_people_are_told_as_well(project: Project) -> None:
    write_names(project)
    text = SHOW.format(more="") + '[[people]]\nname = "Siân"\ngroup = "writing"\n'
    (project.root / "placecast.toml").write_text(text, "utf-8")
    show, _ = project.load()
    assert show.people == (
        Person(name="Siân Llewellyn", role="co-host", group="writing", url="https://example.org/sian"),
    )


def test_a_place_of_a_persons_name_is_no_person(project: Project) -> None:
    write_names(project, '[[people]]\nname = "Lincoln"\nrole = "host"\n[[places]]\nname = "Lincoln"\ncountry = "GB"')
    add_episode(project, "one", 'title = "1"\nguid = "1"\n[[places]]\nname = "Lincoln"')
    _, (episode,) = project.load()
    assert episode.places == (Place(name="Lincoln", country="GB"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[people]]\nnme = "A"', "names.toml: people[1].nme: is no fact that placecast knows.\n  Did you mean name?"),
        ('[[people]]\nrole = "host"', "names.toml: people[1].name: is missing.\n  Write name ="),
        ('[[peple]]\nname = "A"', "names.toml: peple: is no fact that placecast knows.\n  Did you mean people?"),
        ('[[terms]]\nname = "…"', "names.toml: terms[1].name: '…' has no letters."),
        ('[[terms]]\nname = "A"\nwrong = "B"', "names.toml: terms[1].wrong: is not a list.\n  Write wrong = ["),
        ('[[places]]\nname = "A"\ncountry = "UK."', "names.toml: places[1].country: 'UK.' is not a country code."),
        ('[[terms]]\nname = "A"\n[[terms]]\nname = "a"', "names.toml: terms[2]: 'a' is also terms[1]."),
        (
            '[[people]]\nname = "A B"\naliases = ["A"]\n[[people]]\nname = "A C"\naliases = ["A"]',
            "names.toml: people[2]: 'A' is also people[1].",
        ),
        ('[[terms]]\nname = "LPIP"\nwrong = ["LPIP"]', "terms[1].wrong[1]: 'LPIP' is a right name of the same table."),
        ('[[terms]]\nname = "A B"\nwrong = ["the A B"]', "terms[1].wrong[1]: 'the A B' has the right name in it."),
        (
            '[[terms]]\nname = "Hub"\n[[places]]\nname = "Hull"\nwrong = ["Hub"]',
            "names.toml: places[1].wrong[1]: 'Hub' is a right name of terms[1].",
        ),
        (
            '[[terms]]\nname = "Hub"\nwrong = ["Hob"]\n[[places]]\nname = "Hull"\nwrong = ["hob"]',
            "names.toml: terms[1].wrong[1]: 'Hob' is a wrong form of places[1] as well.",
        ),
        ("[[terms]\n", "names.toml: is not valid TOML"),
    ],
)
def test_what_is_wrong_with_names_toml_is_said(project: Project, text: str, said: str) -> None:
    write_names(project, text)
    assert said in "\n".join(faults_of(project))


def test_its_faults_are_reported_with_those_of_the_other_files(project: Project) -> None:
    write_names(project, '[[terms]]\nnam = "A"')
    (project.root / "placecast.toml").write_text(SHOW.format(more='langauge = "en"'), "utf-8")
    faults = "\n".join(faults_of(project))
    assert "names.toml: terms[1].nam" in faults
    assert "placecast.toml: langauge" in faults
