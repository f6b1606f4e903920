"""What is said while a run works: bars where they can be drawn over, plain lines elsewhere."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import click
import pytest

from placecast.backlog import Failure, Report
from placecast.errors import AudioError
from placecast.report import JsonReporter, TerminalReporter, duration, models, size, transcribed, verified
from placecast.transcribe.holdings import known
from placecast.transcribe.weights import Weights


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def work(reporter: TerminalReporter | JsonReporter) -> None:
    with reporter.step("master digbeth", "no published audio yet") as progress:
        for share in (0.25, 0.2, 1.0):
            progress(share)


def test_elsewhere_than_on_a_terminal_there_are_lines_and_no_bars() -> None:
    stream = io.StringIO()
    work(TerminalReporter(stream=stream))
    assert re.fullmatch(r"master digbeth \(no published audio yet\)\n  done in 0\.\d s\n", stream.getvalue())


def test_on_a_terminal_a_bar_shows_the_share_and_may_go_backwards() -> None:
    stream = Terminal()
    work(TerminalReporter(stream=stream))
    assert [part.strip() for part in re.findall(r"\] ( *\d+%)", stream.getvalue())] == ["25%", "20%", "100%"]


def test_a_bar_that_starts_half_full_promises_by_what_is_done_now(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 0.0, 10.0, 20.0, 30.0])
    monkeypatch.setattr("placecast.report.time.monotonic", lambda: next(now))
    stream = Terminal()
    with TerminalReporter(stream=stream).step("transcribe digbeth", "no transcript yet") as progress:
        for share in (0.5, 0.6, 0.7):
            progress(share)
    assert re.findall(r"[\d.]+ s left", stream.getvalue()) == ["40.0 s left", "30.0 s left"]


def test_quiet_says_only_what_needs_a_person() -> None:
    stream = Terminal()
    reporter = TerminalReporter(stream=stream, quiet=True)
    work(reporter)
    reporter.warn("the transcript was edited")
    assert click.unstyle(stream.getvalue()) == "Note: the transcript was edited\n"


def test_json_is_one_event_a_line() -> None:
    stream = io.StringIO()
    work(JsonReporter(stream=stream))
    first, last = (json.loads(line) for line in stream.getvalue().splitlines())
    assert first == {"event": "step", "what": "master digbeth", "reason": "no published audio yet"}
    assert last["event"] == "done"


@pytest.mark.parametrize(("seconds", "said"), [(0.04, "0.0 s"), (59.94, "59.9 s"), (125, "2 min 05 s")])
def test_durations_are_said_for_people(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(("count", "said"), [(900, "0.9 kB"), (2_293_752, "2.3 MB")])
def test_sizes_are_said_for_people(count: int, said: str) -> None:
    assert size(count) == said


def test_what_became_of_many_episodes_ends_with_what_is_to_be_done() -> None:
    broken = AudioError("recording.wav", "it is damaged.", "Export it again.")
    answer = transcribed(
        Report(
            done=["digbeth"],
            untouched={"hull": "its transcript is there"},
            failures=[Failure(slug="ulm", error=broken)],
        )
    )
    assert answer.lines == (
        "hull: nothing to do, its transcript is there",
        "digbeth: transcribed",
        "ulm: failed\n  recording.wav: it is damaged.\n  Export it again.",
    )
    assert json.loads(json.dumps(answer.data))["failed"][0]["exit_code"] == 1


def test_models_are_listed_with_their_place_or_the_way_to_get_them(tmp_path: Path) -> None:
    (tmp_path / "tiny.pt").write_bytes(b"tiny")
    held = known({"PLACECAST_WEIGHTS": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}, packaged=())
    answer = models(held, "base")
    text = "\n".join(answer.lines)
    assert f"here: folder, {tmp_path / 'tiny.pt'}" in text
    assert "base      145.2 MB, 1.1 GB of memory, 99 languages  (suits this machine)" in text
    assert "not here; got by OpenAI's download" in text
    assert json.loads(json.dumps(answer.data))["models"][0]["name"] == "tiny.en"


def test_verified_weights_are_named_with_their_hash() -> None:
    weights = Weights(sha256="a" * 64, source="/here/base.pt", files={})
    assert verified({"base": [(weights, True)]}).lines == (
        f"base: /here/base.pt is as it was published (SHA-256 {'a' * 64})",
    )
    assert "only you have" in verified({"base": [(weights, False)]}).lines[0]
