"""Man pages, made from the commands' own help: man(7), which every man program reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from placecast import __version__

EXIT_CODES = (
    ("0", "done, or nothing to do"),
    ("1", "the show's or an episode's facts, or a recording, are wrong"),
    ("2", "the command was used wrongly"),
    ("3", "a tool or a model is missing or failed"),
    ("4", "the storage, or the host that a show comes from, refused, failed or could not be reached"),
    ("5", "another run is at work on the show"),
    ("6", "all is done, but an episode is held back until a person has approved its transcript"),
    ("70", "a fault of placecast's own, which nobody foresaw"),
    ("130", "stopped by Ctrl-C"),
)
_VARIABLES = (
    ("NO_COLOR", "No colours, whatever it says."),
    ("VISUAL, EDITOR", "What opens files to edit."),
)


def pages(root: click.Group) -> dict[str, str]:
    """The page of each command: its file's name, and its text."""
    whole = click.Context(root, info_name="placecast", **root.context_settings)
    return dict(_pages(root, whole))


def _pages(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    yield f"{_name(context)}.1", "\n".join(_page(command, context)) + "\n"
    for name, each in sorted(command.commands.items()) if isinstance(command, click.Group) else ():
        yield from _pages(each, click.Context(each, info_name=name, parent=context))


def _page(command: click.Command, context: click.Context) -> Iterator[str]:
    name, (summary, *rest) = _name(context), _paragraphs(command.help or "It explains itself.")
    yield f'.TH "{_text(name.upper())}" "1" "" "placecast {__version__}" "Placecast"'
    yield from (".SH NAME", f"{_text(name)} \\- {_text(summary.rstrip('.'))}")
    usage = " ".join(command.collect_usage_pieces(context))
    yield from (".SH SYNOPSIS", f".B {_text(context.command_path)}", _text(usage))
    yield from (".SH DESCRIPTION", _text(summary), *(line for each in rest for line in _paragraph(each)))
    yield from (".SH OPTIONS", *_terms(_options(command, context)))
    if isinstance(command, click.Group):
        listed = sorted(command.commands.items())
        about = ((f"{context.command_path} {name}", each.get_short_help_str(200)) for name, each in listed)
        yield from (".SH COMMANDS", *_terms(about))
    if context.parent is None:
        yield from (".SH EXIT STATUS", *_terms(EXIT_CODES), ".SH ENVIRONMENT", *_terms(_VARIABLES))
    else:
        yield from (".PP", "Those of \\fBplacecast\\fR(1) may be given as well.")
        yield from (".SH SEE ALSO", f".BR {_text(_name(context.parent))} (1)")


def _name(context: click.Context) -> str:
    return context.command_path.replace(" ", "-")


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    options = (each for each in command.get_params(context) if isinstance(each, click.Option))
    return (record for each in options if (record := each.get_help_record(context)))


def _terms(terms: Iterator[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Iterator[str]:
    for term, said in terms:
        yield from (".TP", f"\\fB{_text(term)}\\fR", _text(said))


def _paragraphs(text: str) -> list[str]:
    """The paragraphs, each on one line, but for those that Click is told (\\b) to leave as they are."""
    found = (part.strip("\n ") for part in re.split(r"\n\s*\n", text.strip()))
    return [part if part.startswith("\b") else " ".join(part.split()) for part in found]


def _paragraph(text: str) -> list[str]:
    if not text.startswith("\b"):
        return [".PP", _text(text)]
    return [".PP", ".nf", *map(_text, text.splitlines()[1:]), ".fi"]


def _text(text: str) -> str:
    """The text with what roff would obey made plain; `code` is bold."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    bold = re.sub(r"`([^`]*)`", r"\\fB\1\\fR", plain)
    return f"\\&{bold}" if bold.startswith(".") else bold
