"""Every sentence of a show found on the command line, drafts included. It ranks as the search page does.

Passages are looked up by the stems of words: rare ones count more, frequent ones only in pairs. The text of the best
ones tells which say the words side by side, and which sentence says most of them.
"""

from __future__ import annotations

from placecast.finding.hunt import Answer, Found, search
from placecast.finding.keeping import keep_up, seen, up_to_date
from placecast.finding.question import Only, Question, understood

__all__ = ["Answer", "Found", "Only", "Question", "keep_up", "search", "seen", "understood", "up_to_date"]
