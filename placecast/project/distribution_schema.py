"""The facts of who is told after an upload: hubs, caches, a command of the producer's own."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from placecast.project.shapes import Facts, shaped

_HUB = re.compile(r"https?://[^\s/?#@]+(?:[/?][^\s#]*)?")
_CLOUDFRONT = re.compile(r"[A-Z0-9]{8,32}")
_CLOUDFLARE = re.compile(r"[0-9a-f]{32}")


def _id(pattern: re.Pattern[str], what: str) -> AfterValidator:
    """As `shaped`, for what people may mistake for a key: a wrong value is not said again."""

    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"it is not {what}")
        return value

    return AfterValidator(check)


def _word(text: str) -> str:
    if "\0" in text:
        raise ValueError(f"{text!r} is no word of a command")
    return text


class DistributionFacts(Facts):
    hubs: tuple[Annotated[str, shaped(_HUB, "the web address of a hub")], ...] = Field(
        (),
        strict=False,
        description='Write hubs = ["https://pubsubhubbub.appspot.com/"]: WebSub hubs, which the feed names and which are told when it changes.',
    )
    cloudfront: Annotated[str, _id(_CLOUDFRONT, "the id of a distribution")] | None = Field(
        None,
        description='Write cloudfront = "E2EXAMPLE123", the distribution\'s id: it is made to forget what has changed. The key comes from where boto3 finds it.',
    )
    cloudflare: Annotated[str, _id(_CLOUDFLARE, "the id of a zone")] | None = Field(
        None,
        description='Write cloudflare = "023e105f4ecef8ad9ca31a8372d0c353", the zone\'s id of 32 digits and letters a to f: it is made to forget what has changed. The token comes from CLOUDFLARE_API_TOKEN.',
    )
    command: tuple[Annotated[str, Field(min_length=1), AfterValidator(_word)], ...] = Field(
        (),
        strict=False,
        description='Write command = ["./purge.sh", "--now"], word by word: it is run in the show\'s folder and reads the changed addresses, one a line.',
    )
