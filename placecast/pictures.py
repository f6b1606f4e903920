"""The pictures of the public tree, each drawn once: it is drawn again only when what it shows has changed.

Their names say what they show. One that lies in the folder under its name, and is whole, stays as it is.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from placecast import drawing, looks, pages
from placecast.fingerprint import sha256
from placecast.model import AsItLies, Publication, Tree
from placecast.project import Project

_DRAWN = "drawn"  # a kind of memory


def drawn(project: Project, published: Publication, folder: Path) -> Tree:
    """Every picture that the pages show: as it lies in this folder of the project, or drawn now."""
    wanted = pages.drawn(published)
    there = {path: lying for path in wanted if (lying := _lying(project, folder / path))}
    # Half of the time goes into making JPEGs, where Pillow lets other threads run.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = {path: pool.submit(draw) for path, draw in wanted.items() if path not in there}
    return there | {path: each.result() for path, each in made.items()}


def settle(project: Project, published: Publication, tree: Tree) -> None:
    """Keep in mind what was drawn of this tree: it has been written into the folder `feed` now."""
    for path in pages.drawn(published):
        file = project.feed / path
        if isinstance(content := tree[path], bytes):
            project.memory.keep(_DRAWN, project.shown(file), looks.look(file), [len(content), sha256(content)])


def _lying(project: Project, file: Path) -> AsItLies | None:
    """What is known of this file, or found out now; None when it is not there or not whole."""
    look = looks.look(file)
    known = project.memory.found(_DRAWN, project.shown(file), look, lambda: _facts_of(file)) if look else []
    return AsItLies(size=known[0], sha256=known[1]) if known else None


def _facts_of(file: Path) -> list[object]:
    content = file.read_bytes()
    return [len(content), sha256(content)] if drawing.is_whole(content) else []
