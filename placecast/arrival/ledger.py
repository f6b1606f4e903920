"""What could not be kept, remembered in the show: a later run, which fetches nothing again, must not forget it.

One line of JSON for an episode; of several, the last one counts. So a run that dies loses none that it has told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from placecast.abroad.parts import LATER
from placecast.moving.facts import Loss

FILE = "moving/losses.jsonl"


class Ledger:
    """The losses of each episode by its guid; "" is the show."""

    def __init__(self, root: Path) -> None:
        self._path = root / FILE
        self._known = dict(_read(self._path))

    def merged(self, guid: str, losses: Sequence[Loss]) -> tuple[Loss, ...]:
        """These losses, and those that earlier runs have noted, but for what is tried again; they are noted."""
        known = self._known.get(guid, ())
        carried = (each for each in known if not _again(each))
        found = tuple(dict.fromkeys((*carried, *losses)))
        if known != found:
            self._known[guid] = found
            self._note(guid, found)
        return found

    def owes(self, guid: str) -> bool:
        """Whether something of this episode could not be had for a reason that may have passed."""
        return any(map(_again, self._known.get(guid, ())))

    def _note(self, guid: str, losses: Sequence[Loss]) -> None:
        self._path.parent.mkdir(exist_ok=True)
        line = json.dumps({"guid": guid, "losses": [asdict(each) for each in losses]}, ensure_ascii=False)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def _read(path: Path) -> Iterator[tuple[str, tuple[Loss, ...]]]:
    lines = path.read_bytes().splitlines() if path.is_file() else []
    for line in lines:
        try:
            told = json.loads(line)
            yield str(told["guid"]), tuple(Loss(**each) for each in told["losses"])
        except (ValueError, TypeError, KeyError):
            continue  # the run that wrote it died meanwhile


def _again(loss: Loss) -> bool:
    return loss.why.endswith(LATER)
