"""Hearing a sentence: with a player that is on this machine, from that second on. No shell is involved."""

from __future__ import annotations

import shutil
import subprocess

from placecast.errors import AudioError, EngineError, FactsError
from placecast.finding.hunt import Found
from placecast.model import Audio
from placecast.project import Project

# How each is told to begin at a second. What is played comes last: a path from the root, or an address.
_PLAYERS = {
    "mpv": ("--no-video", "--start={seconds}", "--"),
    "vlc": ("--start-time={seconds}",),
    "ffplay": ("-hide_banner", "-nodisp", "-autoexit", "-ss", "{seconds}", "-i"),
}


def play(project: Project, found: Found) -> bool:
    """Play from this sentence on until it ends or somebody stops it; False where there is no player."""
    player = next((each for each in _PLAYERS if shutil.which(each)), None)
    if player is None:
        return False
    sound = _sound(project, found)
    options = [each.format(seconds=f"{found.seconds:.2f}") for each in _PLAYERS[player]]
    code = subprocess.run([shutil.which(player) or player, *options, sound], check=False).returncode  # noqa: S603
    if code:
        cure = f"Play it by hand from {found.seconds:.0f} seconds on: {sound}"
        raise EngineError(player, f"could not play it (it ended with {code}).", cure)
    return True


def _sound(project: Project, found: Found) -> str:
    """The sound of the episode: the file, where it is on this machine, or its address."""
    audio = _audio(project, found.slug)
    if audio is None:
        cure = f"Make it with: placecast publish {found.slug}"
        raise AudioError(found.slug, "has no sound to play yet.", cure)
    here = project.media(audio)
    if here.is_file():
        return str(here.absolute())
    home, _, _ = found.page.partition(f"e/{found.slug}/")
    return home + audio.path


def _audio(project: Project, slug: str) -> Audio | None:
    try:
        return project.audio(slug)
    except FactsError:
        return None  # `placecast check` tells what is wrong with it
