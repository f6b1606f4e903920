"""What is said where nobody knows the episode that was named."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from placecast.errors import UsageError
from placecast.model import Episode


def no_such_episode(wanted: str, episodes: Sequence[Episode], what: str = "there is no such episode.") -> UsageError:
    """The error, with what the episode is called now, or which one may be meant."""
    now = {former: each.slug for each in episodes for former in each.formerly}
    near = get_close_matches(wanted, [each.slug for each in episodes], n=1)
    if wanted in now:
        cure = f"It is called {now[wanted]} now."
    elif near:
        cure = f"Did you mean {near[0]}? See all episodes with: placecast status"
    else:
        cure = "See the episodes with: placecast status"
    return UsageError(wanted, what, cure)
