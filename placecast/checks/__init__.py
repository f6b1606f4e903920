"""What podcast directories, apps and standards would object to, with the reason and the cure.

Looks at the facts, and at the feed, the pages and the media that were built from them. Whether the server that shows
them behaves is not asked here.
"""

from __future__ import annotations

from collections.abc import Iterable

from placecast.checks.built import Picture, Sound
from placecast.checks.episodes import RULES as EPISODE_RULES
from placecast.checks.feed import RULES as FEED_RULES
from placecast.checks.feed_tags import RULES as TAG_RULES
from placecast.checks.feed_values import RULES as VALUE_RULES
from placecast.checks.media import RULES as MEDIA_RULES
from placecast.checks.pages import RULES as PAGE_RULES
from placecast.checks.promised import RULES as PROMISE_RULES
from placecast.checks.rules import SEVERITIES, Complaint, Finding, Rule, Severity, Subject
from placecast.checks.show import RULES as SHOW_RULES
from placecast.checks.sidecars import RULES as SIDECAR_RULES
from placecast.errors import Fault
from placecast.model import Publication

__all__ = [
    "FACTS",
    "RULES",
    "SEVERITIES",
    "Complaint",
    "Finding",
    "Picture",
    "Rule",
    "Severity",
    "Sound",
    "Subject",
    "check",
    "findings",
    "of_faults",
]

FACTS = Rule(
    code="facts",
    severity="required",
    broken=lambda _: (),
    why="Nothing can be published, nor looked at further (Placecast's reference, docs/reference.md).",
    cure="What to write is said with each.",
)
"""What keeps the facts from being read at all: the only findings then."""

RULES: tuple[Rule, ...] = (
    FACTS,
    *PROMISE_RULES,
    *SHOW_RULES,
    *EPISODE_RULES,
    *MEDIA_RULES,
    *SIDECAR_RULES,
    *FEED_RULES,
    *VALUE_RULES,
    *TAG_RULES,
    *PAGE_RULES,
)


def check(publication: Publication, feed: bytes) -> tuple[Finding, ...]:
    """Everything that breaks a rule in this show and its feed, whatever lies beside it."""
    return findings(Subject(publication=publication, feed=feed))


def findings(*subjects: Subject) -> tuple[Finding, ...]:
    """Everything that breaks a rule, the gravest first, and once."""
    found = {finding for subject in subjects for rule in RULES for finding in rule.findings(subject)}
    return tuple(sorted(found, key=_order))


def of_faults(faults: Iterable[Fault]) -> tuple[Finding, ...]:
    """What is wrong with facts that cannot be read, as findings."""
    complaints = tuple(Complaint(each.file, each.what, each.key, each.cure) for each in faults)
    return tuple(FACTS.finding(complaint) for complaint in complaints)


def _order(finding: Finding) -> tuple[int, str, str, str, str]:
    return SEVERITIES.index(finding.severity), finding.file, finding.key, finding.code, finding.what
