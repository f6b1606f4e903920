"""No secret in placecast.toml, names.toml and episode.md: they are committed, and what they say is published.

What is found is never said again: messages end in logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from placecast.errors import FactsError, Fault

_KEYS = re.compile(
    r"(aws_?)?(access|secret)_?(access_?)?(key(_?id)?)?|private_?key|api_?key|(\w+_)?(token|secret|password)"
    r"|passwd|passphrase|credentials?"
)
# What is in every such value, how it looks, and what it is.
_VALUES = (
    ("://", re.compile(r"\w://[^\s/?#@]*@"), "an address with a user's name or password in it"),
    # A word that begins with $ is a variable's name, not what is in it.
    # Show notes may speak of Bearer instruments, which is a word without digits and signs.
    ("Bearer", re.compile(r"\bBearer\s+(?=\S*[\d_~+/=-])[^\s$]{8,}"), "a token"),
    ("PRIVATE KEY", re.compile(r"\bPRIVATE KEY-----"), "a private key"),
    ("AKIA", re.compile(r"\bAKIA[A-Z0-9]{16}\b"), "an access key"),
    ("ASIA", re.compile(r"\bASIA[A-Z0-9]{16}\b"), "an access key"),
)
_CURE = (
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (for Cloudflare CLOUDFLARE_API_TOKEN) in the environment and take "
    "this out of the file; change the key, since it was written down."
)


@contextmanager
def without_secrets(data: dict[str, Any], file: str) -> Iterator[None]:
    """Refuse facts that hold secrets, together with what else is found wrong with them inside.

    A fault of what holds a secret may repeat it, so the secret's own fault takes its place.
    """
    secrets = [Fault(file=file, key=path, what=what, cure=_CURE) for path, what in _secrets(data)]
    try:
        yield
    except FactsError as error:
        others = [each for each in error.faults if not any(_holds(each.key, secret.key) for secret in secrets)]
        raise FactsError([*secrets, *others]) from None
    if secrets:
        raise FactsError(secrets)


def _holds(outer: str, inner: str) -> bool:
    return inner == outer or inner.startswith((f"{outer}.", f"{outer}["))


def _secrets(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Where secrets are, written as other faults are: `people[2].name`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            below = f"{path}.{key}" if path else key
            if _is_secret(key):
                yield below, "a secret does not belong in a file of the show."
            else:
                yield from _secrets(inner, below)
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _secrets(inner, f"{path}[{number}]")
    elif isinstance(value, str):
        for mark, pattern, what in _VALUES:
            if mark in value and pattern.search(value):
                yield path, f"holds {what}, which does not belong in a file of the show."
                return


@lru_cache(maxsize=1 << 10)
def _is_secret(key: str) -> bool:
    return _KEYS.fullmatch(key.lower().replace("-", "_")) is not None


def masked(text: str) -> str:
    """A text that others have written, without what would be refused as a secret in it."""
    for _, pattern, _ in _VALUES:
        text = pattern.sub("…", text)
    return text
