"""Another slug for an episode: what stays for listeners, what goes on answering, and what a dead run leaves."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import feedparser
import lxml.html
import pytest

from placecast import pipeline, renaming
from placecast.errors import FactsError, UsageError
from placecast.inspection import examine
from placecast.project import Project
from placecast.project.scaffold import NewEpisode, free_slug
from placecast.upkeep.unpublish import unpublish
from tests.small_show import SmallShow, files_below, make
from tests.test_pages_browser import chromium  # noqa: F401 - a fixture
from tests.test_serve import running

APPS = ("transcript.vtt", "transcript.srt", "transcript.json", "transcript.txt", "transcript.html", "chapters.json")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    small = make(tmp_path_factory.mktemp("published") / "show")
    small.add("digbeth", seconds=3.0)
    small.publish()
    return small.project.root


@pytest.fixture
def show(published: Path, tmp_path: Path) -> SmallShow:
    """A show with an episode that listeners have."""
    shutil.copytree(published, tmp_path / "show")
    return SmallShow(project=Project(root=tmp_path / "show"))


def rename(show: SmallShow, old: str = "digbeth", new: str = "deritend") -> renaming.Renamed:
    return renaming.rename(show.run(), old, new)


def entry(show: SmallShow) -> feedparser.FeedParserDict:
    return feedparser.parse((show.target / "feed.xml").read_bytes()).entries[0]


def test_guid_date_and_sound_stay_and_nothing_costly_is_done(show: SmallShow) -> None:
    before = entry(show)
    rename(show)
    made, _ = show.publish()
    after = entry(show)
    assert made.steps == ()
    assert (after.id, after.published, after.enclosures) == (before.id, before.published, before.enclosures)
    assert after.link == "https://podcast.example.org/small/e/deritend/"
    assert show.publish()[0].empty


def test_what_old_feeds_point_to_goes_on_answering_with_what_is_new(show: SmallShow) -> None:
    rename(show)
    path = show.project.transcript_file("deritend")
    path.write_text(path.read_text("utf-8").replace("Deritend", "X") + "\nNOTE edited\n", "utf-8")
    show.publish()
    tree = files_below(show.target)
    for name in (*APPS, "oembed.json"):
        assert tree[f"e/digbeth/{name}"] == tree[f"e/deritend/{name}"], name


def test_the_old_page_leads_to_the_new_one_with_and_without_a_script(show: SmallShow) -> None:
    rename(show)
    show.publish()
    tree = files_below(show.target)
    for below, root in (("", "../../"), ("player/", "../../../")):
        page = lxml.html.fromstring(tree[f"e/digbeth/{below}index.html"])
        there = f"{root}e/deritend/{below}"
        assert page.xpath("//link[@rel='canonical']/@href") == ["https://podcast.example.org/small/e/deritend/"]
        assert page.xpath("//noscript/meta/@content") == [f"0; url={there}"]
        assert page.xpath("//script/@data-to") == [there]
        assert page.xpath("//main//a/@href") == [there]
        script = page.xpath("//script/@src")[0]
        assert script.removeprefix(root) in tree
        assert page.xpath("//script[not(@src)]") == []


def test_a_show_without_renamed_episodes_has_no_file_for_them(show: SmallShow) -> None:
    assert not [name for name in files_below(show.target) if "moved" in name]


def test_the_rules_find_nothing_wrong_with_a_renamed_episode(show: SmallShow) -> None:
    before = {(each.code, each.where) for each in examine(show.run())}
    rename(show)
    show.publish()
    new = {(each.code, each.where.replace("deritend", "digbeth")) for each in examine(show.run())} - before
    assert new == set()


def test_a_draft_takes_no_address_along(show: SmallShow) -> None:
    show.add("hull", published="")
    show.add("grimsby", published="2030-01-01T06:00:00")
    assert not rename(show, "hull", "goole").public
    assert not rename(show, "grimsby", "immingham").public
    _, episodes = show.project.load()
    assert {each.slug: each.formerly for each in episodes} == {"digbeth": (), "goole": (), "immingham": ()}
    assert rename(show, "goole", "hull").new == "hull"


def test_renamed_again_and_back_every_address_answers_once(show: SmallShow) -> None:
    rename(show)
    rename(show, "deritend", "aston")
    _, (episode,) = show.project.load()
    assert episode.formerly == ("digbeth", "deritend")
    rename(show, "aston", "digbeth")
    _, (episode,) = show.project.load()
    assert (episode.slug, episode.formerly) == ("digbeth", ("deritend", "aston"))
    show.publish()
    tree = files_below(show.target)
    assert b"This page has moved" not in tree["e/digbeth/index.html"]
    assert b"This page has moved" in tree["e/aston/index.html"]


@pytest.mark.parametrize(
    ("new", "what"),
    [
        ("digbeth", "is its name already"),
        ("hull", "is another episode"),
        ("goole", "was the name of hull"),
        ("Deritend", "cannot be an address"),
        ("../x", "cannot be an address"),
        ("con", "cannot be an address"),
        ("minutes", "is there already"),
        ("left", "is there already"),
    ],
)
def test_a_name_that_is_taken_is_refused_and_nothing_changes(show: SmallShow, new: str, what: str) -> None:
    show.add("goole", seconds=3.0)
    rename(show, "goole", "hull")
    (show.project.root / "episodes/minutes").mkdir()
    show.project.transcript_file("left").write_text("WEBVTT\n\nsomebody's\n", "utf-8")
    before = files_below(show.project.root / "episodes") | files_below(show.project.root / "transcripts")
    with pytest.raises(UsageError, match=what):
        rename(show, "digbeth", new)
    assert before == files_below(show.project.root / "episodes") | files_below(show.project.root / "transcripts")


def test_an_episode_that_only_the_feed_knows_keeps_its_name(show: SmallShow, tmp_path: Path) -> None:
    show.add("hull", seconds=3.0)
    show.publish()
    for path in [*(show.project.root / "episodes/hull").iterdir()]:
        path.unlink()
    show.publish()
    with pytest.raises(UsageError, match="another clone"):
        rename(show, "digbeth", "hull")


def test_two_episodes_cannot_claim_one_address(show: SmallShow) -> None:
    show.add("hull", seconds=3.0)
    show.edit("hull", "summary =", 'formerly = ["digbeth"]\nsummary =')
    with pytest.raises(FactsError, match=r"is or was the address of episodes/digbeth/episode\.md"):
        show.project.load()


def test_the_old_name_finds_the_episode_and_no_new_one_gets_it(show: SmallShow) -> None:
    rename(show)
    with pytest.raises(UsageError, match="It is called deritend now"):
        pipeline.make_plan(show.run(), ["digbeth"])
    assert free_slug(show.project, "Digbeth", frozenset({"digbeth"})) == "digbeth-2"
    assert NewEpisode(title="Digbeth").former == frozenset()


class DeadError(Exception):
    pass


def dying(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Every move and removal of a file or folder counts; the one with this number does not happen."""
    count = 0

    def counted(name: str) -> None:
        real: Callable[..., None] = getattr(os, name)

        def call(*arguments: object, **options: object) -> None:
            nonlocal count
            count += 1
            if count == at:
                raise DeadError
            real(*arguments, **options)

        monkeypatch.setattr(os, name, call)

    for name in ("rename", "replace", "unlink"):
        counted(name)


