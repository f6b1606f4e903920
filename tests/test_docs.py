"""What the documents say is what the program does."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from placecast.cli import cli
from placecast.cli.manual import EXIT_CODES
from placecast.project.correction_schema import CorrectionFacts
from placecast.project.names_schema import NamesFacts
from placecast.project.schema import EpisodeFacts, ShowFacts

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference.md"
DOCUMENTS = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md")),
]
HEAD = """\
# Reference

Made from the program by `UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_docs.py`; a test compares it.

## Exit codes

| code | meaning |
|---|---|
"""


def reference() -> str:
    codes = "".join(f"| {code} | {said} |\n" for code, said in EXIT_CODES)
    parts = [HEAD + codes, "## Commands\n", *commands()]
    parts += ["## placecast.toml\n", *table(ShowFacts), "## episode.md\n"]
    parts += ["Between two lines of `+++`, before the show notes.\n", *table(EpisodeFacts)]
    parts += ["\n## names.toml\n", "Beside `placecast.toml`; it may be left out.\n", *table(NamesFacts)]
    parts += ["\n## corrections\n", "Files in `episodes/<slug>/corrections`: see [corrections](corrections.md).\n"]
    parts += table(CorrectionFacts)
    return "\n".join(parts).rstrip() + "\n"


def commands() -> Iterator[str]:
    whole = click.Context(cli, info_name="placecast", terminal_width=100, **cli.context_settings)
    yield f"```text\n{cli.get_help(whole)}\n```\n"
    yield from helps(cli, whole, "placecast")


def helps(group: click.Group, parent: click.Context, path: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        context = click.Context(command, info_name=name, parent=parent)
        yield f"### {path} {name}\n\n```text\n{command.get_help(context)}\n```\n"
        if isinstance(command, click.Group):
            yield from helps(command, context, f"{path} {name}")


def table(model: type[BaseModel], path: str = "") -> Iterator[str]:
    yield "| key | if left out | how |\n|---|---|---|\n" + "".join(rows(model, path))


def rows(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = inner_model(field)
        repeated = "[]" if inner and "tuple" in str(field.annotation) else ""
        if inner:
            yield from rows(inner, f"{path}{name}{repeated}.")
        else:
            how = (field.description or "").replace("|", "\\|")
            yield f"| `{path}{name}` | {default(field)} | {how} |\n"


def inner_model(field: FieldInfo) -> type[BaseModel] | None:
    found = [field.annotation, *get_args(field.annotation)]
    return next((each for each in found if isinstance(each, type) and issubclass(each, BaseModel)), None)


def default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    value: Any = field.get_default(call_default_factory=True)
    return "" if value in (None, "", ()) else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def test_the_reference_is_made_from_the_program() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        REFERENCE.write_text(reference(), "utf-8")
    assert REFERENCE.read_text("utf-8") == reference()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_between_the_documents_leads_somewhere(document: str) -> None:
    path = ROOT / document
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), f"{document} links to {target}"


def command_lines() -> Iterator[tuple[str, str]]:
    """Every command line that a document shows, in a block of its own or in a sentence."""
    for document in DOCUMENTS:
        text = (ROOT / document).read_text("utf-8").replace("\\\n", " ")
        blocks = "\n".join(re.findall(r"(?s)^```(?:sh|console)?\n(.*?)^```", text, re.MULTILINE))
        lines = re.findall(r"(?m)^(?:\$ )?(?:\.venv/bin/)?placecast (.+)$", blocks)
        lines += re.findall(r"`(?:\.venv/bin/)?placecast ([^`]+)`", text)
        yield from ((document, " ".join(line.split())) for line in lines)


@pytest.mark.parametrize(("document", "line"), sorted(set(command_lines())))
def test_every_command_that_a_document_shows_is_understood(document: str, line: str) -> None:
    command: click.Command = cli
    words = shlex.split(line, comments=True)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        command = command.commands[words.pop(0)]
    with suppress(click.BadOptionUsage):  # a sentence may name an option without its value
        command.make_parser(click.Context(command)).parse_args(words)


@pytest.mark.parametrize("block", re.findall(r"(?s)```toml\n(.*?)```", (ROOT / "docs/hosts.md").read_text("utf-8")))
def test_what_a_host_needs_is_accepted_in_placecast_toml(block: str) -> None:
    sample = tomllib.loads((ROOT / "placecast.toml").read_text("utf-8"))
    assert ShowFacts.model_validate(sample | tomllib.loads(block)).target
