"""An episode is deposited once, under one DOI, whatever goes wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import lxml.html
import mutagen.id3
import pytest
from datacite import schema45

from placecast import depositing
from placecast.cli import options
from placecast.errors import HostError, UsageError
from placecast.zenodo import Repository, open_repository
from tests import small_show, zenodo_server
from tests.commands import Command, fake_engine
from tests.small_show import SmallShow
from tests.zenodo_server import TOKEN, Server

DOI = "10.5281/zenodo.1001"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> SmallShow:
    show = small_show.make(tmp_path_factory.mktemp("deposits") / "show")
    facts = show.project.root / "placecast.toml"
    facts.write_text(facts.read_text("utf-8").replace("cover =", 'license = "cc-by-4.0"\ncover =', 1), "utf-8")
    show.add("trust")
    show.publish()
    show.add("draft", "")
    show.add("later", "2026-08-01T06:00:00")
    return show


@pytest.fixture
def show(published: SmallShow) -> Iterator[SmallShow]:
    """The published show, which is put back after the test."""
    before = small_show.files_below(published.project.root)
    yield published
    root = published.project.root
    for path, content in small_show.files_below(root).items():
        if path not in before:
            (root / path).unlink()
        elif content != before[path]:
            (root / path).write_bytes(before[path])


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with zenodo_server.serving() as server:
        yield server


@pytest.fixture
def zenodo(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("ZENODO_TOKEN", TOKEN)
    for held in (running.deposits, running.contents, running.asked, running.fail):
        held.clear()
    return running


def repository(zenodo: Server) -> Repository:
    return open_repository(zenodo.address, "ZENODO_TOKEN", pause=0.0)


def deposit(show: SmallShow, zenodo: Server, *, sandbox: bool = False, fail_at: int | None = None) -> Any:
    return depositing.deposit(show.run(fail_at), repository(zenodo), "trust", sandbox=sandbox)


def facts(show: SmallShow) -> str:
    return (show.project.root / "episodes/trust/episode.md").read_text("utf-8")


def kept(show: SmallShow) -> Any:
    return json.loads((show.project.root / "episodes/trust/deposit.json").read_bytes())


def test_an_episode_is_deposited_with_sound_transcript_and_record(show, zenodo):
    made = deposit(show, zenodo)
    audio = show.project.audio("trust")
    assert (made.doi, made.published) == (DOI, True)
    assert {name for _, name in zenodo.contents} == {
        *(audio.name, "trust.vtt", "trust.txt"),
        "trust.datacite.json",
    }
    assert zenodo.contents[1001, audio.name] == show.project.media(audio).read_bytes()
    record = json.loads(zenodo.contents[1001, "trust.datacite.json"])
    schema45.validator.validate(record)
    assert record["doi"] == DOI
    metadata = zenodo.deposits[1001]["metadata"]
    assert (metadata["license"], metadata["language"], metadata["upload_type"]) == ("cc-by-4.0", "eng", "video")
    assert f'doi = "{DOI}"' in facts(show)
    assert kept(show) == {
        **{"api": zenodo.address, "id": 1001, "doi": DOI, "published": True},
        "page": f"{zenodo.address}/records/1001",
    }


def test_a_second_run_sends_nothing(show, zenodo):
    deposit(show, zenodo)
    zenodo.asked.clear()
    assert deposit(show, zenodo).doi == DOI
    assert zenodo.asked == ["GET /api/deposit/depositions/1001"]


@pytest.mark.parametrize("step", range(7))
def test_a_run_that_is_stopped_before_any_step_goes_on_with_the_same_deposit(show, zenodo, step):
    with pytest.raises(KeyboardInterrupt):
        deposit(show, zenodo, fail_at=step)
    assert deposit(show, zenodo).doi == DOI
    assert len(zenodo.deposits) == 1
    assert sum("PUT /api/files" in each for each in zenodo.asked) == 4


@pytest.mark.parametrize("request_", ["POST .*depositions$", "POST .*publish$"])
def test_a_request_that_was_done_and_never_answered_is_not_done_twice(show, zenodo, request_):
    zenodo.fail.append((request_, 0))
    with pytest.raises(HostError):
        deposit(show, zenodo)
    assert deposit(show, zenodo).doi == DOI
    assert len(zenodo.deposits) == 1
    assert sum(each.endswith("publish") for each in zenodo.asked) == 1


def test_a_server_that_stumbles_is_asked_again_where_that_does_no_harm(show, zenodo):
    zenodo.fail += [("PUT .*mp3", 502), ("PUT .*vtt", 502), ("GET .*1001", 500), ("PUT .*depositions", 503)]
    assert deposit(show, zenodo).published
    assert len(zenodo.deposits) == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "does not accept the token"), (403, "may not do this"), (429, "asked too much"), (500, "HTTP 500")],
)
def test_what_the_server_refuses_is_said_without_its_words_and_leaves_nothing_behind(show, zenodo, status, said):
    zenodo.fail += [("POST .*depositions$", status)] * 3
    with pytest.raises(HostError, match=said) as told:
        deposit(show, zenodo)
    assert TOKEN not in str(told.value)
    assert (show.project.root / "episodes/trust/deposit.json").exists() is (status == 500)
    assert "doi" not in facts(show)


def test_a_server_that_is_not_there_leaves_nothing_behind(show, zenodo):
    nowhere = replace(repository(zenodo), api="http://127.0.0.1:9/api")
    with pytest.raises(HostError, match="nothing answers there"):
        depositing.deposit(show.run(), nowhere, "trust", sandbox=False)
    assert not (show.project.root / "episodes/trust/deposit.json").exists()


def test_a_fact_that_is_refused_is_named(show, zenodo):
    show.edit("trust", "guid =", 'license = "cc-by-sa-4.0"\nguid =')
    zenodo_server.NEEDED, before = (*zenodo_server.NEEDED, "communities"), zenodo_server.NEEDED
    try:
        with pytest.raises(HostError, match="does not accept what it was told of communities"):
            deposit(show, zenodo)
    finally:
        zenodo_server.NEEDED = before


def test_a_reserved_doi_is_in_the_tags_of_sound_to_come_and_never_in_published_sound(show, zenodo):
    made = depositing.reserve(show.run(), repository(zenodo), "draft", sandbox=False)
    assert (made.doi, made.published) == (DOI, False)
    assert not zenodo.contents
    show.publish("draft")
    audio = show.project.audio("draft")
    assert mutagen.id3.ID3(show.project.media(audio))["TXXX:DOI"].text == [DOI]
    before = show.project.audio("trust")
    zenodo.deposits.clear()
    deposit(show, zenodo)
    plan, _ = show.publish()
    assert "trust" not in {step.slug for step in plan.steps}
    assert show.project.audio("trust") == before


def test_page_notes_and_feed_show_the_doi_after_the_next_publish(show, zenodo):
    deposit(show, zenodo)
    show.publish()
    page = lxml.html.document_fromstring((show.target / "e/trust/index.html").read_bytes())
    assert page.xpath("//meta[@name='citation_doi']/@content") == [DOI]
    entry = feedparser.parse((show.target / "feed.xml").read_bytes()).entries[0]
    assert f"https://doi.org/{DOI}" in entry.content[-1].value
    assert f"doi = {{{DOI}}}" in (show.target / "e/trust/cite.bib").read_text("utf-8")


def test_the_sandbox_is_a_rehearsal_that_leaves_no_trace_in_the_facts(show, zenodo):
    before = facts(show)
    assert deposit(show, zenodo, sandbox=True).published
    assert facts(show) == before
    assert not (show.project.root / "episodes/trust/deposit.json").exists()
    zenodo.deposits.clear()  # as it may be at any time
    assert deposit(show, zenodo, sandbox=True).published


def test_a_deposit_that_is_gone_is_not_made_anew_behind_anybodys_back(show, zenodo):
    depositing.reserve(show.run(), repository(zenodo), "trust", sandbox=False)
    zenodo.deposits.clear()
    with pytest.raises(UsageError, match="not there any more for this account"):
        deposit(show, zenodo)


@pytest.mark.parametrize(
    ("slug", "said"), [("draft", "a draft without a date"), ("later", "is not out yet"), ("nobody", "no such episode")]
)
def test_what_nobody_has_heard_is_not_deposited(show, zenodo, slug, said):
    with pytest.raises(UsageError, match=said):
        depositing.deposit(show.run(), repository(zenodo), slug, sandbox=False)
    assert zenodo.asked == []


def test_a_show_without_a_licence_gives_nothing_away(show, zenodo):
    show.edit("trust", "guid =", 'license = "ours"\nlicense_url = "https://example.org/l"\nguid =')
    with pytest.raises(UsageError, match="has no licence that a repository knows"):
        deposit(show, zenodo)


def test_an_episode_with_a_doi_from_elsewhere_gets_no_second_one(show, zenodo):
    show.edit("trust", "guid =", 'doi = "10.1234/other"\nguid =')
    with pytest.raises(UsageError, match=r"has the DOI 10\.1234/other already"):
        deposit(show, zenodo)


def test_another_server_is_not_asked_for_a_deposit_of_the_first(show, zenodo):
    deposit(show, zenodo)
    with pytest.raises(UsageError, match="stands for a deposit at"):
        depositing.plan(show.run(), "trust", "https://zenodo.org/api", sandbox=False)


def test_a_token_is_sent_to_no_server_without_encryption_and_to_no_other_one(zenodo, show, monkeypatch):
    with pytest.raises(UsageError, match="begins with https"):
        open_repository("http://zenodo.org/api", "ZENODO_TOKEN")
    monkeypatch.setenv("ZENODO_TOKEN", "a b")
    with pytest.raises(UsageError, match="holds something that is no token"):
        open_repository(zenodo.address, "ZENODO_TOKEN")
    monkeypatch.setenv("ZENODO_TOKEN", TOKEN)
    made = replace(repository(zenodo), api=zenodo.address)
    zenodo.address, before = "http://127.0.0.2:1/api", zenodo.address
    try:
        with pytest.raises(HostError, match="on another server"):
            depositing.deposit(show.run(), made, "trust", sandbox=False)
    finally:
        zenodo.address = before


@pytest.fixture
def placecast(show: SmallShow, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(show.project.root)
    monkeypatch.setattr(options, "_load_engine", fake_engine)
    return Command(monkeypatch, capfd)


def test_the_command_shows_what_it_would_do_and_does_it_with_post(placecast, zenodo, monkeypatch):
    code, out, _ = placecast("deposit", "trust", "--api", zenodo.address)
    assert code == 0
    assert "for everybody and for good, under cc-by-4.0" in out
    assert "Nobody has approved its transcript yet" in out
    assert zenodo.asked == []
    code, out, _ = placecast("deposit", "trust", "--api", zenodo.address, "--post")
    assert code == 0
    assert f"https://doi.org/{DOI}" in out
    assert "deposited already" in placecast("deposit", "trust", "--api", zenodo.address)[1]
    monkeypatch.delenv("ZENODO_TOKEN")
    code, _, err = placecast("deposit", "trust", "--api", zenodo.address, "--post")
    assert (code, "ZENODO_TOKEN" in err) == (2, True)


def test_a_reference_is_had_at_the_command_line(placecast):
    code, out, _ = placecast("cite", "trust", "--at", "0:02")
    assert code == 0
    assert out.splitlines() == [
        "The Hub. (2026, May 1). Trust [Audio podcast episode]. In Small places. "
        "https://podcast.example.org/small/e/trust/",
        "(The Hub, 2026, 0:02) https://podcast.example.org/small/e/trust/#t=2",
    ]
    told = json.loads(placecast("cite", "trust", "--style", "harvard", "--json")[1])
    assert told["style"] == "harvard"
    assert "(Accessed: " in told["text"]
    schema45.validator.validate(json.loads(placecast("cite", "trust", "--style", "datacite")[1]))
    assert placecast("cite", "trust", "--style", "ris")[1].startswith("TY  - SOUND\nID  - trust-2026\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("draft",), "is a draft without a date"),
        (("trust", "--at", "soon"), "is not a time"),
        (("trust", "--at", "1:00:00"), "is after the end"),
        (("trust", "--at", "0:01", "--style", "datacite"), "a record of the whole episode"),
    ],
)
def test_what_cannot_be_cited_is_said(placecast, words, said):
    code, _, err = placecast("cite", *words)
    assert (code, said in err) == (2, True)


def test_the_files_on_disk_are_those_of_the_page(show: SmallShow):
    names = {path.name for path in Path(show.target, "e/trust").iterdir()}
    assert {"cite.bib", "cite.ris", "cite.json"} <= names
