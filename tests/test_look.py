"""A show's own look: its colours, and the templates and parts of the style that it has instead of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast import colours, pipeline
from placecast.errors import FactsError
from placecast.model import Look
from placecast.pages import dressing
from tests import feeds, shows
from tests.conftest import ROOT
from tests.feeds import pages_of
from tests.small_show import SmallShow, make
from tests.test_pages_hostile import ATTACKS, hostile, shape

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
TEMPLATES = files("placecast.pages").joinpath("templates")
STYLE = files("placecast.pages").joinpath("assets", "style")


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    small = make(tmp_path)
    small.add("grimsby", "2026-05-01T06:00:00")
    small.publish()
    return small


def look_of(show: SmallShow, table: str = "") -> Look:
    path = show.project.root / "placecast.toml"
    if table:
        path.write_text(path.read_text("utf-8") + f"\n[look]\n{table}\n", "utf-8")
    return show.project.load()[0].look


def write(show: SmallShow, name: str, text: str) -> None:
    path = show.project.root / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def complaint(what: Callable[[], object]) -> str:
    with pytest.raises(FactsError) as caught:
        what()
    return str(caught.value)


def built(show: SmallShow) -> str:
    """The episode's page after a build."""
    pipeline.rebuild(show.run())
    return (show.project.feed / "e/grimsby/index.html").read_text("utf-8")


def style_of(look: Look) -> str:
    return dressing.assets(look)["style.css"][1].decode()


# Colours


def test_contrast_is_what_wcag_says_it_is():
    assert colours.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert colours.contrast("#0b5a50", "#0b5a50") == 1


def test_the_grounds_that_colours_are_checked_against_are_those_of_the_style():
    day, night = re.findall(r":root \{(.*?)\}", STYLE.joinpath("10-tokens.css").read_text("utf-8"), re.S)
    for block, grounds in ((day, colours.BY_DAY), (night, colours.AT_NIGHT)):
        tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        assert {tokens[name] for name in ("paper", "raised", "wash", "note")} == set(grounds)
    assert colours.contrast("#0c1513", colours.nearest("#000000", colours.AT_NIGHT)) >= colours.ENOUGH


@given(COLOURS, st.sampled_from([colours.BY_DAY, colours.AT_NIGHT]), st.sampled_from([colours.ENOUGH, colours.EASY]))
def test_the_nearest_good_colour_is_good_and_a_good_one_is_its_own(colour, grounds, enough):
    found = colours.nearest(colour, grounds, enough)
    assert colours.least(found, grounds)[0] >= enough
    assert colours.nearest(found, grounds, enough) == found


def test_a_shows_colour_is_taken_and_one_for_the_night_is_found(show):
    look = look_of(show, 'accent = "#7A1F5C"')
    assert look.accent == "#7a1f5c"
    assert colours.least(look.accent_dark, colours.AT_NIGHT)[0] >= colours.EASY
    assert "--accent:#7a1f5c" in style_of(look)
    assert f"--accent:{look.accent_dark}" in style_of(look)


def test_a_colour_for_the_night_alone_gives_one_for_the_day(show):
    look = look_of(show, 'accent_dark = "#ffd24d"')
    assert colours.least(look.accent, colours.BY_DAY)[0] >= colours.EASY


@pytest.mark.parametrize(
    ("key", "bad", "grounds"),
    [("accent", "#ffcc00", colours.BY_DAY), ("accent_dark", "#0b5a50", colours.AT_NIGHT)],
)
def test_a_colour_that_cannot_be_read_is_refused_with_the_nearest_that_can(show, key, bad, grounds):
    told = complaint(lambda: look_of(show, f'{key} = "{bad}"'))
    assert f"placecast.toml: look.{key}: {bad} on " in told
    assert f"people need 4.5 to read it. The nearest colour that has it is {colours.nearest(bad, grounds)}." in told
    assert f'Write {key} = "#' in told


def test_the_documents_show_a_refusal_as_it_is_given(show):
    told = complaint(lambda: look_of(show, 'accent = "#ffcc00"')).splitlines()[0]
    assert told in " ".join((ROOT / "docs/look.md").read_text("utf-8").split())


def test_what_is_no_colour_is_refused(show):
    assert "'teal' is not a colour." in complaint(lambda: look_of(show, 'accent = "teal"'))


def test_without_a_look_the_style_is_as_it_was():
    assert style_of(Look()) == style_of(Look(accent_dark="#ffffff"))
    assert "11-look" not in style_of(Look())
    assert dressing.assets(Look())["style.css"][0] != dressing.assets(Look(accent="#000000"))["style.css"][0]


# Templates


