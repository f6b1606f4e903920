"""The command's door, and `python -m placecast` where the command is not on the PATH.

It stands apart from `placecast.cli` so that Ctrl-C is answered also while that is loaded.
"""

from __future__ import annotations

import os
import signal


def main() -> None:
    """Load the command, and run it."""
    # Not by an exception: Python swallows one that comes at certain moments of an import.
    before = signal.signal(signal.SIGINT, _leave)
    from placecast.cli import main as run

    signal.signal(signal.SIGINT, before)
    run()


def _leave(*_: object) -> None:
    os.write(2, b"\nStopped before anything was done.\n")
    os._exit(130)


if __name__ == "__main__":
    main()
