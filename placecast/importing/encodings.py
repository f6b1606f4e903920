"""Bytes to text: what editors and office programs save, and what is no text at all."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from placecast.errors import TranscriptError

# What the first bytes of files say that people take for text.
_NO_TEXT = (
    (b"PK\x03\x04", "a Word, OpenDocument or zip file"),
    (b"\xd0\xcf\x11\xe0", "a Word file"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "an RTF file"),
    (b"ID3", "a sound file"),
    (b"RIFF", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"OggS", "a sound file"),
)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A text, and what the producer should know about how it was read, if anything."""

    text: str
    note: str = ""


def decode(content: bytes, name: str) -> Decoded:
    """The text of a file that may come from anywhere; TranscriptError if it is none."""
    for start, what in _NO_TEXT:
        if content.startswith(start):
            raise TranscriptError(name, f"is {what}.", "Save it as plain text (.txt) in the program that made it.")
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), _guess(content))
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return _western(content, name)
    if "\0" in text:
        raise TranscriptError(name, "is no text.", "Save it as plain text (.txt) in the program that made it.")
    return Decoded(text=text)


def _guess(content: bytes) -> str:
    """UTF-16 without a mark has a zero in nearly every other byte of western text; all else is UTF-8."""
    sample = content[:2000]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if zeros and zeros.count(0) > 0.4 * len(zeros):
            return encoding
    return "utf-8"


def _western(content: bytes, name: str) -> Decoded:
    """Text in the encoding of older programs on Windows, for want of a better guess."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        what, cure = f"is no text (at byte {error.start}).", "Save it in your editor with the encoding UTF-8."
        raise TranscriptError(name, what, cure) from error
    if "\0" in text:
        raise TranscriptError(name, "is no text.", "Save it as plain text (.txt) in the program that made it.")
    note = f"{name} is not UTF-8 and was read as Windows-1252: look at its accents and quotation marks."
    return Decoded(text=text, note=note)
