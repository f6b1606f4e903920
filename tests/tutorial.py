"""A document whose commands are run, one after the other, in an empty home folder, as its reader would.

    ```console          commands behind `$`, each with what it says; nothing shown means that nothing is compared
    <!-- answers: a; b -->   before such a block: what is typed when the command asks
    <!-- not shown -->       before a block: what its commands say depends on the place
    ```toml FILE        facts to be put into this file: in place of the table of that name, if there is one

Compared is what is said, not when and how long it took: numbers, hashes, days and months are all the same.
"""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

BLOCK = re.compile(
    r"(?P<head>(?:<!-- answers: (?P<answers>[^\n]*) -->\n)?(?P<unseen><!-- not shown -->\n)?"
    r"```(?P<kind>console|toml)(?: (?P<file>\S+))?\n)"
    r"(?P<body>.*?)```",
    re.S,
)
_DAY = r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
_MONTH = r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b|\b(?:GMT|BST)\b"
_VARYING = re.compile(rf"\b[0-9a-f]{{8,}}\b|\d+(?:\.\d+)?|…|{_DAY}|{_MONTH}")
_HEARD = re.compile(r"seconds? to hear|doubtful word|nobody has approved the transcript yet")
_PROGRAM = [sys.executable, "-m", "placecast.cli"]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A command of the document, what is answered to its questions, and what the document says that it says."""

    command: str
    answers: tuple[str, ...]
    shown: str


@dataclass(kw_only=True)
class Session:
    """A shell in a home folder. `quick`: runs `placecast` in this process, where no question is to be answered."""

    home: Path
    quick: Callable[..., tuple[int, str, str]] | None = None
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.home

    def type(self, typed: Typed) -> str:
        """Everything that the command says, with ~ for the home folder."""
        words = shlex.split(typed.command.replace("\\\n", " ").replace("~", str(self.home)))
        if words[0] == "cd":
            self.folder = self.folder / words[1]
            return ""
        if words[0] == "export":
            self.environment |= dict([words[1].split("=", 1)])
            return ""
        return self._run(words, typed.answers).replace(str(self.home), "~")

    def _run(self, words: list[str], answers: tuple[str, ...]) -> str:
        os.chdir(self.folder)
        if words[0] != "placecast":
            return subprocess.run(words, capture_output=True, text=True, check=True, env=self._environment()).stdout
        if answers:
            return converse([*_PROGRAM, *words[1:]], answers, self._environment())
        if self.quick:
            os.environ.update(self.environment)
            _, out, err = self.quick(*words[1:])
            return err + out
        command = [*_PROGRAM, *words[1:]]
        together = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.run(command, text=True, check=False, env=self._environment(), **together).stdout  # type: ignore[call-overload]

    def _environment(self) -> dict[str, str]:
        git = {f"GIT_{who}_{what}": "rosa@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        return {**os.environ, **git, **self.environment, "HOME": str(self.home)}


def converse(command: list[str], answers: tuple[str, ...], environment: Mapping[str, str]) -> str:
    """Run a command in a terminal of its own and answer each question as it comes; what is to be read there then."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(command[0], command, dict(environment))
    said, waiting = "", list(answers)
    while select.select([terminal], [], [], 60)[0]:
        try:
            part = os.read(terminal, 4096).decode()
        except OSError:
            break
        said += part
        if said.rstrip(" ").endswith(":"):
            if not waiting:
                os.kill(child, signal.SIGTERM)  # it asks more than there are answers for
                break
            os.write(terminal, (waiting.pop(0) + "\n").encode())
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    assert (code, waiting) == (0, []), said
    return re.sub(r"\x1b\[\d*m", "", said.replace("\r\n", "\n"))


def commands(block: re.Match[str]) -> Iterator[Typed]:
    """The commands of a console block."""
    answers = block["answers"]
    typed = tuple(each.strip() for each in answers.split(";")) if answers else ()
    for part in re.split(r"^\$ ", block["body"], flags=re.M)[1:]:
        found = re.match(r"((?:[^\n]*\\\n)*[^\n]*)\n(.*)", part, re.S)
        assert found
        yield Typed(command=found[1], answers=typed, shown=found[2])


def put(file: Path, facts: str) -> None:
    """Facts into a file: in place of the table of that name, else at the end of the facts."""
    text = file.read_text("utf-8")
    header = facts.split("\n", 1)[0]
    if f"\n{header}\n" in text and not header.startswith("[["):
        text = re.sub(rf"\n{re.escape(header)}\n.*?(?=\n\[|\Z)", lambda _: f"\n{facts.rstrip()}\n", text, flags=re.S)
    elif file.suffix == ".md":
        before, fence, after = text.partition("\n# Below the next line")
        text = f"{before}\n{facts}{fence}{after}"
    else:
        text += f"\n{facts}"
    file.write_text(text, "utf-8")


def said(text: str) -> list[str]:
    """What stays the same from run to run and from machine to machine."""
    lines = (line.rstrip() for line in text.splitlines() if not _HEARD.search(line))
    return [re.sub(" {2,}", "  ", _VARYING.sub("0", line)) for line in lines if line]
