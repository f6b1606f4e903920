"""What could not be kept, remembered in the show: a later run, which fetches nothing again, must not forget it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from placecast import files
from placecast.abroad.parts import LATER
from placecast.moving.facts import Loss
from placecast.project import Project

FILE = "moving/losses.json"


def merged(project: Project, guid: str, losses: Sequence[Loss]) -> tuple[Loss, ...]:
    """The losses of an episode ("" is the show): these, and those of earlier runs, but for what is tried again."""
    known = _known(project)
    carried = (each for each in known.get(guid, ()) if not _again(each))
    found = tuple(dict.fromkeys((*carried, *losses)))
    if known.get(guid, ()) != found:
        told = {key: [asdict(each) for each in listed] for key, listed in (known | {guid: found}).items()}
        files.write(project.root / FILE, (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode())
    return found


def owes(project: Project, guid: str) -> bool:
    """Whether something of this episode could not be had for a reason that may have passed."""
    return any(map(_again, _known(project).get(guid, ())))


def _again(loss: Loss) -> bool:
    return loss.why.endswith(LATER)


def _known(project: Project) -> dict[str, tuple[Loss, ...]]:
    try:
        told: dict[str, list[dict[str, Any]]] = json.loads((project.root / FILE).read_bytes())
        return {guid: tuple(Loss(**each) for each in listed) for guid, listed in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
