"""Search in 500 episodes of made-up talk: what it costs, and whether it finds the words, beside two other programs.

    .venv/bin/python benchmarks/search.py --seed 7                    the index of placecast alone
    .venv/bin/python benchmarks/search.py --seed 7 --beside FOLDER    and what `npm install` put into FOLDER
    .venv/bin/python benchmarks/search.py --seed 7 --episodes 5000 --each 10    a longer archive

    mkdir FOLDER && cd FOLDER && npm install pagefind@1.5.2 minisearch@7.2.0    what it is compared with (needs Node.js)

50 questions of each kind are made by the seed and asked in Debian's Chromium, over a server on this computer that
compresses as publishing to S3 does. A kind's first question is asked in a browser that knows nothing yet, its others in
the same page. Bytes are what the server sends, with headers; milliseconds are those of the same question asked once
more, when all its bytes are there. Of placecast they hold everything that a visitor needs: page, style, scripts, index
and what is shown. Of the others: their scripts, their index and the texts that they would show, from an empty page.

An answer is right if the words are said in this episode within 25 seconds of it, which is the length of a passage;
Pagefind's pages hold an episode each, so there any time in it counts. "Lands": one of the first three answers is
within 3 seconds of the words.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import search_sites as sites  # noqa: E402
from benchmarks.search_sites import KINDS, Asked  # noqa: E402
from placecast.media_types import is_compressible, media_type  # noqa: E402
from placecast.search import FOLDER  # noqa: E402

_NEAR, _LANDS = 25.0, 3.0  # seconds
_ASK = {
    "placecast": """
globalThis.ask = (text) => new Promise((resolve) => {
  const status = document.querySelector("[data-status]");
  const answer = () => [...document.querySelectorAll("[data-found] li li")].map((line) => {
    const [, episode, seconds] = /episode-(\\d+).*#t=(.*)/.exec(line.querySelector("a").href);
    return [Number(episode), Number(seconds)];
  });
  new MutationObserver((_, observer) => {
    if (/^Searching/.test(status.textContent)) return;
    observer.disconnect();
    resolve(answer());
  }).observe(status, { childList: true, characterData: true, subtree: true });
  document.querySelector("#q").value = text;
  document.querySelector("[data-search]").requestSubmit();
});""",
    "Pagefind": """
globalThis.ask = async (text) => {
  globalThis.engine ??= await import("/pagefind/pagefind.js");
  const { results } = await engine.search(text);
  const found = await Promise.all(results.slice(0, 10).map((each) => each.data()));
  return found.map(({ url }) => /e\\/(\\d+)\\/(.*?)\\.html/.exec(url).slice(1).map(Number));
};""",
    "MiniSearch": """
