"""What the documents say is what the program does."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from placecast.cli import cli
from placecast.project.correction_schema import CorrectionFacts
from placecast.project.names_schema import NamesFacts
from placecast.project.schema import EpisodeFacts, ShowFacts

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference.md"
HEAD = """\
# Reference

Made from the program by `UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_docs.py`; a test compares it.

## Exit codes

| code | meaning |
|---|---|
| 0 | done, or nothing to do |
| 1 | the show's or an episode's facts, or a recording, are wrong |
| 2 | the command was used wrongly |
| 3 | a tool or a model is missing or failed |
| 4 | the storage, or the host that a show comes from, refused, failed or could not be reached |
| 5 | another run is at work on the show |
| 6 | all is done, but an episode is held back until a person has approved its transcript |
| 130 | stopped by Ctrl-C |
"""


def reference() -> str:
    parts = [HEAD, "## Commands\n", *commands()]
    parts += ["## placecast.toml\n", *table(ShowFacts), "## episode.md\n"]
    parts += ["Between two lines of `+++`, before the show notes.\n", *table(EpisodeFacts)]
    parts += ["\n## names.toml\n", "Beside `placecast.toml`; it may be left out.\n", *table(NamesFacts)]
    parts += ["\n## corrections\n", "Files in `episodes/<slug>/corrections`: see [corrections](corrections.md).\n"]
    parts += table(CorrectionFacts)
    return "\n".join(parts).rstrip() + "\n"


def commands() -> Iterator[str]:
    whole = click.Context(cli, info_name="placecast", terminal_width=100, **cli.context_settings)
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


@pytest.mark.parametrize("document", ["README.md", *sorted(path.as_posix() for path in Path("docs").glob("*.md"))])
def test_every_link_between_the_documents_leads_somewhere(document: str) -> None:
    path = ROOT / document
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), f"{document} links to {target}"


def test_every_command_that_the_readme_shows_exists() -> None:
    code = re.findall(r"(?s)```.*?```|`[^`]+`", (ROOT / "README.md").read_text("utf-8"))
    shown = set(re.findall(r"\bplacecast ([a-z][\w-]*)", "\n".join(code)))
    assert shown
    assert shown <= set(cli.commands)
