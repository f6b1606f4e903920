"""The version of the mastering code, apart from it, so that asking for it loads nothing."""

from __future__ import annotations

VERSION = 2
"""Bumped when the same recording and settings would give another file."""