globalThis.ask = async (text) => {
  const { default: MiniSearch } = await import("/minisearch.js");
  const options = { fields: ["text"], storeFields: ["text"] };
  globalThis.engine ??= MiniSearch.loadJSON(await (await fetch("/index.json")).text(), options);
  return engine.search(text, { fuzzy: 0.2 }).slice(0, 10).map(({ id }) => id.split("/").map(Number));
};""",
}
_TIMED = """async (text) => {
  const began = performance.now();
  const found = await ask(text);
  return [found, performance.now() - began];
}"""


@dataclass(frozen=True, kw_only=True)
class Answered:
    asked: Asked
    found: Sequence[tuple[int, float]]
    sent: int  # bytes
    seconds: float

    def at(self, near: float, first: int) -> bool:
        """Whether one of the first answers is as near to the words as this."""
        return any(
            number == episode and abs(time - second) <= near
            for number, time in self.found[:first]
            for episode, second in self.asked.said
        )


class _Server(BaseHTTPRequestHandler):
    """A folder, compressed as on S3. `sent` counts the bytes."""

    protocol_version = "HTTP/1.1"

    def __init__(self, folder: Path, sent: Callable[[int], None], *rest: object) -> None:
        self._folder, self._sent = folder, sent
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).lstrip("/")
        file = self._folder / (path + "index.html" if path.endswith("/") or not path else path)
        known = file.is_file()
        content = file.read_bytes() if known else b"<!doctype html><title>Search</title>"
        headers = [f"HTTP/1.1 {200 if known or not path else 404} OK", f"Content-Type: {media_type(file.name)}"]
        if is_compressible(file.name):
            content = gzip.compress(content, 6, mtime=0)
            headers.append("Content-Encoding: gzip")
        keep = "no-cache" if file.suffix in (".html", "") else "max-age=31536000"
        headers += [f"Cache-Control: {keep}", f"Content-Length: {len(content)}", "", ""]
        answer = "\r\n".join(headers).encode() + content
        self._sent(len(answer))
        self.wfile.write(answer)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Callable[[], int]]]:
    """The address of a folder, and what tells how many bytes were sent since it told last."""
    sent: list[int] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Server, folder, sent.append))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def told() -> int:
        total = sum(sent)
        sent.clear()
        return total

    yield f"http://127.0.0.1:{server.server_port}/", told
    server.shutdown()
    server.server_close()


@contextmanager
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def answers(browser, site: Path, name: str, asked: Sequence[Asked]) -> list[Answered]:
    """What is found for questions of one kind, in a browser that knows nothing before the first."""
    with serving(site) as (address, sent):
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{address}search/" if name == "placecast" else address)
        page.evaluate(f"() => {{{_ASK[name.split(',')[0]]}}}")  # a script element would break our pages' policy
        made = []
        for each in asked:
            found, _ = page.evaluate(_TIMED, each.text)
            page.wait_for_load_state("networkidle")
            needed = sent()
            _, taken = page.evaluate(_TIMED, each.text)
            made.append(Answered(asked=each, found=found, sent=needed, seconds=taken / 1000))
        context.close()
    return made


def right(name: str) -> float:
    """How near to the words an answer is right."""
    return float("inf") if name == "Pagefind, pages" else _NEAR


def shown(name: str, kind: str, found: Sequence[Answered]) -> str:
    first, *later = found
    kilobytes = [each.sent / 1000 for each in later]
    milliseconds = [each.seconds * 1000 for each in found]
    best, among = (sum(each.at(right(name), top) for each in found) for top in (1, 3))
    lands = "" if name == "Pagefind, pages" else f"{sum(each.at(_LANDS, 3) for each in found):5}"
    return (
        f"{name:19} {kind:15} {best:5} {among:5} {lands:5} {first.sent / 1000:9.1f} {median(kilobytes):7.1f}"
        f" {max(kilobytes):7.1f} {median(milliseconds):7.0f} {max(milliseconds):6.0f}"
    )


def sizes(site: Path) -> str:
    files = [path for path in site.rglob("*") if path.is_file()]
    index = [path for path in files if path.parent.name == FOLDER and path.suffix != ".html"]
    all_of_it = f"{len(files):,} files, {_megabytes(files)}"
    return f"{all_of_it}; of them the index {len(index):,} files, {_megabytes(index)}" if index else all_of_it


def _megabytes(files: Sequence[Path]) -> str:
    return f"{sum(path.stat().st_size for path in files) / 1e6:.1f} MB"


def measure(work: Path, options: argparse.Namespace) -> None:
    talk = sites.talk(work, options.episodes, options.talk)
    asked = sites.questions(talk, options.seed, options.each)
    names = list(sites.SITES) if options.beside else ["placecast"]
    modules = options.beside / "node_modules" if options.beside else Path()
    for name in names:
        site = work / name.replace(", ", "-")
        shutil.rmtree(site, ignore_errors=True)
        seconds, memory = sites.build(name, talk, site, modules)
        needed = f"{seconds:.1f} s of the processor, {memory / 1e6:.0f} MB of memory"
        print(f"{name}: built with {needed}; {sizes(site)}", flush=True)
    print(f"{'':35} top 1 top 3 lands  first kB  later     max      ms    max")
    with chromium() as browser:
        for name in names:
            for kind in KINDS:
                same = [each for each in asked if each.kind == kind]
                found = answers(browser, work / name.replace(", ", "-"), name, same)
                print(shown(name, kind, found), flush=True)
                if options.missed:
                    missed = [each.asked for each in found if not each.at(right(name), 3)]
                    print(*(f"    {each.text} {each.said}" for each in missed), sep="\n")


def grow(work: Path, options: argparse.Namespace) -> None:
    full = options.episodes // 32 * 32  # where the first segment takes in the second
    counts = (full - 1, full, options.episodes - 1, options.episodes)
    for count, total, new in list(sites.growth(sites.talk(work, options.episodes, options.talk), counts)):
        if count in (full, options.episodes):
            print(f"episode {count}: {new / 1e6:.2f} of {total / 1e6:.2f} MB of the index are new, {new / total:.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, required=True, help="what the questions are made by")
    parser.add_argument("--talk", type=int, default=1, help="what the talk is made by (default: 1)")
    parser.add_argument("--episodes", type=int, default=500)
    parser.add_argument("--each", type=int, default=50, help="questions of each kind")
    parser.add_argument("--beside", type=Path, help="folder with node_modules: Pagefind and MiniSearch, too")
    parser.add_argument("--missed", action="store_true", help="say what was not found")
    parser.add_argument("--growth", action="store_true", help="only how much of the index one more episode changes")
    parser.add_argument("--work", type=Path, help="folder for the talk and the sites (default: one that is removed)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        (grow if options.growth else measure)(options.work or Path(temporary), options)


if __name__ == "__main__":
    main()
