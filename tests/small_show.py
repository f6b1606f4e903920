"""A show in a folder of its own, with a recording of seconds and an engine without a model: for tests of the flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from placecast import pipeline
from placecast.changed import Told
from placecast.model import Progress, Target, Transcription, no_progress
from placecast.pipeline import Plan
from placecast.project import Project
from placecast.publishing import Built
from placecast.run import Run
from placecast.storage import Storage, open_storage
from placecast.transcribe import Engine, FakeEngine
from placecast.work import StepName
from tests import sounds

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)

SHOW = """\
title = "Small places"
description = "A show for tests."
url = "https://podcast.example.org/small/"
guid = "63d83930-8cc3-52ff-a665-d75dd2454868"
author = "The Hub"
categories = ["Government"]
cover = "cover.png"
cover_alt = "Teal"
[owner]
name = "The team"
email = "team@example.org"
[target]
{target}
"""

EPISODE = """\
+++
title = "{title}"
guid = "guid-of-{slug}"
{published}
summary = "What happened in {title}."
recording = "recording.wav"
[[chapters]]
start = 0
title = "Start"
+++
Notes on {title}.
"""


@dataclass
class Recorder:
    """A reporter that remembers. `fail_at`: the step, counted from 0, that is interrupted when it starts."""

    fail_at: int | None = None
    answer: bool | None = None
    asked: list[str] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, what: str, reason: str) -> Iterator[Progress]:
        if self.fail_at == len(self.steps):
            raise KeyboardInterrupt
        self.steps.append((what, reason))
        yield no_progress

    def tell(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def ask(self, question: str, lines: Sequence[str]) -> bool | None:
        self.asked += lines
        return self.answer


@dataclass(kw_only=True)
class SmallShow:
    """A project, and runs on it that need no model."""

    project: Project
    now: datetime = NOW
    opened: Callable[[Target], Storage] = open_storage
    engine: Engine = field(default_factory=FakeEngine)
    answer: bool | None = None  # to every question
    last: Recorder = field(default_factory=Recorder)

    @property
    def target(self) -> Path:
        return self.project.root / "public"

    def run(self, fail_at: int | None = None) -> Run:
        self.last = Recorder(fail_at=fail_at, answer=self.answer)
        return Run(
            project=self.project,
            reporter=self.last,
            now=self.now,
            load_engine=self._engine,
            open_storage=self.opened,
        )

    def _engine(self, transcription: Transcription) -> Engine:
        return self.engine

    def publish(
        self,
        *slugs: str,
        redo: frozenset[StepName] = frozenset(),
        fail_at: int | None = None,
        allow_changes: bool = False,
    ) -> tuple[Plan, Built]:
        return pipeline.publish(self.run(fail_at), slugs, redo, told=Told(everything=allow_changes))

    def add(self, slug: str, published: str = "2026-05-01T06:00:00", seconds: float = 4.0, seed: int = 1) -> Path:
        """An episode with a recording; its folder. An empty date makes a draft."""
        folder = self.project.root / "episodes" / slug
        folder.mkdir(parents=True)
        sounds.save(folder / "recording.wav", sounds.speech(seconds, seed=seed))
        date = f"published = {published}" if published else ""
        (folder / "episode.md").write_text(EPISODE.format(title=slug.title(), slug=slug, published=date), "utf-8")
        return folder

    def edit(self, slug: str, old: str, new: str) -> None:
        path = self.project.root / "episodes" / slug / "episode.md"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")


def make(root: Path, target: str = 'folder = "public"', **changes: Any) -> SmallShow:
    """A show without episodes in this folder."""
    root.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (1400, 1400), "teal").save(root / "cover.png")
    (root / "placecast.toml").write_text(SHOW.format(target=target), "utf-8")
    return SmallShow(project=Project(root=root), **changes)


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stamps_below(folder: Path) -> dict[str, tuple[int, int]]:
    """When each file below a folder was written, and which file on the disk it is."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino) for path in paths}
