"""What could not be kept, remembered in the show: a later run, which fetches nothing again, must not forget it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from placecast import files
from placecast.moving.facts import Loss
from placecast.project import Project

FILE = "moving/losses.json"


def merged(project: Project, guid: str, losses: Sequence[Loss]) -> tuple[Loss, ...]:
    """The losses of an episode ("" is the show): these, or those of the run that fetched it where there are none."""
    known = _known(project)
    if not losses:
        return tuple(known.get(guid, ()))
    found = tuple(dict.fromkeys(losses))
    if tuple(known.get(guid, ())) != found:
        told = {key: [asdict(each) for each in listed] for key, listed in (known | {guid: found}).items()}
        files.write(project.root / FILE, (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode())
    return found


def _known(project: Project) -> dict[str, tuple[Loss, ...]]:
    try:
        told: dict[str, list[dict[str, Any]]] = json.loads((project.root / FILE).read_bytes())
        return {guid: tuple(Loss(**each) for each in listed) for guid, listed in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
