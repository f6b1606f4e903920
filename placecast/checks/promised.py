"""Rules for what listeners have been given: `changed` finds what breaks them, and has the words."""

from __future__ import annotations

from collections.abc import Iterator

from placecast.changed import WORDS
from placecast.checks.rules import Complaint, Complaints, Rule, Subject


def _taken(code: str) -> Complaints:
    def complaints(subject: Subject) -> Iterator[Complaint]:
        return (complaint for kind, complaint in subject.taken if kind == code)

    return complaints


RULES = tuple(
    Rule(code=code, severity="required", broken=_taken(code), why=words.why, cure=words.cure)
    for code, words in WORDS.items()
)
