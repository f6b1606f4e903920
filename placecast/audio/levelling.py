"""Levelling: the gain that brings speakers who are unequally loud closer to each other.

It moves as slowly as a hand on a fader, follows only what is speech, and holds still in the pauses: so it does not
pump, and it raises noise no further than the voice beside it.
"""

from __future__ import annotations

import numpy as np

from placecast.audio.envelope import SILENT, Envelope, Numbers, integrated, level, power

_SHARE = 0.75  # of the difference: all of it would take the life out of a voice
_MOST = 9.0  # dB up or down: beyond that it is the room and the noise that change
_SPEECH = -25.0  # LU from the whole: a second speaker may be 20 LU quieter, breath and room are quieter still
_HEARD = 15  # tenths of a second: about a phrase
_HAND = 20  # tenths of a second that a move takes


def ride(envelope: Envelope) -> Numbers:
    """The gain of each tenth of a second, in dB around 0."""
    tenths = envelope.tenths()
    speech = tenths > power(max(integrated(tenths) + _SPEECH, SILENT))
    phrases = _around(tenths * speech, _HEARD) / np.maximum(_around(speech.astype(float), _HEARD), 1e-9)
    places = np.flatnonzero(speech)
    levels = 10 * np.log10(phrases[places])
    # The energy of all speech, not of the whole sound: pauses must not move it.
    usual = level(float(tenths[places].mean())) - level(1.0)
    moves = np.clip((usual - levels) * _SHARE, -_MOST, _MOST)
    return _around(np.interp(np.arange(len(tenths)), places, moves), _HAND)


def _around(values: Numbers, width: int) -> Numbers:
    """The mean of what is around each value; at the ends, the last value goes on."""
    before = width // 2
    padded = np.pad(values, (before, width - 1 - before), mode="edge")
    return np.convolve(padded, np.full(width, 1 / width), "valid")
