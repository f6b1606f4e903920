"""Three accounts of one show compared: what the feed names, what the record remembers, what the target holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from placecast import plan
from placecast.delivery.manifest import OURS
from placecast.doctor.findings import Finding, fine, found
from placecast.plan import Stored, Upload
from placecast.wording import few


def compare(
    named: Collection[str], remembered: Mapping[str, Stored], listed: Mapping[str, Stored], local: Iterable[Upload]
) -> Iterator[Finding]:
    """Where the accounts differ. `named`: keys. `local`: what this clone would have there, as far as it is known."""
    missing = sorted(set(named) - listed.keys())
    if missing:
        yield found("dangling", f"The feed names what is not there: {few(missing)}.")
    elif named:
        yield fine("dangling", f"All {len(named)} files that the feed names are there.")
    yield from _against_record(remembered, listed, set(missing))
    yield from _unknown(remembered, listed)
    yield from _unsent(remembered, listed, local)


def _against_record(
    remembered: Mapping[str, Stored], listed: Mapping[str, Stored], missing: set[str]
) -> Iterator[Finding]:
    gone = sorted(remembered.keys() - listed.keys() - missing)
    other = sorted(key for key in remembered.keys() & listed.keys() if _differ(remembered[key], listed[key]))
    if gone:
        yield found("altered", f"The record has what is not there any more: {few(gone)}.")
    if other:
        yield found("altered", f"These are not as placecast left them: {few(other)}.")
    if remembered and not (gone or other):
        yield fine("altered", f"All {len(remembered)} files of the record are as placecast left them.")


def _unknown(remembered: Mapping[str, Stored], listed: Mapping[str, Stored]) -> Iterator[Finding]:
    """What nobody knows may be another's, so it is told and never touched."""
    public = sorted(key for key in listed if plan.is_public(key) and key not in remembered)
    foreign = sorted(key for key in listed if not plan.is_public(key) and not key.startswith(OURS))
    if public and remembered:
        yield fine("unknown", f"In the public tree, but not in the record: {few(public)}.")
    if foreign:
        yield fine("unknown", f"Not placecast's: {few(foreign)}.")


def _unsent(
    remembered: Mapping[str, Stored], listed: Mapping[str, Stored], local: Iterable[Upload]
) -> Iterator[Finding]:
    known = {key: there for key, there in remembered.items() if key in listed and not _differ(there, listed[key])}
    waiting = [upload.key for upload in plan.uploads(local, {**listed, **known})]
    if waiting:
        yield fine("unsent", f"This clone would send: {few(waiting)}. See it with: placecast publish --dry-run")


def _differ(one: Stored, other: Stored) -> bool:
    return (one.size, one.mark) != (other.size, other.mark)
