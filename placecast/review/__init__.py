"""Reviewing a transcript: a page on this computer that plays the doubtful words, and saves what is corrected.

What is doubtful is decided in `doubts`, what an approval is worth in `reviews`; both are kept by `project`.
"""

from __future__ import annotations

from placecast.review.server import app, serve
from placecast.review.sound import clip

__all__ = ["app", "clip", "serve"]
