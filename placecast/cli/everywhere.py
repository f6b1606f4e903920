"""The options that every command understands, before its name and after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from placecast.cli.completion import Slug
from placecast.cli.options import FOLDER, JSON, NO_INPUT, QUIET
from placecast.report.manner import Manner

Decorated = TypeVar("Decorated", bound=Callable[..., Any] | click.Command)

_FOLDER = "placecast.folder"
_SLUGS = {"slug", "slugs", "names"}


def _speak_up(context: click.Context, _: click.Parameter, given: bool) -> None:
    context.ensure_object(Manner).verbose |= given


def _without_colour(context: click.Context, _: click.Parameter, given: bool) -> None:
    if given:
        context.color = context.ensure_object(Manner).colour = False


VERBOSE = click.option(
    "-v",
    "--verbose",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_speak_up,
    help="Say more: each file that is sent, and all that is known of an error.",
)
NO_COLOR = click.option(
    "--no-color",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_without_colour,
    help="No colours, as when NO_COLOR is set.",
)
ALL = (FOLDER, JSON, QUIET, VERBOSE, NO_INPUT, NO_COLOR)


def common(function: Decorated) -> Decorated:
    """Give a function all of the options, in their order."""
    for option in reversed(ALL):
        function = option(function)
    return function


def equip(command: click.Command) -> None:
    """Let a command accept those of the options that it does not have itself, and complete the names of episodes.

    They are not in its help, where they change nothing: whoever writes scripts need not know which command asks.
    """
    own = {name for parameter in command.params for name in parameter.opts}
    command.params += [option for option in _hidden() if not own & set(option.opts)]
    for parameter in command.params:
        if parameter.name in _SLUGS:
            parameter.type = Slug()
    if directory := next((each for each in command.params if each.name == "directory"), None):
        _below_folder(command, directory)
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        equip(each)


def _hidden() -> list[click.Option]:
    """The options anew, without a part in what the command does."""

    made = [each for each in common(click.Command("bare")).params if isinstance(each, click.Option)]
    for option in made:
        option.expose_value, option.hidden = False, True
    return made


def _below_folder(command: click.Command, directory: click.Parameter) -> None:
    """Where a command is told a directory, `-C` says where that lies, as it does for git."""
    folder = next(each for each in command.params if "-C" in each.opts)
    folder.is_eager = True
    folder.callback = lambda context, _, given: context.meta.__setitem__(_FOLDER, given)
    directory.callback = lambda context, _, given: Path(context.meta.get(_FOLDER) or ".", given)


def defaults(command: click.Command, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given before the name of a command, as the defaults of all commands."""
    below = command.commands if isinstance(command, click.Group) else {}
    return {**given, **{name: defaults(each, given) for name, each in below.items()}}
