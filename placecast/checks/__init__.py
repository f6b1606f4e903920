"""What podcast directories, apps and standards would object to, with the reason and the cure.

Looks at the facts and at the feed that was built from them. Whether the server that shows them behaves
is not asked here.
"""

from __future__ import annotations

from placecast.checks.episodes import RULES as EPISODE_RULES
from placecast.checks.feed import RULES as FEED_RULES
from placecast.checks.rules import Finding, Rule, Severity, Subject
from placecast.checks.show import RULES as SHOW_RULES
from placecast.model import Publication

__all__ = ["RULES", "Finding", "Rule", "Severity", "check"]

RULES: tuple[Rule, ...] = FEED_RULES + SHOW_RULES + EPISODE_RULES

_SEVERITIES: tuple[Severity, ...] = ("required", "recommended", "best")


def check(publication: Publication, feed: bytes) -> tuple[Finding, ...]:
    """Everything that breaks a rule, the gravest first."""
    subject = Subject(publication=publication, feed=feed)
    findings = {finding for rule in RULES for finding in rule.findings(subject)}
    return tuple(sorted(findings, key=_order))


def _order(finding: Finding) -> tuple[int, str, str, str]:
    return _SEVERITIES.index(finding.severity), finding.where, finding.code, finding.what
