"""One request to a social network's server: patient, but not for long, and never led elsewhere with a secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from urllib3 import Timeout
from urllib3.exceptions import HTTPError

from placecast import asking
from placecast.errors import HostError
from placecast.timecode import spoken

_TIMES = Timeout(connect=10, read=60)
_ENOUGH = 4 << 20  # bytes of an answer
AGAIN = "Run the same command again later: what is posted already is not posted twice."
_EPOCHS = 1_000_000_000  # seconds: such a number is a date, not a while
_HEADERS_OF_WAITING = ("Retry-After", "X-RateLimit-Reset", "ratelimit-reset")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answered."""

    status: int
    facts: Any  # of its JSON; {} where there is none
    wait: str = ""  # what it says about when to come again


@dataclass(frozen=True, kw_only=True)
class Server:
    """Who is asked. `name` is what people call it; `pause`: seconds before the second try."""

    name: str
    address: str  # without a slash at the end
    pause: float = 0.5
    times: Timeout = field(default=_TIMES, repr=False)

    def ask(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """What the server answers in the end; HostError when nothing comes."""
        try:
            with asking.pool(self.address) as pool:
                response = pool.request(
                    method,
                    self.address + path,
                    body=body,
                    headers={"User-Agent": asking.AGENT, "Accept": "application/json", **headers},
                    retries=asking.patience(self.pause),
                    timeout=self.times,
                    redirect=False,
                    preload_content=False,
                )
                with response:
                    content = response.read(_ENOUGH)
        except HTTPError as error:
            raise HostError(self.name, asking.why(error), AGAIN) from error
        wait = next((response.headers[name] for name in _HEADERS_OF_WAITING if name in response.headers), "")
        return Answer(status=response.status, facts=_facts(content), wait=wait)

    def post(self, path: str, *, headers: Mapping[str, str], data: Mapping[str, Any]) -> Answer:
        """The same with JSON."""
        body = json.dumps(data, ensure_ascii=False).encode()
        return self.ask("POST", path, headers={"Content-Type": "application/json", **headers}, body=body)

    def failure(self, answer: Answer, doing: str, refused: str) -> HostError:
        """What is to be said of an answer that is none of those wanted. `refused`: the cure for 401 and 403."""
        if answer.status in (401, 403):
            return HostError(self.name, f"it refuses {doing} (HTTP {answer.status}).", refused)
        if answer.status == 429:
            what = f"it takes no more from this account for now (HTTP 429).{_when(answer.wait)}"
            return HostError(self.name, what, AGAIN)
        if answer.status >= 500:
            return HostError(self.name, f"it has a fault of its own (HTTP {answer.status}).", AGAIN)
        if 300 <= answer.status < 400:
            what = f"it has moved (HTTP {answer.status}), and no redirect is followed."
            return HostError(self.name, what, "Give its new address in the environment.")
        what = f"it does not take {doing} (HTTP {answer.status})."
        return HostError(self.name, what, "Shorten or simplify the text, and look at it in a browser.")


def is_there(address: str) -> bool:
    """Whether a public page answers."""
    try:
        with asking.pool(address) as pool:
            response = pool.request(
                "GET",
                address,
                headers={"User-Agent": asking.AGENT},
                retries=asking.patience(0.5),
                timeout=_TIMES,
                preload_content=False,
            )
            with response:
                return response.status == 200
    except HTTPError:
        return False


def _facts(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return {}


def _when(told: str) -> str:
    """When a server wants to be asked again, in words of ours: seconds, the second of a day, or a moment."""
    if told.isdecimal() and len(told) < 12:
        seconds = int(told)
        if seconds < _EPOCHS:
            return f" Wait {spoken(seconds)}."
        return f" Wait until {datetime.fromtimestamp(seconds, UTC):%H:%M} UTC."
    try:
        return f" Wait until {datetime.fromisoformat(told).astimezone(UTC):%H:%M} UTC."
    except ValueError:
        return ""
