"""`audio.json`: the facts of an episode's published sound, as they were written when it was made."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from placecast import plan, typed
from placecast.model import Alternate, Audio, MadeFrom, Mastering, MovedIn


@lru_cache(maxsize=1 << 14)  # a build asks three times for each of a long archive
def read(text: str) -> Audio:
    """What an `audio.json` says; ValueError, KeyError, TypeError or RecursionError where it is none."""
    data = json.loads(text)
    alternates = tuple(Alternate(**each) for each in data.pop("alternates", ()))  # files of before have none
    said = tuple(data.pop("said", ()))
    made = Audio(**data | {"made_from": _made_from(data["made_from"])}, said=said, alternates=alternates)
    for name in (each.name for each in made.files):
        if not plan.is_path(name) or "/" in name:
            raise ValueError(f"{name!r} is no name of a file")
    return typed.checked(made)


def _made_from(data: dict[str, Any]) -> MadeFrom | MovedIn:
    if "moved_in_from" in data:
        return MovedIn(**data)
    return MadeFrom(**data | {"mastering": Mastering(**data["mastering"])})
