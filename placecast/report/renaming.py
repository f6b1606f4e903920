"""What the command says that gives an episode another address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from placecast.report import Answer

if TYPE_CHECKING:
    from placecast.renaming import Renamed


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