@pytest.mark.parametrize("at", range(1, 12))
def test_wherever_it_dies_the_show_is_whole_and_the_next_run_completes_it(
    show: SmallShow, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    words = show.project.transcript_file("digbeth").read_bytes()
    with monkeypatch.context() as patched:
        dying(patched, at)
        try:
            rename(show)
            died = False
        except DeadError:
            died = True
    _, (episode,) = show.project.load()
    assert episode.slug in ("digbeth", "deritend")
    assert show.project.transcript_file(episode.slug).read_bytes() == words
    assert pipeline.make_plan(show.run()).steps == ()  # nothing would be heard again
    if died:
        rename(show)
    _, (episode,) = show.project.load()
    assert (episode.slug, episode.formerly) == ("deritend", ("digbeth",))
    names = sorted(path.name for path in (show.project.root / "transcripts").iterdir())
    assert names == ["deritend.vtt", "deritend.words.json"]


def test_what_was_done_is_done_and_what_never_was_is_refused(show: SmallShow) -> None:
    assert rename(show).public
    assert rename(show).public  # it completes nothing, and says so in the same words
    with pytest.raises(UsageError, match="no such episode"):
        rename(show, "nowhere", "deritend")


def test_a_withdrawn_episode_says_so_at_every_address(show: SmallShow) -> None:
    rename(show)
    show.publish()
    unpublish(show.run(), "deritend", delete_audio=True)
    tree = files_below(show.target)
    for folder in ("e/deritend/", "e/deritend/player/", "e/digbeth/", "e/digbeth/player/"):
        assert b"has been withdrawn" in tree[f"{folder}index.html"], folder
    assert not [name for name in tree if "transcript." in name or name.endswith(".mp3")]


def test_an_unapproved_transcript_keeps_a_renamed_episode_in_the_feed(tmp_path: Path) -> None:
    show = make(tmp_path / "show")  # a copy's target would have to be looked through first
    show.add("digbeth", seconds=3.0)
    show.publish()
    path = show.project.root / "placecast.toml"
    path.write_text(path.read_text("utf-8") + '[transcription]\nreview = "required"\n', "utf-8")
    rename(show)
    _, built = show.publish()
    assert built.held == ()
    assert entry(show).link.endswith("/e/deritend/")


def test_a_clone_that_has_not_heard_of_it_takes_nothing_from_listeners(tmp_path: Path) -> None:
    public = tmp_path / "public"
    here = make(tmp_path / "here", target=f'folder = "{public}"')
    here.add("digbeth", seconds=3.0)
    here.publish()
    shutil.copytree(here.project.root, tmp_path / "there")
    there = SmallShow(project=Project(root=tmp_path / "there"))
    sound = feedparser.parse((public / "feed.xml").read_bytes()).entries[0].enclosures
    rename(here)
    for clone in (here, there, here):
        clone.publish()
        entries = feedparser.parse((public / "feed.xml").read_bytes()).entries
        assert [(each.id, each.enclosures) for each in entries] == [("guid-of-digbeth", sound)]
    assert b"This page has moved" in (public / "e/digbeth/index.html").read_bytes()


@pytest.mark.browser
def test_a_moment_behind_the_old_address_is_led_to_the_new_one(show: SmallShow, chromium) -> None:  # noqa: F811
    rename(show)
    show.publish()
    with running(show.target) as port:
        for script, address in ((True, "e/deritend/?a=b#t=1"), (False, "e/deritend/")):
            context = chromium.new_context(java_script_enabled=script)
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}/e/digbeth/?a=b#t=1")
            page.wait_for_url(f"http://127.0.0.1:{port}/{address}")
            assert page.locator("h1").inner_text() == "Digbeth"
            context.close()
