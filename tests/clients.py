"""Podcast programs that people really use, driven without a desktop: each has a home of its own in a test's folder.

`visit(home, feed)` is what a listener's evening looks like: subscribe if that has not been done yet, look for what is
new, and download it. Programs that ask for keys (podboat) get a terminal that nobody looks at.
"""

from __future__ import annotations

import hashlib
import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 60
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Home:
    """A listener's home folder: nothing of the developer's own is read or written."""

    folder: Path

    @property
    def music(self) -> Path:
        return self.folder / "music"

    def sounds(self) -> dict[str, str]:
        """The whole sound files that lie here: their sha256, by their path."""
        found = sorted(path for path in self.folder.rglob("*.mp3") if path.is_file())
        return {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found
        }

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        home = str(self.folder)
        places = {f"XDG_{kind}_HOME": f"{home}/.xdg/{kind.lower()}" for kind in ("CONFIG", "DATA", "CACHE", "STATE")}
        return kept | places | {"HOME": home, "TMPDIR": home, "LANG": "C.UTF-8", "TERM": "xterm", "USER": "listener"}

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def call(self, *command: str | Path) -> str:
        """What a program printed. It and all that it started end with the time limit."""
        process = self._start(command, subprocess.PIPE)
        try:
            printed = process.communicate(timeout=_SECONDS)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise AssertionError(f"{command[0]} did not end: {process.communicate()[0][-2000:]!r}") from None
        assert process.returncode == 0, f"{command[0]} ended with {process.returncode}: {printed[-2000:]}"
        return printed

    def call_on_a_terminal(self, *command: str | Path, done: Callable[[str], bool], keys: bytes) -> None:
        """A program with a screen: it gets these keys when what it has written so far says that it is done."""
        ours, theirs = pty.openpty()
        try:
            process = self._start(command, theirs)
            os.close(theirs)
            _read_until(ours, done)
            os.write(ours, keys)
            _read_until(ours, lambda _: process.poll() is not None)
        finally:
            os.close(ours)
            _end(process)

    def _start(self, command: Sequence[str | Path], output: int) -> subprocess.Popen[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL if output == subprocess.PIPE else output,
            stdout=output,
            stderr=subprocess.STDOUT if output == subprocess.PIPE else output,
            start_new_session=True,
        )


def _read_until(terminal: int, done: Callable[[str], bool]) -> None:
    """Take from a terminal what a program writes to it, so that it never waits for us."""
    deadline, screen = time.monotonic() + _SECONDS, ""
    while not done(screen):
        assert time.monotonic() < deadline, "a program did not get ready"
        if select.select([terminal], [], [], _PAUSE_SECONDS)[0]:
            try:
                screen += os.read(terminal, 65536).decode(errors="replace")
            except OSError:  # the program has closed its side: it ends
                time.sleep(_PAUSE_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass(frozen=True, kw_only=True)
class Program:
    """Named as its Debian package. `condition`: what it asks the server with, so that a feed comes once."""

    name: str
    visit: Callable[[Home, str], None]
    commands: tuple[str, ...]
    condition: str = ""
    by_seconds: bool = False  # a feed with another entity tag, but of the same second, is the same to it


def _gpodder(home: Home, feed: str) -> None:
    if not (home.folder / "gPodder").is_dir():
        home.call("gpo", "subscribe", feed)
    home.call("gpo", "update")
    home.call("gpo", "download")


def _newsboat(home: Home, feed: str) -> None:
    """Newsboat finds what is new and puts it into a queue, from which podboat downloads."""
    config = home.write(".newsboat/config", f'download-path "{home.music}/"\npodcast-auto-enqueue yes\n')
    addresses, queue = home.write(".newsboat/urls", feed + "\n"), home.folder / ".newsboat/queue"
    home.call("newsboat", "-C", config, "-u", addresses, "-c", home.folder / ".newsboat/cache.db", "-x", "reload")
    wanted = [Path(name) for name in re.findall(r'"(.*)"', queue.read_text("utf-8"))] if queue.exists() else []
    if wanted:
        podboat = ("podboat", "-C", config, "-q", queue, "-a")
        home.call_on_a_terminal(
            *podboat, done=lambda screen: "failed" in screen or all(path.is_file() for path in wanted), keys=b"q"
        )


def _podget(home: Home, feed: str) -> None:
    config = home.folder / ".podget"
    if not config.is_dir():
        home.call("podget", "-d", config, "--create-config", "podgetrc")
    home.write(".podget/serverlist", f"{feed} places Small places\n")
    home.call("podget", "-d", config, "-l", home.music, "--dir_session", home.folder / ".session")


def _curl(home: Home, feed: str) -> None:
    """What one writes into a crontab: the feed if it has changed, then each enclosure that is not here yet."""
    etag = home.folder / "etag"
    home.call("curl", "-fsSL", "--etag-compare", etag, "--etag-save", etag, "-o", "feed.xml", feed)
    for address in _enclosures(home):
        name = address.rpartition("/")[2]
        if not (home.folder / name).exists():
            home.call("curl", "-fsSL", "--retry", "3", "-C", "-", "-o", name, address)


def _wget(home: Home, feed: str) -> None:
    """The same with dates instead of entity tags."""
    home.call("wget", "-q", "-N", feed)
    home.call("wget", "-q", "-N", *_enclosures(home))


def _enclosures(home: Home) -> list[str]:
    return re.findall(r'<enclosure url="([^"]+)"', (home.folder / "feed.xml").read_text("utf-8"))


PROGRAMS = {
    each.name: each
    for each in (
        Program(name="gpodder", visit=_gpodder, commands=("gpo",), condition="if-none-match"),
        Program(
            name="newsboat",
            visit=_newsboat,
            commands=("newsboat", "podboat"),
            condition="if-none-match",
            by_seconds=True,
        ),
        Program(name="podget", visit=_podget, commands=("podget", "wget")),
        Program(name="curl", visit=_curl, commands=("curl",), condition="if-none-match"),
        Program(name="wget", visit=_wget, commands=("wget",), condition="if-modified-since", by_seconds=True),
    )
}
