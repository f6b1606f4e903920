"""The commands for the shell that placecast is typed into: completion and man pages."""

from __future__ import annotations

from pathlib import Path

import click

from placecast import report
from placecast.cli.options import JSON, QUIET

_MANUALS = Path("~/.local/share/man/man1")  # where man looks for a person's own
_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@JSON
@click.pass_context
def completion(context: click.Context, shell: str, as_json: bool) -> None:
    """Print what makes your shell complete commands, options and the names of episodes.

    \b
    bash: put into ~/.bashrc:    eval "$(placecast completion bash)"
    zsh:  put into ~/.zshrc:     eval "$(placecast completion zsh)"
    fish: run once:              placecast completion fish > ~/.config/fish/completions/placecast.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    script = kind(context.find_root().command, {}, "placecast", "_PLACECAST_COMPLETE").source()
    report.show(report.Answer(lines=(script,), data={"shell": shell, "script": script}), as_json=as_json)


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=_MANUALS, metavar="[DIR]")
@QUIET
@JSON
@click.pass_context
def man(context: click.Context, /, directory: Path, **flags: bool) -> None:
    """Write a man page for each command into DIR, where `man` finds those of this computer's user if you name none."""
    from placecast import files
    from placecast.cli.manual import pages

    root, folder = context.find_root().command, directory.expanduser()
    made = pages(root) if isinstance(root, click.Group) else {}
    for name, text in made.items():
        files.write(folder / name, text.encode())
    line = f"Wrote {len(made)} man pages into {folder}. Read one with: man placecast-publish"
    report.show(report.Answer(lines=(line,), data={"folder": str(folder), "pages": sorted(made)}), **flags)


COMMANDS = (completion, man)
