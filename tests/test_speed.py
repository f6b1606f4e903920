"""How long a transcription will take is said before it starts: as it took before, or by a quick look."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from placecast.transcribe import FakeEngine
from placecast.transcribe.hardware import Gpu, Hardware
from placecast.transcribe.models import BY_NAME
from placecast.transcribe.speed import estimate, probe, remember, window_seconds
from tests.small_show import make

HERE = Hardware(cores=2, memory=8_000_000_000)
CARD = Hardware(cores=2, memory=8_000_000_000, gpu=Gpu(name="a card", memory=24_000_000_000))


class Named(FakeEngine):
    """The fake by the name of a true engine."""

    def __init__(self, model: str = "base", name: str = "openai-whisper 1", **options: str) -> None:
        super().__init__()
        self.model, self.name, self.options = model, name, options


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    return {"XDG_CACHE_HOME": str(tmp_path)}


def ticking(step: float) -> Iterator[float]:
    return count(0.0, step)


def clock_of(step: float) -> Any:
    ticks = ticking(step)
    return lambda: next(ticks)


def test_the_first_estimate_grows_with_the_speech_and_the_model(environ: Mapping[str, str]) -> None:
    small, large = Named("base"), Named("small")
    minute, hour = (estimate(small, seconds, HERE, environ=environ, clock=clock_of(0.1)) for seconds in (60, 3600))
    assert minute is not None
    assert hour == pytest.approx(60 * minute)
    slower = estimate(large, 60, HERE, environ=environ, clock=clock_of(0.1))
    assert slower is not None
    assert 3 < slower / minute < 5


def test_the_first_estimate_takes_no_more_than_a_third_of_a_second(environ: Mapping[str, str]) -> None:
    probe(time.perf_counter)
    started = time.perf_counter()
    assert probe(time.perf_counter) > 0.1
    assert time.perf_counter() - started < 0.3 or os.getloadavg()[0] > 2


def test_a_slower_machine_takes_as_much_longer() -> None:
    base = BY_NAME["base"].dimensions
    assert window_seconds(base, 50) == pytest.approx(4 * window_seconds(base, 200))


def test_what_was_measured_here_counts_from_then_on(environ: Mapping[str, str]) -> None:
    engine = Named()
    for seconds in (100, 110, 500):  # the machine did something else as well
        remember(engine, seconds, 1000, HERE, environ=environ)
    assert estimate(engine, 3600, HERE, environ=environ) == pytest.approx(396)


@pytest.mark.parametrize(
    ("other", "machine"),
    [
        (Named("small"), HERE),
        (Named(name="faster-whisper 1"), HERE),
        (Named(precision="bf16"), HERE),
        (Named(), Hardware(cores=8, memory=8_000_000_000)),
    ],
)
def test_a_speed_is_that_of_one_engine_model_precision_and_machine(
    other: Named, machine: Hardware, environ: Mapping[str, str]
) -> None:
    remember(Named(), 1e6, 1000, HERE, environ=environ)
    assert estimate(other, 60, machine, environ=environ, clock=clock_of(0.1)) != pytest.approx(60_000)


def test_only_the_last_runs_are_remembered(environ: Mapping[str, str]) -> None:
    for seconds in (900, 900, 900, 100, 100, 100, 100, 100):
        remember(Named(), seconds, 1000, HERE, environ=environ)
    assert estimate(Named(), 1000, HERE, environ=environ) == pytest.approx(100)


def test_a_short_run_or_a_model_that_is_none_of_whispers_is_not_remembered(environ: Mapping[str, str]) -> None:
    remember(Named(), 10, 20, HERE, environ=environ)
    remember(FakeEngine(), 10, 1000, HERE, environ=environ)
    assert list(Path(environ["XDG_CACHE_HOME"]).rglob("*.json")) == []
    assert estimate(FakeEngine(), 60, HERE, environ=environ) is None


def test_nothing_is_promised_of_a_graphics_card_that_has_not_worked_yet(environ: Mapping[str, str]) -> None:
    assert estimate(Named("turbo"), 3600, CARD, environ=environ) is None
    remember(Named("turbo"), 10, 3600, CARD, environ=environ)
    assert estimate(Named("turbo"), 7200, CARD, environ=environ) == pytest.approx(20, rel=0.05)


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"a": 1}', b'{"a": ["x"]}', b"\xff"])
def test_a_damaged_memory_is_no_memory(damage: bytes, environ: Mapping[str, str]) -> None:
    file = Path(environ["XDG_CACHE_HOME"]) / "placecast" / "speeds.json"
    file.parent.mkdir()
    file.write_bytes(damage)
    assert estimate(Named(), 60, HERE, environ=environ, clock=clock_of(0.1)) is not None
    remember(Named(), 100, 1000, HERE, environ=environ)
    assert estimate(Named(), 1000, HERE, environ=environ) == pytest.approx(100)


def test_a_producer_is_told_before_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    show = make(tmp_path / "show", engine=Named())
    show.add("digbeth", seconds=10)
    show.publish()
    (note,) = show.last.notes
    assert note.startswith("10 seconds to hear: about ")
    assert "with Whisper's base on " in note
