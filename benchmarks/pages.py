"""What Lighthouse says of the pages, on a simulated phone with a slow line, and how many bytes they are.

    .venv/bin/python benchmarks/pages.py             every kind of page, an episode of 6,000 words among them
    .venv/bin/python benchmarks/pages.py --only search
    .venv/bin/python benchmarks/pages.py --rounds 5  the worst of five scores, and the median of the rest

It needs Node.js, npm and Chromium. The pages are served on the loopback address with the compression and the caching
that publishing to S3 gives them. Lighthouse comes from the lock file in benchmarks/lighthouse, with its install scripts
off.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))

from placecast import plan  # noqa: E402
from placecast.model import Publication  # noqa: E402
from placecast.pages import embedding  # noqa: E402
from tests import shows  # noqa: E402
from tests.run import install_npm_readers  # noqa: E402
from tests.test_pages_browser import CHROMIUM  # noqa: E402
from tests.test_pages_budgets import EPISODE, GONE, SITE, with_a_long_episode  # noqa: E402
from tests.web import Asked, Reply, serving  # noqa: E402

LIGHTHOUSE = ROOT / "benchmarks" / "lighthouse"
# Pages that search engines shall not list, which costs SEO's points: the player alone, what is missing or withdrawn.
PAGES = {
    "home": "",
    "episode": EPISODE.folder,
    "search": "search/",
    "search, found": "search/?q=high+street",
    "transcripts": "transcripts/",
    "people": "people/",
    "places": "places/",
    "about": "about/",
    "subscribe": "subscribe/",
    "accessibility": "accessibility/",
    "player": embedding.player_path(EPISODE),
    "withdrawn": GONE.folder,
    "missing": "404.html",
}
_SCORES = ("performance", "accessibility", "best-practices", "seo")
_TIMES = {
    "first-contentful-paint": "FCP s",
    "largest-contentful-paint": "LCP s",
    "total-blocking-time": "TBT ms",
    "cumulative-layout-shift": "CLS",
    "total-byte-weight": "kB",
}
_DIVISOR = {"FCP s": 1000, "LCP s": 1000, "kB": 1000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", metavar="PAGE", choices=PAGES, default=None)
    arguments = parser.parse_args()
    if left_out := install_npm_readers(LIGHTHOUSE):
        sys.exit(f"Nothing was measured: {left_out[0]}")
    print(f"| page | {' | '.join(_SCORES)} | {' | '.join(_TIMES.values())} | what cost points |")
    print("|---" * (len(_SCORES) + len(_TIMES) + 2) + "|")
    with _site(with_a_long_episode(SITE)) as address:
        for name in [arguments.only] if arguments.only else PAGES:
            print(_row(name, [_report(address + PAGES[name]) for _ in range(arguments.rounds)]), flush=True)


@contextmanager
def _site(publication: Publication) -> Iterator[str]:
    """The site as a bucket serves it."""
    with serving({}) as web, tempfile.TemporaryDirectory() as folder:
        show = replace(publication.show, url=web.address)
        tree = shows.write_site(replace(publication, show=show), Path(folder))
        (tree / show.cover.path).write_bytes((ROOT / "cover.png").read_bytes())
        files = {file.relative_to(tree).as_posix(): file.read_bytes() for file in tree.rglob("*") if file.is_file()}
        web.files |= files | _folders(files)
        web.files |= {page: web.files[page.partition("?")[0]] for page in PAGES.values() if "?" in page}
        web.change = _compressed
        yield web.address


def _folders(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {key.removesuffix("index.html"): page for key, page in files.items() if key.endswith("index.html")}


def _compressed(asked: Asked, reply: Reply) -> Reply:
    path = asked.key.partition("?")[0]
    key = f"{path}index.html" if path == "" or path.endswith("/") else path
    if reply.status != 200 or not plan.upload(key, reply.body, len(reply.body), "").gzip:
        return reply
    body = gzip.compress(reply.body, 6, mtime=0)
    return replace(reply.but("Content-Length", Content_Encoding="gzip"), body=body)


def _report(address: str) -> Any:
    command = ["node", LIGHTHOUSE / "node_modules" / "lighthouse" / "cli" / "index.js", address, "--quiet"]
    flags = ["--output=json", "--chrome-flags=--headless=new --no-sandbox --disable-gpu --mute-audio"]
    environment = os.environ | {"CHROME_PATH": str(CHROMIUM)}
    done = subprocess.run([*command, *flags], capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout)


def _row(name: str, reports: list[Any]) -> str:
    scores = [min(round(100 * report["categories"][each]["score"]) for report in reports) for each in _SCORES]
    times = [
        f"{median(report['audits'][audit]['numericValue'] for report in reports) / _DIVISOR.get(title, 1):.3g}"
        for audit, title in _TIMES.items()
    ]
    lost = sorted({audit for report in reports for audit in _lost(report)})
    return f"| {name} | {' | '.join(map(str, scores))} | {' | '.join(times)} | {', '.join(lost)} |"


def _lost(report: Any) -> Iterator[str]:
    """The audits that count in a score and are not passed in full."""
    for category in report["categories"].values():
        for told in category["auditRefs"]:
            score = report["audits"][told["id"]]["score"]
            if told["weight"] and score is not None and score < 1:
                yield f"{told['id']} {score:.2f}"


if __name__ == "__main__":
    main()
