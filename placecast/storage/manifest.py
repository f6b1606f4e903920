"""What we remember of the objects that we have put: a JSON object beside them, under `.placecast/`.

It is a hint. What the storage lists is the truth: `recall` joins both and forgets what does not fit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from placecast.plan import Stored

OURS = ".placecast/"
"""Keys that start so are our own notes, no part of the public tree."""

KEY = OURS + "manifest.json"

_VERSION = 1


def dump(objects: Mapping[str, Stored]) -> bytes:
    """The manifest of these objects, but for those of which we know nothing."""
    facts = [asdict(objects[key]) for key in sorted(objects) if objects[key].known]
    return json.dumps({"version": _VERSION, "objects": facts}, ensure_ascii=False, indent=0).encode()


def load(data: bytes) -> dict[str, Stored]:
    """The objects of a manifest. One that is damaged or of another version remembers nothing."""
    try:
        manifest = json.loads(data)
        if manifest["version"] != _VERSION:
            return {}
        return {facts["key"]: Stored(**facts) for facts in manifest["objects"]}
    except (ValueError, TypeError, KeyError):
        return {}


def recall(listed: Iterable[Stored], remembered: Mapping[str, Stored]) -> dict[str, Stored]:
    """The listed objects of the public tree, with what we remember of those that are as we left them."""
    public = (there for there in listed if not there.key.startswith(OURS))
    return {there.key: _as_remembered(there, remembered.get(there.key)) for there in public}


def _as_remembered(there: Stored, memory: Stored | None) -> Stored:
    if memory is None or (memory.size, memory.mark) != (there.size, there.mark):
        return there
    return memory
