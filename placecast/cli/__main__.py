"""`python -m placecast.cli` is `placecast`."""

from __future__ import annotations

from placecast.__main__ import main

main()
