"""Placecast: from a finished recording to a published podcast episode, with one command."""

__version__ = "0.1.0"
