"""Tags inside audio files: written into what is published, read from what the producer brings.

The sound itself is `placecast.audio`'s business.
"""

from __future__ import annotations

from placecast.tags.comments import write_comments
from placecast.tags.reading import Embedded, read_embedded
from placecast.tags.writing import VERSION, write_tags

__all__ = ["VERSION", "Embedded", "read_embedded", "write_comments", "write_tags"]
