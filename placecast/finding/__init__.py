"""Every sentence of a show found on the command line, drafts included. It ranks as the search page does.

Passages are looked up by the stems of words: rare ones count more, frequent ones only in pairs. The text of the best
ones tells which say the words side by side, and which sentence says most of them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from placecast.finding import keeping
from placecast.finding.hunt import Answer, Found, search
from placecast.finding.keeping import keep_up, seen
from placecast.finding.question import Only, Question, understood
from placecast.finding.store import DAMAGED

__all__ = ["Answer", "Found", "Only", "Question", "keep_up", "search", "seen", "sentences", "understood"]


def sentences(
    root: Path, question: Question, only: Only, limit: int, tell: Callable[[str], None], warn: Callable[[str], None]
) -> Answer:
    """What the show in this folder says in answer to a question, as its files are now."""
    try:
        with keeping.up_to_date(root, tell, warn) as store:
            return search(store, question, only, limit)
    except DAMAGED:
        keeping.path(root).unlink(missing_ok=True)
        with keeping.up_to_date(root, tell, warn) as store:
            return search(store, question, only, limit)
