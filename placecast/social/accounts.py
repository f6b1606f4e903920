"""Whose accounts are posted with: from the environment, or from the keyring of this machine; never from a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from placecast.errors import UsageError
from placecast.social import bluesky, mastodon
from placecast.social.web import Server

_BLUESKY, _PDS = "PLACECAST_BLUESKY", "https://bsky.social"
_MASTODON = "PLACECAST_MASTODON"
_SERVICE = "placecast"  # what our secrets are called in a keyring
_HERE = ("localhost", "127.0.0.1", "::1")


def of_bluesky(environment: Mapping[str, str] = os.environ) -> bluesky.Account | None:
    """The account on Bluesky; None when nobody has named one."""
    handle = environment.get(f"{_BLUESKY}_HANDLE", "").strip().removeprefix("@")
    if not handle:
        return None
    password = _secret(f"{_BLUESKY}_PASSWORD", environment)
    address = _address(environment.get(f"{_BLUESKY}_SERVER", "").strip() or _PDS, f"{_BLUESKY}_SERVER")
    return bluesky.Account(handle=handle, password=password, server=Server(name="Bluesky", address=address))


def of_mastodon(environment: Mapping[str, str] = os.environ) -> mastodon.Account | None:
    """The account on Mastodon; None when nobody has named its server."""
    named = environment.get(f"{_MASTODON}_SERVER", "").strip()
    if not named:
        return None
    token = _secret(f"{_MASTODON}_TOKEN", environment)
    address = _address(named, f"{_MASTODON}_SERVER")
    return mastodon.Account(token=token, server=Server(name=f"Mastodon ({urlsplit(address).netloc})", address=address))


def _secret(name: str, environment: Mapping[str, str]) -> str:
    if found := environment.get(name, "").strip():
        return found
    if found := _from_keyring(name):
        return found
    cure = f"Set {name} in the environment, or put it into the keyring of this machine: keyring set {_SERVICE} {name}"
    raise UsageError(name, "is not set, so nothing can be posted there.", cure)


def _from_keyring(name: str) -> str:
    """What the keyring has; nothing where there is none (the extra `keyring`) or it is locked."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(_SERVICE, name) or ""
    except KeyringError:
        return ""


def _address(given: str, name: str) -> str:
    """The server's address. A secret goes over a safe connection, or does not leave this machine."""
    address = (given if "://" in given else f"https://{given}").rstrip("/")
    parts = urlsplit(address)
    if not parts.hostname or parts.username or parts.path or parts.query or parts.scheme not in ("http", "https"):
        raise UsageError(name, "is not the address of a server.", "Write it as https://social.example")
    if parts.scheme == "http" and parts.hostname not in _HERE:
        raise UsageError(name, "begins with http, which others can read on the way.", "Write it with https://")
    return address
