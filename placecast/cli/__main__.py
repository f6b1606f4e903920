"""`python -m placecast.cli` is `placecast`."""

from __future__ import annotations

from placecast.cli import main

main()
