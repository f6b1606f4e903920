"""What was posted about an episode, in `episodes/<slug>/posts.json`: committed, so that every clone knows it.

That a post is begun is written before the network is asked, and what became of it after: a run may die in between.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from placecast import files, typed
from placecast.errors import FactsError, Fault
from placecast.social import Posted

FILE = "posts.json"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A post on one network. Without `post`, a run began it and never learnt what became of it."""

    begun: datetime  # aware
    post: Posted | None = None


def read(folder: Path, shown: str) -> dict[str, Entry]:
    """What is known of each network; FactsError when the file cannot be read."""
    try:
        told = json.loads((folder / FILE).read_bytes())
        return {network: typed.checked(_entry(facts)) for network, facts in told.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what, cure = f"cannot be read: {error}.", "Get it back from git: it says what is posted already."
        raise FactsError([Fault(file=f"{shown}/{FILE}", what=what, cure=cure)]) from error


def begin(folder: Path, shown: str, network: str, now: datetime) -> Entry:
    """The entry of a post that is about to be sent: that of the first try."""
    known = read(folder, shown)
    if network not in known:
        _write(folder, known | {network: Entry(begun=now)})
    return known.get(network, Entry(begun=now))


def finish(folder: Path, shown: str, network: str, post: Posted) -> None:
    """Keep where the post is."""
    known = read(folder, shown)
    _write(folder, known | {network: replace(known[network], post=replace(post, earlier=False))})


def _write(folder: Path, known: dict[str, Entry]) -> None:
    told = {network: _facts(entry) for network, entry in sorted(known.items())}
    files.write(folder / FILE, (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode())


def _facts(entry: Entry) -> dict[str, Any]:
    post = {name: value for name, value in asdict(entry.post).items() if name != "earlier"} if entry.post else {}
    return {"begun": entry.begun.isoformat(), **post}


def _entry(facts: dict[str, Any]) -> Entry:
    begun = datetime.fromisoformat(facts["begun"])
    if begun.tzinfo is None:
        raise ValueError("a moment has no time zone")
    post = {name: value for name, value in facts.items() if name != "begun"}
    return Entry(begun=begun, post=Posted(**post) if post else None)
