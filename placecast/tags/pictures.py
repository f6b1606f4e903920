"""Pictures as a tag carries them: small, since every listener downloads each of them with the sound."""

from __future__ import annotations

import io
from pathlib import Path

from placecast.errors import TagError

_PIXELS = 600
_QUALITY = 80


def small_jpeg(source: Path) -> bytes:
    """The picture as a JPEG of at most 600 pixels a side; TagError when it cannot be read."""
    from PIL import Image, ImageOps

    try:
        with Image.open(source) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as exc:
        cure = "Save it again as JPEG or PNG."
        raise TagError(str(source), "the picture cannot be read.", cure) from exc
    picture.thumbnail((_PIXELS, _PIXELS))
    paper = Image.new("RGB", picture.size, "white")  # JPEG knows no transparency
    paper.paste(picture, mask=picture)
    buffer = io.BytesIO()
    paper.save(buffer, format="JPEG", quality=_QUALITY, optimize=True)
    return buffer.getvalue()
