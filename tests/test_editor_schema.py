"""What editors are told of a show's facts: that Taplo, which is in them, takes what placecast takes and no slips."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from placecast.project import editor_schema
from placecast.project.front_matter import read_toml
from placecast.project.names_schema import NamesFacts
from placecast.project.schema import ShowFacts
from tests import every_fact
from tests.conftest import ROOT

SAMPLE = (ROOT / "placecast.toml").read_text("utf-8")
NAMES = (ROOT / "names.toml").read_text("utf-8")


def taplo(folder: Path, **texts: str) -> str:
    """What Taplo says of these files, each with the comment by which it finds its schema; "" when it likes them."""
    program = shutil.which("taplo", path=str(Path(sys.executable).parent)) or shutil.which("taplo")
    assert program, "pip install taplo"
    editor_schema.renew(folder)
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(f"{editor_schema.directive(name)}\n{text}", "utf-8")
    command = [program, "lint", *(f"{name}.toml" for name in texts)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def test_editors_take_what_placecast_takes(tmp_path: Path) -> None:
    assert taplo(tmp_path, placecast=SAMPLE, names=NAMES) == ""
    assert taplo(tmp_path, placecast=every_fact.SHOW) == ""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"Government"', '"Goverment"', '"Goverment" is not one of'),
        ("explicit = false", "explict = false", "{} is not allowed for false"),
        ("explicit = false", 'explicit = "no"', '"no" is not of type "boolean"'),
        ("podcast@placecast.example", "podcast", '"podcast" does not match'),
        ('engine = "whisper"', 'engine = "wisper"', '"wisper" is not one of'),
    ],
)
def test_editors_see_a_slip_where_it_is(right: str, wrong: str, said: str, tmp_path: Path) -> None:
    assert right in SAMPLE
    seen = taplo(tmp_path, placecast=SAMPLE.replace(right, wrong))
    assert f"error: {said}" in seen
    assert seen.count("error: ") == 1, "one slip is shown once"


def test_editors_miss_a_fact_that_is_needed(tmp_path: Path) -> None:
    seen = taplo(tmp_path, placecast=SAMPLE.replace('title = "Placecast"\n', ""))
    assert 'error: "title" is a required property' in seen


@pytest.mark.parametrize(("file", "facts"), [("placecast.toml", ShowFacts), ("names.toml", NamesFacts)])
def test_every_fact_is_explained(file: str, facts: type[ShowFacts | NamesFacts]) -> None:
    schema = json.loads(editor_schema.schema(file))
    Draft202012Validator.check_schema(schema)
    told = {name: fact.get("description") for name, fact in schema["properties"].items()}
    assert told == {name: field.description for name, field in facts.model_fields.items()}


def test_a_date_is_taken_with_and_without_a_time() -> None:
    validator = Draft202012Validator(json.loads(editor_schema.schema("placecast.toml")))
    for start in ("2026-05-01", "2026-05-01T07:00:00"):
        facts = read_toml(every_fact.SHOW, "placecast.toml")
        facts["schedule"]["start"] = start  # TOML's dates are text to JSON
        validator.validate(facts)
