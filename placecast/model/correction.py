"""What was put right in an episode that listeners had already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CorrectionKind = Literal["transcript", "audio", "facts"]


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What was wrong, what is right, and who says so: in the transcript, in the sound, or in what is said."""

    date: datetime  # aware; when it was recorded
    kind: CorrectionKind
    wrong: str
    right: str
    by: str
    at: float | None = None  # seconds; where in the sound it is
