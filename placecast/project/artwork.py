"""Pictures that come from elsewhere, made such that apps show them."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image as Picture
from PIL import UnidentifiedImageError

_SMALLEST, _LARGEST = 1400, 3000  # pixels: Apple, PSP-1
_MOST = 60_000_000  # pixels: a picture of a few bytes may unfold to gigabytes
_PAPER = "white"


@dataclass(frozen=True, kw_only=True)
class Cover:
    """A cover that fits. `changed`: what had to be done to it; "" when its bytes are as they were."""

    content: bytes
    suffix: str
    changed: str = ""


def fitted(content: bytes) -> Cover:
    """This picture as a cover; ValueError when it is none, or one that would fill the memory."""
    try:
        with Picture.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP", "GIF")) as picture:
            if picture.width * picture.height > _MOST:
                raise ValueError(f"it has {picture.width} x {picture.height} pixels")
            changed = "; ".join(_faults(picture))
            if not changed:
                return Cover(content=content, suffix=".jpg" if picture.format == "JPEG" else ".png")
            return Cover(content=_squared(picture), suffix=".jpg", changed=changed)
    except (UnidentifiedImageError, OSError, SyntaxError, Picture.DecompressionBombError) as error:
        raise ValueError("it is no picture that can be read") from error


def _faults(picture: Picture.Image) -> list[str]:
    width, height = picture.size
    found = {
        f"it was a {picture.format} picture": picture.format not in ("JPEG", "PNG"),
        f"it had {width} x {height} pixels": width != height or not _SMALLEST <= width <= _LARGEST,
        f"it had the colours {picture.mode}": picture.mode not in ("RGB", "L", "P"),
    }
    return [what for what, wrong in found.items() if wrong]


def _squared(picture: Picture.Image) -> bytes:
    """In the middle of a white square, as large as apps want it."""
    seen = picture.convert("RGBA")
    side = min(max(*seen.size, _SMALLEST), _LARGEST)
    share = side / max(seen.size)
    seen = seen.resize((max(round(seen.width * share), 1), max(round(seen.height * share), 1)))
    square = Picture.new("RGB", (side, side), _PAPER)
    square.paste(seen, ((side - seen.width) // 2, (side - seen.height) // 2), seen)
    file = BytesIO()
    square.save(file, format="JPEG", quality=92, optimize=True)
    return file.getvalue()
