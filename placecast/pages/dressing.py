"""What the pages are rendered with: our templates and style, and where a show has its own, those instead.

A show's templates come with its folder, which may be a stranger's clone. They decide how pages look and what these say,
and reach nothing else: no file, no Python, no unescaped text. A slow one is slow: its time is not limited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from traceback import extract_tb
from typing import Any, NoReturn

import rcssmin
from jinja2 import (
    ChoiceLoader,
    Environment,
    FunctionLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from placecast import corrections, timecode
from placecast.errors import FactsError, Fault
from placecast.fingerprint import sha256
from placecast.model import Look
from placecast.pages import wording

FOLDER = "templates"
"""Where a show's own templates lie."""

STYLE = "style/"
ORIGINAL = "placecast/"
"""What stands before the name of a template of ours, for one that builds on it."""

SCRIPTS = {
    "moved.js": ("moved.js",),
    "player.js": ("player.js",),
    "search.js": ("stems.js", "lookup.js", "search.js"),
    "subscribe.js": ("subscribe.js",),
}
"""What pages run, and the sources that each is made of."""

LEAN = "lean"
"""Where the scripts lie as they are sent, made of their sources by terser. tests/test_pages_lean.py keeps them so."""

# Parts of the style that no episode's page needs: with them, an episode of an hour would be no 30 kB on the way.
_AROUND = ("50-home.css", "50-site.css", "85-search.css")
_OWN = "_"  # what a show's further pieces begin with
_KNOWN = ("builtins", "datetime", "jinja2", "markupsafe")
_OPTIONS: dict[str, Any] = {
    "autoescape": True,
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
}
_FILTERS = {
    "anchor": timecode.fragment,
    "checked": wording.checked,
    "clock": timecode.clock,
    "contact": wording.contact,
    "contact_name": wording.contact_name,
    "corrected": corrections.kind,
    "day": wording.day,
    "iso_duration": timecode.iso_duration,
    "language_of": wording.language_of,
    "length_of": wording.length_of,
    "licence_address": wording.licence_address,
    "licence_name": wording.licence_name,
    "local_iso": wording.local_iso,
    "map_address": wording.map_address,
    "one_line": wording.one_line,
    "place_in_show": wording.place_in_show,
    "role": wording.role,
    "size": wording.size,
    "trust": wording.trust,
    "unchecked": wording.unchecked,
    "web": wording.web,
}
_CURE = "Correct it, or take the file away to have placecast's own. docs/look.md says what templates can use."


class _Ours(PackageLoader):
    """Our templates without the indentation that is for those who work on them: pages are lighter without."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool] | None]:
        source, path, uptodate = super().get_source(environment, template)
        return re.sub(r"\n +", "\n ", source), path, uptodate


class _Sandbox(ImmutableSandboxedEnvironment):
    """Lets templates look at facts and words, and at nothing that leads out of them, such as a path."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        home = type(obj).__module__.partition(".")[0]
        if home == "placecast":  # facts: asked for thousands of times on a page
            return not attr.startswith("_")
        return home in _KNOWN and super().is_safe_attribute(obj, attr, value)


def render(look: Look, template: str, facts: Mapping[str, object]) -> bytes:
    """The page; FactsError where a template of the show cannot make it."""
    environment = _environment(look.templates)
    if not look.templates:
        return environment.get_template(template).render(facts).encode()
    try:
        return environment.get_template(template).render(facts).encode()
    except Exception as error:  # noqa: BLE001  # a template may fail in any way that Python code can
        _blame(error, look)


def faults(templates: Mapping[str, str]) -> list[Fault]:
    """What is wrong with a show's own templates, before anything is made with them."""
    pages = {name: text for name, text in templates.items() if not name.startswith(STYLE)}
    return [fault for name, text in pages.items() for fault in _page_faults(name, text)]


