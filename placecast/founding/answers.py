"""What `init` asks of a new show, why, and what is an answer. Each answer is judged as placecast.toml would be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import create_model

from placecast import categories
from placecast.errors import FactsError, Fault, UsageError
from placecast.founding import ZONE, NewShow, read_cover
from placecast.project.faults import validate
from placecast.project.schema import OwnerFacts, ShowFacts
from placecast.project.shapes import Facts

_COLUMNS = 3


class NoAnswerError(ValueError):
    """What was typed is no answer: why, and what would be one."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what}\n  {cure}")
        self.what, self.cure = what, cure


class OptionsError(FactsError):
    """Every option of a command that is none of its answers, together."""

    exit_code = UsageError.exit_code


Read = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing that a new show needs to know. `read` gives the answer as it is kept, or raises NoAnswerError."""

    key: str
    label: str
    about: str  # why it is asked, and what a good answer is
    read: Read
    default: str | None = None  # None: there must be an answer
    asked: bool = True  # False: only as an option


@dataclass
class Choice:
    """One of Apple's categories, by its number in the list that was shown last, or by part of its name."""

    shown: Sequence[str] = field(default_factory=lambda: tuple(categories.CATEGORIES))

    def read(self, text: str) -> str:
        wanted = text.strip()
        if wanted.isdecimal() and 1 <= int(wanted) <= len(self.shown):
            return self.shown[int(wanted) - 1]
        found = categories.find(wanted)
        if len(found) == 1:
            return found[0]
        if not found:
            raise NoAnswerError(f"{wanted!r} is the beginning of no category of Apple's.", "Try another word.")
        self.shown = found
        raise NoAnswerError(f"{wanted!r} may be one of these:\n{numbered(found)}", "Give its number, or more of it.")


def numbered(names: Sequence[str]) -> str:
    """The names with their numbers, in columns where they are many."""
    cells = [f"{number:>4}  {name}" for number, name in enumerate(names, 1)]
    columns = _COLUMNS if len(names) > 2 * _COLUMNS else 1
    height, width = -(-len(cells) // columns), max(map(len, cells))
    rows = (cells[row::height] for row in range(height))
    return "\n".join("".join(f"{cell:<{width}}" for cell in row).rstrip() for row in rows)


def questions() -> tuple[Question, ...]:
    """All of them, in the order in which they are asked."""
    category = Choice()
    return (
        Question(
            key="title",
            label="Title",
            about="The show's name, as apps list it.",
            read=_of_show("title", "A show needs a name, of 255 letters at most."),
        ),
        Question(
            key="description",
            label="Description",
            about="What it is about, in a sentence or two. Apps show it to people who have not heard it yet.",
            read=_of_show("description", "A show needs a sentence about it, of 4,000 letters at most."),
        ),
        Question(
            key="author",
            label="Author",
            about="Who makes it: a person, a team or an institution. Apps show it under the title.",
            read=_of_show("author", "Write a name."),
        ),
        Question(
            key="url",
            label="Site address",
            about="Where listeners will find the pages and the feed, though nothing is there yet. Apps keep it, so\n"
            "take one that can last.",
            read=_address,
        ),
        Question(
            key="email",
            label="Owner's e-mail",
            about="Apple and Spotify write to it to see that the show is yours. It stands in the feed, for everybody.",
            read=_of_owner("email", "Write it like podcast@example.org."),
        ),
        Question(
            key="category",
            label="Category",
            about="Where directories list it. Type a number, or part of a name; narrower ones are found as well, such\n"
            f"as politics.\n{numbered(category.shown)}",
            read=category.read,
        ),
        Question(
            key="language",
            label="Language",
            about="What is spoken: en-GB, cy (Welsh), de-AT and so on.",
            read=_language,
            default="en-GB",
        ),
        Question(
            key="cover",
            label="Cover",
            about="The name of a picture's file; it is made square, if it is not. Leave it empty to have a plain one\n"
            "drawn, which you can replace at any time.",
            read=_cover,
            default="",
        ),
        Question(
            key="time_zone",
            label="Time zone",
            about="The clock by which episodes come out.",
            read=_of_show("time_zone", f"Write it like {ZONE}."),
            default=ZONE,
            asked=False,
        ),
    )


def judged(questions: Sequence[Question], given: Mapping[str, str | None]) -> dict[str, str]:
    """The answers among what was given as options; OptionsError with all that are none."""
    answers, faults = {}, []
    for each in questions:
        text = given[each.key]
        if text is None:
            continue
        try:
            answers[each.key] = each.read(text)
        except NoAnswerError as error:
            faults.append(Fault(file=f"--{each.key.replace('_', '-')}", what=error.what, cure=error.cure))
    if faults:
        raise OptionsError(faults)
    return answers


def new_show(answers: Mapping[str, str], *, public_body: bool) -> NewShow:
    """The show that these answers describe, one for each question."""
    cover = Path(answers["cover"]) if answers["cover"] else None
    rest = {key: text for key, text in answers.items() if key != "cover"}
    return NewShow(**rest, cover=cover, public_body=public_body)


def _of_show(key: str, hint: str) -> Read:
    return _reader(ShowFacts, key, hint)


def _of_owner(key: str, hint: str) -> Read:
    return _reader(OwnerFacts, key, hint)


def _reader(owner: type[Facts], key: str, hint: str) -> Read:
    """What takes an answer that this fact may be, as it was typed but for spaces around it."""
    fact = owner.model_fields[key]
    model = create_model("Answer", __base__=Facts, **{key: (fact.annotation, fact)})  # type: ignore[call-overload]  # a key of its own

    def read(text: str) -> str:
        answer = " ".join(text.split())
        try:
            validate(model, {key: answer}, "")
        except FactsError as error:
            what = _upper(error.faults[0].what) if answer else "Nothing was given."
            raise NoAnswerError(what, hint) from error
        return answer

    return read


_read_address = _of_show("url", "Write it like https://podcast.example.org/.")
_read_language = _of_show("language", "Write its code, like en-GB, cy or de.")


def _address(text: str) -> str:
    """With https:// where it was left away, and a slash at its end: feed.xml lies there."""
    typed = text.strip()
    whole = typed if re.match(r"[a-z]+:", typed, re.IGNORECASE) or "." not in typed else f"https://{typed}"
    return _read_address(whole).rstrip("/") + "/"


def _language(text: str) -> str:
    """`en_gb` is en-GB as well."""
    first, *rest = text.strip().replace("_", "-").split("-")
    cased = (part.upper() if len(part) == 2 else part.title() for part in rest)
    return _read_language("-".join([first.lower(), *cased]))


def _cover(text: str) -> str:
    """A file's name, as it is typed or dropped into a terminal: in quotes, or with ~ for the home folder."""
    typed = text.strip().strip("'\"")
    if not typed:
        return ""
    path = Path(typed).expanduser()
    try:
        read_cover(path)
    except UsageError as error:
        fault = error.faults[0]
        raise NoAnswerError(f"{fault.file} {fault.what}", fault.cure) from error
    return str(path)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
