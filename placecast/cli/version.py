"""`placecast --version`: what a bug report needs of the program and the machine, and nothing about who reports it."""

from __future__ import annotations

import locale
import os
import platform
import re
import sys
from collections.abc import Iterator

import click

from placecast import __version__

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_FOR_TESTS = re.compile(r"""extra == ['"]test['"]""")
_BEHIND = ("torch", "ctranslate2")  # what the two engines of Whisper run on


def option() -> click.Option:
    """The option of the whole program."""
    return click.Option(
        ["--version"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_show,
        help="Show the version, and all that a bug report needs beside it, and exit.",
    )


def _show(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo("\n".join(_lines()))
        context.exit()


def _lines() -> Iterator[str]:
    yield f"placecast {__version__}"
    yield f"{platform.python_implementation()} {platform.python_version()}, {platform.platform()}"
    yield f"{os.cpu_count()} cores, {sys.getfilesystemencoding()} names, {locale.getpreferredencoding()} text"
    yield "with " + ", ".join(f"{name} {version}" for name in _libraries() if (version := _version(name)))


def _libraries() -> list[str]:
    """What placecast is made of, and of what is optional all that could be here."""
    from importlib import metadata  # a sixth of what loading the command takes, which every command waits for

    wanted = [each for each in metadata.requires("placecast") or () if not _FOR_TESTS.search(each)]
    return sorted({match[0].lower() for match in map(_NAME.match, wanted) if match} | set(_BEHIND))


def _version(name: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