def _page_faults(name: str, text: str) -> Iterator[Fault]:
    ours = sorted(PackageLoader("placecast.pages").list_templates())
    if name not in ours and not name.startswith(_OWN):
        near = get_close_matches(name, ours, n=1)
        cure = f"Did you mean {near[0]}?" if near else f"Templates are: {', '.join(ours)}."
        yield _fault(
            _file(name), 0, "is the name of no template.", f"{cure} Begin the names of further pieces with {_OWN}."
        )
    try:
        tree = _environment(()).parse(text)
    except TemplateSyntaxError as error:
        yield _fault(_file(name), error.lineno, f"cannot be read: {error.message}.")
        return
    # What is not escaped could run in the browsers of listeners, whatever an episode's title says.
    for node in tree.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)):
        yield _fault(_file(name), node.lineno, "turns escaping off, so that a title could run as a program.")


def _file(name: str) -> str:
    return f"{FOLDER}/{name}"


def _fault(file: str, line: int, what: str, cure: str = _CURE) -> Fault:
    return Fault(file=file, key=f"line {line}" if line else "", what=what, cure=cure)


def _blame(error: Exception, look: Look) -> NoReturn:
    """Say in which of the show's templates this went wrong. jinja2 puts their lines into the traceback."""
    own = {_file(name) for name, _ in look.templates}
    steps = [(step.filename, step.lineno or 0) for step in extract_tb(error.__traceback__) if step.filename in own]
    if not steps and not isinstance(error, TemplateError):
        raise error
    file, line = steps[-1] if steps else (FOLDER, 0)
    what = f"cannot be rendered: {str(error).rstrip('.')}."
    raise FactsError([_fault(file, line, what)]) from error


@lru_cache(maxsize=4)
def _environment(templates: tuple[tuple[str, str], ...]) -> Environment:
    ours = _Ours("placecast.pages")
    if not templates:
        environment = Environment(loader=ours, **_OPTIONS)  # noqa: S701  # it escapes
    else:
        pages = {name: text for name, text in templates if not name.startswith(STYLE)}
        own = FunctionLoader(lambda name: (pages[name], _file(name), None) if name in pages else None)
        loader = ChoiceLoader([own, ours, PrefixLoader({ORIGINAL.rstrip("/"): ours})])
        environment = _Sandbox(loader=loader, **_OPTIONS)
        # What we vouch for is marked as HTML already. What a show calls safe is not.
        environment.filters["safe"] = lambda value: value
    environment.filters |= _FILTERS
    return environment


@lru_cache(maxsize=4)
def assets(look: Look) -> Mapping[str, tuple[str, bytes]]:
    """Style and script under names that carry their content's hash, so browsers may keep them for ever."""
    folder = files("placecast.pages").joinpath("assets")
    contents = {name: folder.joinpath(LEAN, name).read_bytes() for name in SCRIPTS}
    contents |= _stylesheets(folder.joinpath("style"), look)
    return {name: (_hashed(name, content), content) for name, content in contents.items()}


def _stylesheets(folder: Traversable, look: Look) -> dict[str, bytes]:
    """The parts of the style as two files, in the order of their names: an episode's page asks for one."""
    parts = {part.name: part.read_text("utf-8") for part in folder.iterdir() if part.name.endswith(".css")}
    parts |= {"11-look.css": _colours(look)} if look.accent else {}
    parts |= {name.removeprefix(STYLE): text for name, text in look.templates if name.startswith(STYLE)}
    sheets: dict[str, list[str]] = {"site.css": [], "style.css": []}
    for name in sorted(parts):
        sheets["site.css" if name in _AROUND else "style.css"].append(parts[name])
    return {name: rcssmin.cssmin("\n".join(texts)).encode() for name, texts in sheets.items()}


def _colours(look: Look) -> str:
    """The show's own colours, in place of the tokens' on screens."""
    night = f"@media (prefers-color-scheme: dark) {{\n:root {{\n--accent: {look.accent_dark};\n}}\n}}\n"
    return f"@media screen {{\n:root {{\n--accent: {look.accent};\n}}\n}}\n{night}"


def _hashed(name: str, content: bytes) -> str:
    stem, suffix = name.split(".")
    return f"{stem}-{sha256(content)[:8]}.{suffix}"
