"""What may stand in a file of the folder `corrections`, and the cure for each fact that is wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from placecast.model.correction import CorrectionKind
from placecast.project.schema import Seconds
from placecast.project.shapes import Facts, Text, aware


class CorrectionFacts(Facts):
    date: Annotated[datetime, BeforeValidator(aware)] = Field(
        description="`placecast correct` writes it: date = 2026-05-01T06:00:00+01:00."
    )
    kind: CorrectionKind = Field(description='Write kind = "transcript", "audio" or "facts": what was wrong.')
    wrong: Text = Field(description='Write wrong = "What was said or written".')
    right: Text = Field(description='Write right = "What is true, or what was really said".')
    by: Annotated[Text, Field(max_length=128, description='Write by = "Full Name": who answers for the correction.')]
    at: Seconds | None = Field(None, description='Write at = "12:34", where in the sound it is, or leave it out.')
