"""`placecast` as a producer types it, in this process, with an engine that needs no model."""

from __future__ import annotations

import sys

import pytest

from placecast import cli
from placecast.transcribe import FakeEngine


def fake_engine(transcription: object, **told: object) -> FakeEngine:
    return FakeEngine()


class Command:
    """Runs `placecast` in this process and keeps what it said."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capfd = monkeypatch, capfd

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["placecast", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = self._capfd.readouterr()
        return code, out, err