def without_indentation(tree: Mapping[str, bytes]) -> dict[str, bytes]:
    """Ours are rendered with less of it. A show's own are left as they are: there may be a <pre> in them."""
    return {path: re.sub(rb"\s+", b" ", content) for path, content in tree.items()}


def test_copies_of_our_own_templates_make_the_same_pages_but_for_indentation():
    site = shows.realistic()
    copies = [(each.name, each.read_text("utf-8")) for each in TEMPLATES.iterdir() if each.name.endswith(".html")]
    parts = [(f"style/{each.name}", each.read_text("utf-8")) for each in STYLE.iterdir()]
    look = Look(templates=tuple(sorted(copies + parts)))
    theirs, ours = pages_of(feeds.publication(*site.releases, look=look)), pages_of(feeds.publication(*site.releases))
    assert without_indentation(theirs) == without_indentation(ours)
    assert dressing.faults(dict(look.templates)) == []


def test_a_show_replaces_one_template_or_one_block_of_it(show):
    write(show, "missing.html", "Not here.\n")
    write(
        show,
        "episode.html",
        '{% extends "placecast/episode.html" %}\n{% block downloads %}<p>By {{ show.author }}</p>{% endblock %}\n',
    )
    page = built(show)
    assert "<p>By The Hub</p>" in page
    assert 'id="downloads-title"' not in page
    assert "What happened in Grimsby." in page
    assert (show.project.feed / "404.html").read_text("utf-8") == "Not here.\n"


def test_a_show_replaces_and_adds_parts_of_the_style(show):
    write(show, "style/95-ours.css", ".lede { color: red; }\n")
    write(show, "style/70-player.css", "")
    style = style_of(look_of(show))
    assert style.endswith(".lede{color:red}")
    assert ".timeline" not in style


def test_a_changed_template_is_seen_at_the_next_build(show):
    write(show, "_note.html", "One")
    write(show, "listen.html", '<audio controls></audio>{% include "_note.html" %}')
    assert "</audio>One" in built(show)
    write(show, "_note.html", "Two")
    assert "</audio>Two" in built(show)


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_facts_are_only_text_in_a_shows_own_templates(attack):
    mine = "<h1>{{ episode.title | safe }}</h1><p>{{ show.title }}</p>{% set x %}{{ show.author }}{% endset %}{{ x }}"
    look = Look(templates=(("episode.html", '{% extends "base.html" %}{% block main %}' + mine + "{% endblock %}"),))

    path = "e/trust/index.html"

    def told(text: str) -> bytes:
        return pages_of(feeds.publication(*hostile(text).releases, look=look, title=text, author=text))[path]

    assert shape({path: told(attack)}) == shape({path: told("plain")})
    page = lxml.html.document_fromstring(told(attack))
    assert page.xpath("string(//h1)") == attack


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("episode.html", "a\n{% if %}", "templates/episode.html: line 2: cannot be read"),
        ("epsiode.html", "a", "templates/epsiode.html: is the name of no template.\n  Did you mean episode.html?"),
        ("base.html", "{% autoescape false %}{{ x }}{% endautoescape %}", "line 1: turns escaping off"),
    ],
)
def test_what_is_wrong_with_a_template_is_said_before_anything_is_made(show, name, text, told):
    write(show, name, text)
    assert told in complaint(show.project.load)


def test_a_template_that_is_no_text_is_told(show):
    write(show, "home.html", "")
    (show.project.root / "templates/home.html").write_bytes(b"\xff\xfe\xfa")
    assert "templates/home.html: is not UTF-8 text (at byte 0)." in complaint(show.project.load)


@pytest.mark.parametrize(
    "mistake",
    [
        "{{ episode.tilte }}",
        "{{ publication.releases }}",
        "{{ nothing }}",
        "{{ 1 + 'a' }}",
        "{{ 1 / 0 }}",
        '{% include "gone.html" %}',
        "{{ episode.file.read_text() }}",
        "{{ show.cover.source.parent.iterdir() }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ show.people.__class__ }}",
        "{{ show.target.folder.joinpath('x').write_text('x') }}",
        "{{ release.text.func.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.system('true') }}",
        "{{ range(10000000) | list }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
)
def test_a_template_that_fails_or_reaches_out_is_named_with_its_line(show, mistake):
    write(show, "episode.html", f"one\ntwo {mistake}\n")
    told = complaint(lambda: pipeline.rebuild(show.run()))
    assert told.startswith("templates/episode.html: line 2: cannot be rendered: ")
    assert "docs/look.md" in told


def test_a_link_out_of_the_show_is_no_template(show, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret.html"
    elsewhere.write_text("secret", "utf-8")
    (show.project.root / "templates").mkdir()
    (show.project.root / "templates/_secret.html").symlink_to(elsewhere)
    assert "is a link that leads out of the show" in complaint(show.project.load)
