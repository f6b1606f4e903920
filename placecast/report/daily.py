"""What the commands say that open, edit and rename an episode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from placecast.model import FolderTarget
from placecast.report import Answer

if TYPE_CHECKING:
    from placecast.errors import Fault
    from placecast.model import Show
    from placecast.renaming import Renamed

_PREVIEW = "http://127.0.0.1:8000/"  # as `placecast preview` says it, unless its port is taken


def addressed(address: str, path: str, why_not: str, show: Show) -> Answer:
    """Where listeners find a page. `why_not`: why they do not find it yet."""
    lines = [address]
    if why_not:
        lines = [f"Not public yet, but {why_not}. It will be at {address}"]
    if why_not or isinstance(show.target, FolderTarget):
        where = "" if why_not else f"It is published into {show.target.name}, which a web server may show. "
        lines.append(f"{where}On this computer you see it with `placecast preview`, at {_PREVIEW}{path}")
    data = {"address": address, "public": not why_not, "preview": f"{_PREVIEW}{path}"}
    return Answer(lines=tuple(lines), data=data)


def edited(file: str, found: Sequence[Fault], *, there: bool, changed: bool) -> Answer:
    """Which file it was, and what is wrong with the facts now."""
    what = "is saved" if changed else "is as it was" if there else "is not there yet"
    lines = (f"{file} {what}, and the facts are right. See it all with: placecast preview",)
    data = {"file": file, "changed": changed, "faults": [asdict(each) for each in found]}
    return Answer(lines=lines, data=data)


def renamed(done: Renamed) -> Answer:
    """What an episode is called now, and what the next publish will do."""
    lines = [f"{done.old} is called {done.new} now: episodes/{done.new}/episode.md"]
    if done.public:
        lines += [
            f"The next `placecast publish` puts its page at {done.page}",
            "and one that leads there at the old address, where transcripts and chapters go on answering.",
            "Guid and sound stay: no app shows it as new, and none downloads it again.",
        ]
    else:
        lines.append("Listeners have not had it yet, so nobody knows its old address.")
    return Answer(
        lines=tuple(lines), data={"old": done.old, "slug": done.new, "page": done.page, "redirects": done.public}
    )
