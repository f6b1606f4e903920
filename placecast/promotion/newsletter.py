"""The part of a newsletter that tells of an episode: HTML for mail programs, the same as text, and both as a letter.

Mail programs take no style sheets and no scripts: every style is an attribute, and one column is all there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from jinja2 import Environment, PackageLoader, StrictUndefined

from placecast.fingerprint import sha256, short
from placecast.pages.wording import listed
from placecast.promotion import Telling

_HEAD = "New episode"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What the newsletter shows besides the telling."""

    told: Telling
    picture: str  # its address
    alternative: str
    quote: str
    speaker: str
    listen: str  # the address where the quote is heard
    when: str  # the clock time of the quote
    accent: str  # #rrggbb
    on_accent: str

    @property
    def guests(self) -> str:
        return listed([person.name for person in self.told.guests])


def html(letter: Letter) -> str:
    """The letter for programs that show HTML; everything in it is escaped."""
    return _templates().get_template("newsletter.html").render(letter=letter, told=letter.told, head=_HEAD)


def text(letter: Letter) -> str:
    """The same for programs that show none, and people who want none."""
    told = letter.told
    by = f" – {letter.speaker}" if letter.speaker else ""
    blocks = [
        f"{_HEAD} of {told.show}: {told.title}" + (f" – with {letter.guests}" if letter.guests else ""),
        " ".join(told.summary),
        f"“{letter.quote}”{by}\n{letter.when}: {letter.listen}" if letter.quote else "",
        f"Listen, or read the transcript:\n{told.page}",
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def letter(shown: Letter) -> bytes:
    """Both parts as a message that mail programs open as a draft (RFC 2046, 5.1.4: the best form comes last)."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"{shown.told.show}: {shown.told.title}"
    message["X-Unsent"] = "1"  # Outlook opens it as a draft
    message.set_content(text(shown), cte="quoted-printable")
    message.add_alternative(html(shown), subtype="html", cte="quoted-printable")
    message.set_boundary(f"placecast-{short(sha256(repr(shown).encode('utf-8', 'replace')))}")
    return message.as_bytes()


def _templates() -> Environment:
    loader = PackageLoader("placecast.promotion", ".")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
