"""What was found out about a show's files, so that it is not found out again while they look the same.

One file in the cache, which may be deleted at any time. Everything in it is JSON: whoever may write into the folder
must not be able to make this program do more than forget.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from placecast import files

Answer = tuple[str, str, Any, Any]
"""Kind, name, all that it comes from, and the answer, as `Memory.keep` takes them."""


class Memory:
    """Answers by kind and name, each with all that it comes from: with other `about`, it is no answer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kinds: dict[str, dict[str, Any]] | None = None
        self._new: dict[tuple[str, str], Answer] = {}

    def recall(self, kind: str, name: str, about: object) -> Any:
        """The answer that was kept; None when there is none about this."""
        match self._known(kind).get(name):
            case [kept_about, answer] if kept_about == about:
                return answer
        return None

    def keep(self, kind: str, name: str, about: object, answer: object) -> None:
        """Keep an answer; it is written to the disk by `save`."""
        if self._known(kind).get(name) != (entry := [about, answer]):
            self._known(kind)[name] = entry
            self._new[kind, name] = (kind, name, about, answer)

    def news(self) -> list[Answer]:
        """What has been kept since this was asked last, for the memory of another process to keep."""
        new, self._new = self._new, {}
        return list(new.values())

    def found(self, kind: str, name: str, about: object, find: Callable[[], Any]) -> Any:
        """The answer that was kept, or else the one that is found now."""
        known = self.recall(kind, name, about)
        if known is None:
            known = find()
            self.keep(kind, name, about, known)
        return known

    def save(self) -> None:
        """Write down what is new. Where nothing can be written, it is found out again next time."""
        if self._new and self._path.parent.is_dir():
            with suppress(OSError):
                files.write(self._path, json.dumps(self._kinds, ensure_ascii=False).encode("utf-8", "replace"))
            self._new = {}

    def _known(self, kind: str) -> dict[str, Any]:
        if self._kinds is None:
            self._kinds = _read(self._path)
        return self._kinds.setdefault(kind, {})


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """What the file says; nothing when it is missing or damaged."""
    try:
        known = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    sound = known if isinstance(known, dict) else {}
    return {kind: answers for kind, answers in sound.items() if isinstance(answers, dict)}
