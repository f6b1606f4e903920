"""The tutorial, docs/first-episode.md, and docs/a-day.md: every command in them is run, and says what they say.

In the ordinary command placecast runs the tutorial in this process, with an engine that needs no model; the slow tests
type all of both into a shell, with Whisper itself, and `UPDATE_GOLDEN=1 pytest -m slow tests/test_first_episode.py`
writes what is said.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests import access_logs, sounds, tutorial
from tests.commands import Command, fake_engine
from tests.conftest import ROOT
from tests.seaweed import ACCESS_KEY, SECRET_KEY, Bucket
from tests.tutorial import BLOCK, Session, Typed, commands, put, said

TUTORIAL, DAY = ROOT / "docs" / "first-episode.md", ROOT / "docs" / "a-day.md"
HEARD = ("placecast review",)  # says what was heard, which the stand-in has not
SITE, ENDPOINT, BUCKET = "https://podcast.example.org/", "https://s3.example.org", "our-podcast"

pytestmark = pytest.mark.s3


@pytest.fixture
def home(tmp_path: Path, sample_recording: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with a recording of seconds in it."""
    sound, rate = sounds.load(sample_recording)
    (tmp_path / "Recordings").mkdir()
    path = "/media/whose-high-street-0123456789ab.mp3"
    agents = (access_logs.OVERCAST, access_logs.ANTENNA, access_logs.BOT)
    access_logs.write(tmp_path / "logs", access_logs.s3(access_logs.Request(path=path, agent=each) for each in agents))
    sounds.save(tmp_path / "Recordings" / "high-street.wav", sound[6 * rate : 20 * rate], rate=rate)
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_every_command_of_the_tutorial_says_what_the_tutorial_says(
    home: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], no_proxy: None
) -> None:
    monkeypatch.setattr("placecast.transcribe.load_engine", fake_engine)
    follow(TUTORIAL, Session(home=home, quick=Command(monkeypatch, capfd)), bucket)


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.parametrize("document", [TUTORIAL, DAY], ids=lambda path: path.stem)
def test_the_document_is_true_of_whisper_and_a_shell(
    document: Path, home: Path, bucket: Bucket, no_proxy: None
) -> None:
    follow(document, Session(home=home), bucket)


def follow(document: Path, session: Session, bucket: Bucket) -> None:
    """Do all that the document says, and compare what it shows; or write down what was said."""
    told = document.read_text("utf-8")
    done = BLOCK.sub(lambda block: done_as_told(session, bucket, block), told)
    if os.environ.get("UPDATE_GOLDEN") and not session.quick:
        document.write_text(done, "utf-8")


def done_as_told(session: Session, bucket: Bucket, block: re.Match[str]) -> str:
    """The block with what its commands said now."""
    if block["kind"] == "toml":
        edit(session, block["file"], block["body"], bucket)
        return block[0]
    seen = [(typed, as_told(session.type(with_keys(typed)), bucket)) for typed in commands(block)]
    if block["unseen"]:
        return block[0]
    if not os.environ.get("UPDATE_GOLDEN"):
        for typed, text in seen:
            if not (session.quick and typed.command.startswith(HEARD)):
                assert said(text) == said(typed.shown), typed.command
    written = "".join(f"$ {typed.command}\n{text}" for typed, text in seen)
    return f"{block['head']}{written}```"


def edit(session: Session, file: str, facts: str, bucket: Bucket) -> None:
    """Put facts into a file. With the storage, the show's address becomes that of this machine's server."""
    path = session.folder / file
    put(path, facts)
    if BUCKET in facts:
        told = path.read_text("utf-8")
        for name, real in stand_ins(bucket).items():
            told = told.replace(name, real)
        path.write_text(told, "utf-8")


def with_keys(typed: Typed) -> Typed:
    """The keys of this machine's server, in place of the reader's own."""
    command = typed.command.replace("KEY_ID=your-key", f"KEY_ID={ACCESS_KEY}")
    return replace(typed, command=command.replace("ACCESS_KEY=its-secret", f"ACCESS_KEY={SECRET_KEY}"))


def as_told(text: str, bucket: Bucket) -> str:
    for name, real in reversed(stand_ins(bucket).items()):
        text = text.replace(real, name)
    return text


def stand_ins(bucket: Bucket) -> dict[str, str]:
    """What the tutorial names, and what it is on this machine."""
    endpoint = bucket.server.endpoint
    return {ENDPOINT: endpoint, BUCKET: bucket.name, SITE: f"{endpoint}/{bucket.name}/"}


def test_an_answer_in_the_tutorial_is_what_a_reader_types() -> None:
    blocks = [block for block in BLOCK.finditer(TUTORIAL.read_text("utf-8")) if block["kind"] == "console"]
    every = [typed.command for block in blocks for typed in commands(block)]
    assert len(every) >= 15
    assert {command.split()[0] for command in every} == {"placecast", "cd", "export", "git"}
    assert tutorial.said("done in 0.3 s\n") == tutorial.said("done in 12 s\n")
