"""A show with one transcript to review, and its review page on a free port: for tests of the page and its guards."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from placecast import review, sentences, vtt
from placecast.fingerprint import sha256
from placecast.model import Episode, Flag, MachineRecord, Show, Transcript, Word
from placecast.project import Project
from tests import small_show

SLUG = "digbeth"
SECONDS = 20.0
TOKEN = "a-token-for-tests-that-no-other-page-knows"
NOW = datetime(2026, 5, 3, 10, 30, tzinfo=UTC)

# What was heard, each word with its probability where that is low.
HEARD = """
Welcome to Placecast, the podcast about places.
With me is Daniel Marsh/0.4 from the market.
Hounds/0.3 do better with parks. We went to grim bee by train.
Thanks for watching. Until next time, look after your place.
"""


@dataclass(kw_only=True)
class Table:
    """The show, and where its review page is."""

    project: Project
    show: Show
    episode: Episode
    port: int = 0

    @property
    def path(self) -> Path:
        return self.project.transcript_file(SLUG)

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @property
    def cues(self) -> list[str]:
        return [cue.text for cue in vtt.parse(self.text, "", "en").cues]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/{TOKEN}/"


def make(folder: Path) -> Table:
    """A show with an episode, its recording and a machine's transcript of five sentences, a word every half second."""
    made = small_show.make(folder)
    made.add(SLUG, seconds=SECONDS)
    heard = tuple(_words(HEARD))
    phantom = next(number for number, word in enumerate(heard) if "Thanks" in word.text)
    name = next(number for number, word in enumerate(heard) if "grim" in word.text)
    flags = (
        Flag(start=heard[name].start, end=heard[name + 1].end, kind="prompted", text="Grimsby", reason="a name"),
        Flag(start=heard[phantom].start, end=heard[phantom + 2].end, kind="phantom", text="Thanks", reason="invented"),
    )
    text = vtt.write(Transcript(cues=sentences.cues(heard), language="en-GB"))
    show, (episode,) = made.project.load()
    record = MachineRecord(
        engine="fake 1",
        model="fake",
        weights="0",
        language="en-GB",
        recording=made.project.sound_hash(episode) or "",
        vtt=sha256(text.encode()),
        words=heard,
        flags=flags,
    )
    made.project.write_transcript(SLUG, text, record)
    return Table(project=made.project, show=show, episode=episode)


def _words(text: str) -> Iterator[Word]:
    for number, part in enumerate(text.split()):
        word, _, probability = part.partition("/")
        start = 1 + number * 0.5
        yield Word(start=start, end=start + 0.4, text=f" {word}", probability=float(probability or 0.99))


@contextmanager
def running(table: Table) -> Iterator[Table]:
    """The review page of this table on a free port."""
    application = review.app(table.project, table.show, table.episode, token=TOKEN, now=lambda: NOW)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(application, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        table.port = listener.getsockname()[1]
        yield table
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()
