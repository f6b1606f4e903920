"""The corrections of an episode: a small file for each, in the folder `corrections` beside its episode.md.

A file of its own, which is never written again: clones that correct something at the same time merge in git without a
conflict, and what anybody changes in it or takes away is seen there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from placecast import files
from placecast.errors import FactsError, Fault
from placecast.fingerprint import sha256
from placecast.model import Correction
from placecast.project.correction_schema import CorrectionFacts
from placecast.project.faults import validate
from placecast.project.front_matter import quoted, read_toml
from placecast.project.secrets import without_secrets
from placecast.timecode import exact_clock

FOLDER = "corrections"


def read(folder: Path, shown: str, zone: ZoneInfo | None) -> tuple[Correction, ...]:
    """The corrections in an episode's folder, the oldest first; FactsError with all that is wrong with them.

    `shown`: the folder as people read it. `zone`: the show's, if it is known.
    """
    faults: list[Fault] = []
    found = []
    for path in sorted((folder / FOLDER).glob("*.toml")):
        try:
            found.append(_parsed(_text(path), f"{shown}/{FOLDER}/{path.name}", zone))
        except FactsError as error:
            faults += error.faults
    if faults:
        raise FactsError(faults)
    return tuple(sorted(found, key=lambda each: (each.date, each.wrong, each.right)))


def write(folder: Path, shown: str, correction: Correction) -> Path:
    """Keep a correction in a file of its own; FactsError when it says what may not be published."""
    text = "".join(f"{line}\n" for line in _lines(correction))
    path = folder / FOLDER / f"{correction.date:%Y-%m-%d}-{sha256(text.encode())[:8]}.toml"
    _parsed(text, f"{shown}/{FOLDER}/{path.name}", None)
    files.write(path, text.encode())
    return path


def _lines(correction: Correction) -> Iterator[str]:
    yield f"date = {correction.date.isoformat(timespec='seconds')}"
    yield f"kind = {quoted(correction.kind)}"
    if correction.at is not None:
        yield f"at = {quoted(exact_clock(correction.at))}"
    yield f"wrong = {quoted(correction.wrong)}"
    yield f"right = {quoted(correction.right)}"
    yield f"by = {quoted(correction.by)}"


def _parsed(text: str, file: str, zone: ZoneInfo | None) -> Correction:
    data = read_toml(text, file)
    with without_secrets(data, file):
        facts = validate(CorrectionFacts, data, file, **({"zone": zone} if zone else {}))
    return Correction(**facts.model_dump())


def _text(path: Path) -> str:
    # What is no UTF-8 is no TOML either, and is then said to be none.
    return path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
