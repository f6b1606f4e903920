"""What editors are told of placecast.toml and names.toml: JSON Schemas, made from the facts that placecast reads.

Taplo, and so "Even Better TOML" in VS Code, finds one by the comment in a file's first line (DIRECTIVE), completes keys
and values by it, and shows a fact's cure where the pointer rests. A schema is never stricter than placecast itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelSchema

from placecast import files
from placecast.project.names_schema import NamesFacts
from placecast.project.schema import ShowFacts
from placecast.root import SHOW_FILE

# Beside the show's files and in git: an editor needs it in a fresh clone, before placecast has run there, and it must be
# that of the version that the show is written for. `.placecast/` may be deleted at any time.
FOLDER = ".schemas"
DIRECTIVE = f"#:schema ./{FOLDER}/{{name}}.json"  # https://taplo.tamasfe.dev/configuration/directives.html
_FILES: Mapping[str, type[BaseModel]] = {SHOW_FILE: ShowFacts, "names.toml": NamesFacts}


class _ForEditors(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - as pydantic asks
        """Titles would repeat each key with a capital letter."""
        return False

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        """For `additionalProperties: false`, Taplo underlines the whole table; for this, the unknown key alone."""
        return {**super().model_schema(schema), "additionalProperties": {"not": {}}}


def directive(file: str) -> str:
    """The comment by which editors find the schema of this file of the show."""
    return DIRECTIVE.format(name=Path(file).stem)


def renew(root: Path) -> tuple[str, ...]:
    """Bring the schemas in this show's folder to what this version reads; the paths of those that were not so."""
    wanted = {f"{FOLDER}/{Path(file).stem}.json": schema(file) for file in _FILES}
    stale = {path: text for path, text in wanted.items() if _there(root / path) != text}
    for path, text in stale.items():
        files.write(root / path, text.encode())
    return tuple(stale)


@cache
def schema(file: str) -> str:
    """The JSON Schema of this file of a show, as text."""
    told = _FILES[file].model_json_schema(schema_generator=_ForEditors)
    return json.dumps({"$schema": GenerateJsonSchema.schema_dialect, **told, "title": file}, indent=1) + "\n"


def _there(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""
