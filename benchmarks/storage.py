"""Publishing into S3-compatible storage: placecast beside the programs that people use for it, on one SeaweedFS.

    .venv/bin/python benchmarks/storage.py               the table of docs/benchmarks.md, five rounds
    .venv/bin/python benchmarks/storage.py --rounds 9
    .venv/bin/python benchmarks/storage.py --memory      placecast's peak memory, with long recordings

The others are installed from PyPI into an environment of their own (`--tools`); one that cannot be had is named and
left out. A round gives every tool a fresh bucket and goes through the cases, all tools one after the other in each, and
begins with another tool than the last round. Each run is a process of its own, with its start. In the end of a round
every object is read back and compared.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import storage_tree
from storage_tools import OURS, Place, Tool, available
from storage_tree import Tree

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))

from tests.seaweed import ACCESS_KEY, SECRET_KEY, Server, fresh_bucket, running  # noqa: E402

# A small process of its own starts the tool: a program's peak memory is never told as less than that of the process
# that it was started from.
_MEASURE = """
import json, os, sys, time
began = time.perf_counter()
process = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(process, 0)
wall = time.perf_counter() - began
with open(sys.argv[1], "w") as file:
    json.dump({"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}, file)
sys.exit(os.waitstatus_to_exitcode(status) != 0)
"""

_NOTES = ".placecast/"  # placecast's own notes beside the tree


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run of a tool took."""

    wall: float  # seconds
    cpu: float  # seconds, of the process and all that it started
    peak: float  # megabytes
    asked: dict[str, Any]  # placecast's own account: requests by method, files sent


@dataclass(frozen=True, kw_only=True)
class Case:
    """What has happened to the tree since it was published last."""

    name: str
    happens: Callable[[Tree, int], object]  # given the number of the round
    clone: str = "first"  # from which placecast publishes


CASES = (
    Case(name="first upload", happens=lambda tree, _: tree.age()),
    Case(name="no change", happens=lambda _, __: None),
    Case(name="one file changed", happens=lambda tree, number: tree.change_one(number)),
    Case(name="fresh clone", happens=lambda tree, _: tree.clone(), clone="second"),
)


class Bench:
    """One server, one tree, and the tools that are measured with them."""

    def __init__(self, server: Server, tree: Tree, tools: Path) -> None:
        self._server, self._tree, self._tools = server, tree, tools
        self._client = server.client()

    def round(self, number: int, tools: Sequence[Tool]) -> Iterator[tuple[str, str, Run]]:
        """All cases with all tools: case, tool and what the run took. The buckets are compared with the tree."""
        first = number % len(tools)
        with ExitStack() as stack:
            places = {tool: stack.enter_context(self.place()) for tool in (*tools[first:], *tools[:first])}
            for case in CASES:
                case.happens(self._tree, number)
                time.sleep(1.1)  # servers tell times in whole seconds, and the tools compare them with files'
                for tool, place in places.items():
                    yield case.name, tool.name, self.run(tool, place, case.clone)
            for tool, place in places.items():
                self._compare(tool, place)

    @contextmanager
    def place(self) -> Iterator[Place]:
        with fresh_bucket(self._server) as bucket:
            bucket.open_to_everyone()  # as a podcast's is: placecast asks for what it has sent as a listener does
            yield Place(
                endpoint=self._server.endpoint, bucket=bucket.name, access_key=ACCESS_KEY, secret_key=SECRET_KEY
            )
            bucket.client.delete_bucket(Bucket=bucket.name)  # with all that is in it, at SeaweedFS

    def run(self, tool: Tool, place: Place, clone: str) -> Run:
        os.sync()  # so that nobody waits for what the last one has written
        with tempfile.NamedTemporaryFile() as took:
            command = tool.command(self._tools, self._tree, place, clone)
            launcher = [sys.executable, "-I", "-S", "-c", _MEASURE, took.name, *command]
            done = subprocess.run(launcher, env=place.environment, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{tool.name} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
            return Run(**json.load(took), asked=json.loads(done.stdout) if tool is OURS else {})

    def _compare(self, tool: Tool, place: Place) -> None:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=place.bucket)
        listed = {there["Key"] for page in pages for there in page.get("Contents", ())}
        keys = self._tree.keys()
        if {key for key in listed if not key.startswith(_NOTES)} != set(keys):
            raise SystemExit(f"{tool.name}: other files are in the bucket than in the tree.")
        for key in keys:
            if self._there(place, key) != _digest((self._tree.public / key).read_bytes()):
                raise SystemExit(f"{tool.name}: {key} is not as it is in the tree.")

    def _there(self, place: Place, key: str) -> str:
        found = self._client.get_object(Bucket=place.bucket, Key=key)
        body = found["Body"].read()
        return _digest(gzip.decompress(body) if found.get("ContentEncoding") == "gzip" else body)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@contextmanager
def bench(tools: Path, **sizes: int) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="placecast-bench-") as folder, running() as server:
        yield Bench(server, storage_tree.make(Path(folder), **sizes), tools)


def compare(rounds: int, folder: Path) -> None:
    tools, missing = available(folder)
    _say(*(f"Left out, since it cannot be had: {tool.name} ({tool.package})" for tool in missing))
    _say(*(f"{tool.name}: {tool.versions(folder)}" for tool in tools))
    runs: dict[tuple[str, str], list[Run]] = defaultdict(list)
    with bench(folder) as setting:
        with setting.place() as place:  # the first upload to a server is slower, whoever sends it
            setting.run(tools[-1], place, "first")
        for number in range(rounds):
            for case, tool, run in setting.round(number, tools):
                runs[case, tool].append(run)
                _say(f"round {number + 1}, {case}, {tool}: {run.wall:.2f} s, {run.cpu:.2f} CPU s, {run.peak:.0f} MB")
            _say(f"round {number + 1}: every bucket holds the tree. Load: {os.getloadavg()[0]:.1f}")
    print("\n".join(_table(runs, [tool.name for tool in tools])))


def _table(runs: dict[tuple[str, str], list[Run]], tools: Sequence[str]) -> Iterator[str]:
    yield "| case | tool | wall s | CPU s | peak MB | placecast/it: wall | CPU | requests, files sent |"
    yield "|---|---|---|---|---|---|---|---|"
    for case in (case.name for case in CASES):
        ours = runs[case, OURS.name]
        for tool in tools:
            yield _row(case, tool, ours, runs[case, tool])


def _row(case: str, tool: str, ours: Sequence[Run], its: Sequence[Run]) -> str:
    took = f"{_middle(its, 'wall'):.2f} | {_middle(its, 'cpu'):.2f} | {max(run.peak for run in its):.0f}"
    if its is ours:
        return f"| {case} | **{tool}** | {took} | | | {_account(its[-1])} |"
    ratios = f"{_ratio(ours, its, 'wall')} | {_ratio(ours, its, 'cpu')}"
    return f"| | {tool} | {took} | {ratios} | |"


def _middle(runs: Sequence[Run], what: str) -> float:
    return median(getattr(run, what) for run in runs)


def _ratio(ours: Sequence[Run], its: Sequence[Run], what: str) -> str:
    """Of the runs in the same round: the middle one, and the range."""
    ratios = [getattr(our, what) / getattr(other, what) for our, other in zip(ours, its, strict=True)]
    return f"{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def _account(run: Run) -> str:
    requests = sum(run.asked["requests"].values())
    by_method = ", ".join(f"{count} {method}" for method, count in sorted(run.asked["requests"].items()))
    return f"{requests} ({by_method}), {run.asked['sent']} sent{'' if run.asked['boto3'] else ', without boto3'}"


def memory() -> None:
    """Placecast's peak memory, which the length of a recording must not change."""
    print("| media | first upload: peak MB | wall s | no change: peak MB |\n|---|---|---|---|")
    for media, megabytes in ((5, 50), (16, 50), (1, 1024)):
        with bench(Path(), media=media, megabytes=megabytes) as setting, setting.place() as place:
            first, again = (setting.run(OURS, place, "first") for _ in range(2))
        print(f"| {media} x {megabytes} MB | {first.peak:.0f} | {first.wall:.1f} | {again.peak:.0f} |", flush=True)


def _say(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", action="store_true", help="placecast's peak memory, nothing else")
    parser.add_argument(
        "--tools",
        type=Path,
        default=Path.home() / ".cache" / "placecast-benchmarks",
        help="where the other programs are, or are installed to (%(default)s)",
    )
    arguments = parser.parse_args()
    if arguments.memory:
        memory()
    else:
        compare(arguments.rounds, arguments.tools.absolute())


main()
