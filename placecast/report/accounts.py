"""What `placecast report` says: the numbers of the report for funders in short, and where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from placecast.report import Answer

if TYPE_CHECKING:
    from placecast.accounts.account import Account, Measure
    from placecast.accounts.listening import Listened
    from placecast.accounts.reporting import Written
    from placecast.project import Project

_TOP = 5
# Why requests were left out, in the order of the guideline's steps.
_LEFT = {
    "check": "only checked whether a file is there or has changed",
    "probe": "asked for two bytes, to see whether that works",
    "bot": "came from bots",
    "nameless": "came from apps without a name",
    "watch": "came from watches that copy what a telephone has",
    "centre": "came from data centres",
    "unknown": "were for files that are no episode's of this show",
    "damaged": "cannot be read",
}
_SUMS = {"short": "less than a minute of sound", "busy": "from addresses with too many downloads in a day"}


def accounted(done: Written, project: Project) -> Answer:
    """The report in a few lines, and where the whole of it is."""
    account = done.account
    lines = [_measure(each) for each in account.measures]
    lines += list(_heard(account))
    if done.listened:
        lines += list(_listened(done.listened))
    lines.append(f"Written: {', '.join(project.shown(path) for path in done.files[:1])}, with tables beside it.")
    measures = {each.name: round(each.period, each.digits) for each in account.measures}
    left = dict(done.listened.counted.left) if done.listened else {}
    data = {"measures": measures, "left_out": left, "files": [project.shown(path) for path in done.files]}
    return Answer(lines=tuple(lines), data=data)


def _measure(each: Measure) -> str:
    period, so_far = (f"{number:,.{each.digits}f}" for number in (each.period, each.so_far))
    return f"{each.name}: {period}" + (f" ({so_far} since the show began)" if so_far != period else "")


def _heard(account: Account) -> Iterator[str]:
    if account.heard is None:
        yield "Downloads: not counted. Give the server's logs with --logs FOLDER"
        return
    days = len(account.period.days)
    yield f"Days with logs: {account.heard.counted} of {days}"
    yield from (f"  {title}: {count:,}" for _, title, count in account.heard.episodes[:_TOP])


def _listened(listened: Listened) -> Iterator[str]:
    counted = listened.counted
    yield f"Logs read: {listened.files:,}; requests for episodes: {counted.requests.total():,}."
    yield from (f"  left out, {counted.left[why]:,}: {what}" for why, what in _LEFT.items() if counted.left[why])
    yield from (f"  no download, {counted.left[why]:,}: {what}" for why, what in _SUMS.items() if counted.left[why])
    if counted.strange:
        yield f"No logs of S3 or CloudFront, passed by: {', '.join(counted.strange[:_TOP])}"
    if listened.less:
        days = ", ".join(map(str, listened.less[:_TOP]))
        yield f"These logs tell less of {days} than was counted before: the counts stay as they were."
    if whole := listened.kept.whole & set(counted.requests):
        yield f"Counted for good up to {max(whole)}: logs up to that day may be deleted. Commit the folder audience."
