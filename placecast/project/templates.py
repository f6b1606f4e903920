"""A show's own templates and parts of the style, as its folder `templates` has them."""

from __future__ import annotations

from pathlib import Path

from placecast.errors import FactsError, Fault
from placecast.pages import dressing

_PATTERNS = ("*.html", "style/*.css")
_LARGEST = 200_000  # bytes: ours have less than ten thousand


def read_templates(root: Path) -> tuple[tuple[str, str], ...]:
    """Each template's name and text, in the order of the names; FactsError with everything that is wrong with them."""
    folder = root / dressing.FOLDER
    paths = sorted(path for pattern in _PATTERNS for path in folder.glob(pattern) if path.is_file())
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            found[name] = _text(path)
        except ValueError as error:
            cure = "Save it as UTF-8, and without what a page does not need, or take it away."
            faults.append(Fault(file=f"{dressing.FOLDER}/{name}", what=f"{error}.", cure=cure))
    faults += dressing.faults(found)
    if faults:
        raise FactsError(faults)
    return tuple(found.items())


def _text(path: Path) -> str:
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"is larger than {_LARGEST} bytes")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 text (at byte {error.start})") from error
