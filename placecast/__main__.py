"""`python -m placecast`, for where the command is not on the PATH."""

from placecast.cli import main

main()
