"""The commands on transcripts."""

from __future__ import annotations

import click

COMMANDS: tuple[click.Command, ...] = ()
