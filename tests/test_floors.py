"""The architecture, as docs/architecture.md draws it: imports go downwards only, and `--help` stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import placecast

PACKAGE = Path(placecast.__file__).parent
FLOORS = (
    (
        *("addresses", "alignment", "colours", "errors", "fingerprint", "garbage", "media_types", "recurrence"),
        *("dates", "policy", "registers", "timecode", "typed", "wording"),
    ),
    ("licences", "model"),
    ("lettering", "realign", "screens"),
    (
        *("captions", "categories", "changed", "chapters", "drawing", "moments", "names", "pace", "plan"),
        *("record", "reviews", "sentences", "turns", "vtt", "work"),
        *("citation", "corrections"),
    ),
    ("doubts", "gate", "importing", "merging", "pages", "rss", "search"),
    ("checks", "moving", "promotion"),
    ("asking", "containers", "files", "helpers", "looks", "root"),
    (
        *("abroad", "audience", "audio", "cluster", "distribution", "project", "serve", "social", "storage", "tags"),
        *("transcribe", "zenodo"),
    ),
    ("archive", "audiogram", "delivery", "founding", "pictures", "preview", "review"),
    ("finding", "indexing"),
    ("beginning", "building", "jobs", "promises", "unchanged", "workshop"),
    ("run", "scribe"),
    ("production", "publishing"),
    ("lastseen",),
    ("scheduling",),
    ("inspection", "pipeline", "survey"),
    ("arrival", "backlog", "doctor", "editing", "renaming", "transcripts", "upkeep"),
    ("accounts", "amending", "announcing", "chaptering", "citing"),
    ("depositing",),
    ("report",),
    ("cli",),
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
HEAVY = {
    "av",
    "boto3",
    "dask",
    "distributed",
    "feedgen",
    "jellyfish",
    "jinja2",
    "keyring",
    "lameenc",
    "lxml",
    "numpy",
    "PIL",
    "pydantic",
    "rapidfuzz",
    "regex",
    "starlette",
    "torch",
    "urllib3",
    "watchfiles",
    "whisper",
}


def test_the_document_draws_the_same_floors() -> None:
    document = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text("utf-8")
    rows = re.findall(r"(?m)^\| (?:facts|formats|files|tools|flow|surface) \| (.*?) \|", document)
    drawn = [set(re.findall(r"`(\w+)`", part)) for row in rows for part in row.split(";")]
    assert drawn == [set(names) for names in FLOORS]


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_parts(tree: ast.AST) -> Iterator[str]:
    """The parts of the package that are imported when the module is, and those imported later."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "placecast":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("placecast."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("placecast."))


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_from_lower_floors_or_from_its_own_package(path: Path) -> None:
    part = part_of(path)
    if part in ("__init__", "__main__"):
        return
    assert part in FLOOR, f"{part} stands on no floor: put it into FLOORS and into docs/architecture.md"
    for name in imported_parts(ast.parse(path.read_text("utf-8"))):
        if name.startswith("__") or name == part:
            continue
        assert FLOOR[name] < FLOOR[part], f"{part} (floor {FLOOR[part]}) imports {name} (floor {FLOOR[name]})"


@pytest.mark.parametrize(
    "command",
    [
        *([], ["init"], ["new"], ["publish"], ["build"], ["status"], ["check"], ["preview"], ["prune"]),
        *(["chapters"], ["import"], ["search"], ["announce"], ["schedule"], ["report"]),
    ],
)
def test_help_loads_nothing_heavy_and_writes_nothing(command: list[str], tmp_path: Path) -> None:
    code = (
        "import sys\nfrom placecast.cli import cli\n"
        f"try: cli({[*command, '--help']!r})\nexcept SystemExit as stop: assert not stop.code\n"
        f"print('HEAVY', sorted(set(sys.modules) & {HEAVY!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert "Usage:" in done.stdout
    assert done.stdout.splitlines()[-1] == "HEAVY []"
    assert list(tmp_path.iterdir()) == []
