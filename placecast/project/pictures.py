"""Pictures of an episode: read where the facts name them, and named after their content for publishing."""

from __future__ import annotations

from pathlib import Path

from PIL import Image as Picture
from PIL import UnidentifiedImageError

from placecast.errors import FactsError, Fault
from placecast.fingerprint import sha256, short
from placecast.model import Image

# What every app and browser shows.
_TYPES = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png")}
_CURE = "Save the picture as JPEG or PNG in the folder of this file, and name it here."


def read(path: Path, where: str, stem: str) -> Image:
    """The picture in this file, published as `media/<stem>-<hash>.jpg`; FactsError at `where` when it is none."""
    try:
        content = path.read_bytes()
        with Picture.open(path) as picture:
            kind, (width, height) = picture.format or "", picture.size
    except (FileNotFoundError, IsADirectoryError):
        raise _error(where, f"there is no picture {path.name}.") from None
    except (UnidentifiedImageError, OSError, ValueError, Picture.DecompressionBombError) as error:
        raise _error(where, f"{path.name} cannot be read as a picture.") from error
    if kind not in _TYPES:
        raise _error(where, f"{path.name} is a {kind} picture.")
    media_type, suffix = _TYPES[kind]
    name = f"{stem}-{short(sha256(content))}.{suffix}"
    return Image(source=path, name=name, type=media_type, width=width, height=height)


def _error(where: str, what: str) -> FactsError:
    file, _, key = where.partition(": ")
    return FactsError([Fault(file=file, key=key, what=what, cure=_CURE)])
