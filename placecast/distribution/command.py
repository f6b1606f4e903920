"""The producer's own command, for caches that we do not know: it reads the changed addresses, one a line."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from placecast.errors import AnnouncementError

_STDERR = 2  # what it says is for people; stdout is for our own answer


def run(words: Sequence[str], folder: Path, stale: Sequence[str], *, seconds: float, harm: str) -> None:
    """Run it in the show's folder. AnnouncementError when it cannot be run, fails or does not end in time."""
    text = "".join(f"{address}\n" for address in stale)
    try:
        status = _status([_program(words[0], folder), *words[1:]], folder, text, seconds)
    except FileNotFoundError as error:
        raise _failed(words, harm, "there is no such program.", "A path starts from the show's folder.") from error
    except PermissionError as error:
        raise _failed(words, harm, "it may not be run.", f"Make it a program: chmod +x {words[0]}") from error
    except OSError as error:
        raise _failed(words, harm, f"it cannot be run: {error.strerror}.", "Does it begin with #!/bin/sh?") from error
    except subprocess.TimeoutExpired as error:
        raise _failed(words, harm, f"it had not ended after {seconds:g} s, so it was stopped.", "") from error
    if status:
        raise _failed(words, harm, f"it failed with {status}.", "What it said stands above.")


def _program(word: str, folder: Path) -> str:
    """A path is meant from the show's folder, on Windows too; a bare name is looked for in PATH."""
    return str(folder / word) if "/" in word else word


def _status(words: Sequence[str], folder: Path, text: str, seconds: float) -> int:
    with subprocess.Popen(  # noqa: S603 the producer's own command, without a shell
        words, cwd=folder, stdin=subprocess.PIPE, stdout=_STDERR, encoding="utf-8", start_new_session=True
    ) as process:
        try:
            process.communicate(text, timeout=seconds)
        except BaseException:  # Ctrl-C as well: nothing of it may go on by itself
            _end(process)
            raise
    return process.returncode


def _end(process: subprocess.Popen[str]) -> None:
    """End the command and what it has started: a shell's death alone leaves its children alive."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _failed(words: Sequence[str], harm: str, what: str, cure: str) -> AnnouncementError:
    # Only the first word is said: the others may hold what is nobody's business.
    check = "Check `command` under [distribution] in placecast.toml, and run it by hand."
    return AnnouncementError(f"the command {words[0]}", f"{what} {harm}", f"{cure} {check}".strip())
