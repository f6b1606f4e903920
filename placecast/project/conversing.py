"""The posts that people answer, written into an episode.md: tables of comments, and nothing else in it changed."""

from __future__ import annotations

from collections.abc import Iterator

from placecast.errors import FactsError, Fault
from placecast.model import Comments
from placecast.project import front_matter
from placecast.project.front_matter import quoted


def with_comments(text: str, file: str, added: Comments) -> str:
    """This episode.md with one more post at the end of its facts; FactsError when that cannot be done safely."""
    before, notes = front_matter.read(text, file)
    breaks = "\r\n" if "\r\n" in text else "\n"
    table = "\n".join(["", "[[comments]]", *_lines(added)])
    new = front_matter.append(text.replace("\r\n", "\n"), table).replace("\n", breaks)
    try:
        after, same = front_matter.read(new, file)
    except FactsError:
        after, same = {}, ""
    if same != notes or len(after.pop("comments", ())) != len(before.pop("comments", ())) + 1 or before != after:
        what = "are written in an unusual way, so nothing was added."
        cure = "Add this post by hand:\n" + "\n".join(f"    {line}" for line in table.split("\n") if line)
        raise FactsError([Fault(file=file, key="comments", what=what, cure=cure)])
    return new


def _lines(added: Comments) -> Iterator[str]:
    facts = {"uri": added.uri, "account": added.account, "account_url": added.account_url}
    yield f"protocol = {quoted(added.protocol)}"
    yield from (f"{key} = {quoted(value)}" for key, value in facts.items() if value)
