"""Completion in the shell: commands and options from Click, and the episodes' names from the folder."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from placecast.errors import UsageError
from placecast.root import find_root


class Slug(click.ParamType):  # type: ignore[type-arg]  # generic in the newest Click only
    """The name of an episode: the shell offers those that have a folder. Nothing of them is read."""

    name = "slug"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            found = find_root(_folder(ctx)).glob("episodes/*/episode.md")
            slugs = sorted(each.parent.name for each in found)
        except (UsageError, OSError):
            return []
        items = [CompletionItem(slug) for slug in slugs if slug.startswith(incomplete)]
        # Where a recording may stand as well, the shell offers its files if no episode is called so.
        return items or ([CompletionItem(incomplete, type="file")] if param.name == "names" else [])


def _folder(context: click.Context | None) -> Path:
    """The show's folder: as it was given to this command, or before its name."""
    while context is not None:
        if context.get_parameter_source("folder") is ParameterSource.COMMANDLINE:
            return Path(context.params["folder"])
        context = context.parent
    return Path()
