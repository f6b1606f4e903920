"""Pictures that are published: read where the facts name them, and named after their content.

Another picture has another address, so no app shows the old one for the new.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

from PIL import Image as Picture
from PIL import UnidentifiedImageError

from placecast.errors import FactsError, Fault
from placecast.fingerprint import sha256, short
from placecast.model import Image

# What every app and browser shows; WebP only where an app may choose another.
_TYPES = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png")}
_WEB_TYPES = {**_TYPES, "WEBP": ("image/webp", "webp")}
_ODD = re.compile(r"[^a-z0-9]+")
_STEM_LIMIT = 60
_CURE = "Save the picture as JPEG or PNG in the folder of this file, and name it here."
_WEB_CURE = "Save the picture as JPEG, PNG or WebP in the folder of this file, and name it here."
_ART_CURE = (
    "Save the cover as a square JPEG or PNG of 1400 to 3000 pixels, in RGB without transparency, and name it here."
)


class _Found(NamedTuple):
    """A picture as it lies there."""

    kind: str  # as Pillow calls it
    size: tuple[int, int]
    mode: str
    clear: bool  # whether parts of it are see-through, though its mode does not say so
    content: bytes


def _ends(content: bytes, start: bytes, end: bytes) -> bool:
    """Whether the last `start` has its `end`."""
    return content.find(end, content.rfind(start)) != -1


# Of a file that broke off, a picture's head can still be read, and apps show half of it. Decoding would tell that, too,
# but every load of the facts would pay for it.
_WHOLE: dict[str, Callable[[bytes], bool]] = {
    "JPEG": lambda content: _ends(content, b"\xff\xda", b"\xff\xd9"),  # SOS and EOI: neither can stand within a scan
    "PNG": lambda content: _ends(content, b"IDAT", b"IEND\xaeB`\x82"),
    "WEBP": lambda content: len(content) >= int.from_bytes(content[4:8], "little") + 8,  # RIFF says its own length
}


def read(path: Path, where: str, stem: str) -> Image:
    """The picture in this file, published as `media/<stem>-<hash>.jpg`; FactsError at `where` when it is none."""
    return _image(path, _read(path, where, _TYPES, _CURE), stem)


def read_cover(path: Path, where: str, stem: str = "cover", alt: str = "") -> Image:
    """The cover of a show or of an episode: square, 1400 to 3000 pixels, JPEG or PNG, in RGB (Apple, PSP-1)."""
    found = _read(path, where, _TYPES, _ART_CURE)
    if what := _cover_problem(found):
        raise _error(where, f"{path.name} {what}", _ART_CURE)
    return _image(path, found, stem, alt, "artwork")


def read_variant(path: Path, where: str, alt: str, purpose: str) -> Image:
    """A picture of any shape, published under its own name."""
    found = _read(path, where, _WEB_TYPES, _WEB_CURE)
    stem = _ODD.sub("-", path.stem.lower())[:_STEM_LIMIT].strip("-") or "picture"
    return _image(path, found, stem, alt, purpose)


def outside(path: Path, root: Path, where: str) -> list[Fault]:
    """A fault when a picture lies elsewhere: a clone that names one would have us publish somebody's own file."""
    try:
        inside = path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a ring of links
        inside = False
    file, _, key = where.partition(": ")
    cure = "Copy the picture into the show's folder, and name the copy."
    return [] if inside else [Fault(file=file, key=key, what=f"{path.name} lies outside the show's folder.", cure=cure)]


def _read(path: Path, where: str, types: Collection[str], cure: str) -> _Found:
    try:
        content = path.read_bytes()
        with Picture.open(path) as picture:
            clear = "transparency" in picture.info
            found = _Found(picture.format or "", picture.size, picture.mode, clear, content)
    except (FileNotFoundError, IsADirectoryError):
        raise _error(where, f"there is no picture {path.name}.", cure) from None
    except (UnidentifiedImageError, OSError, ValueError, Picture.DecompressionBombError) as error:
        raise _error(where, f"{path.name} cannot be read as a picture.", cure) from error
    if found.kind not in types:
        raise _error(where, f"{path.name} is a {found.kind} picture.", cure)
    if not _WHOLE[found.kind](content):
        raise _error(where, f"{path.name} breaks off before its end.", cure)
    return found


def _cover_problem(found: _Found) -> str:
    width, height = found.size
    if width != height or not 1400 <= width <= 3000:
        return f"has {width} x {height} pixels."
    if found.mode not in ("RGB", "L", "P"):
        return f"has the colours {found.mode}, which apps show wrongly."
    return "is see-through in parts, which apps fill as they like." if found.clear else ""


def _image(path: Path, found: _Found, stem: str, alt: str = "", purpose: str = "") -> Image:
    media_type, suffix = _WEB_TYPES[found.kind]
    width, height = found.size
    name = f"{stem}-{short(sha256(found.content))}.{suffix}"
    return Image(source=path, name=name, type=media_type, width=width, height=height, alt=alt, purpose=purpose)


def _error(where: str, what: str, cure: str) -> FactsError:
    file, _, key = where.partition(": ")
    return FactsError([Fault(file=file, key=key, what=what, cure=cure)])
