"""The media type of every public file, by the end of its name: one table for storage and for the preview.

It knows names only; what is in a file is checked by whoever made it.
"""

from __future__ import annotations

from posixpath import basename, splitext

# A whole file name comes before its suffix: podcast apps want these types and no others.
_BY_NAME = {
    "feed.xml": "application/rss+xml; charset=utf-8",
    "chapters.json": "application/json+chapters",
    "cite.json": "application/vnd.citationstyles.csl+json",
}

# JSON has no charset parameter (RFC 8259 section 11). SubRip has no rule of its own, and players guess without one.
_BY_SUFFIX = {
    ".aac": "audio/aac",
    ".bib": "application/x-bibtex; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".m4a": "audio/x-m4a",
    ".mp4": "video/mp4",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".png": "image/png",
    ".ris": "application/x-research-info-systems; charset=utf-8",
    ".srt": "application/x-subrip; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".xml": "application/xml; charset=utf-8",
}

_TEXT = ("text/", "application/json", "application/geo+json", "application/manifest+json", "application/vnd.")


def media_type(path: str) -> str:
    """The Content-Type that a file of the public tree is served with."""
    name = basename(path)
    return _BY_NAME.get(name) or _BY_SUFFIX.get(splitext(name)[1].lower(), "application/octet-stream")


def is_compressible(path: str) -> bool:
    """Whether gzip makes the file smaller: text, and the search index; sound and pictures are compressed already."""
    kind = media_type(path)
    return path.endswith(".bin") or kind.startswith(_TEXT) or "charset=" in kind
