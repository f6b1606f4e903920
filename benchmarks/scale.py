"""What a long archive costs: the feed of 1,000 and 10,000 episodes, and building a show of 1,000 again.

    .venv/bin/python benchmarks/scale.py feed              rendering the feed: CPU seconds and peak memory
    .venv/bin/python benchmarks/scale.py build             building: from nothing, by one process and by many; changed
    .venv/bin/python benchmarks/scale.py growth            one changed, with ever longer transcripts

Each measurement runs in a process of its own. The show is made up, with the same bytes for the same seed: every
episode has notes, people, a place, chapters, a soundbite, a transcript that a machine wrote, and its words.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FIRST = datetime(2000, 1, 3, 7, tzinfo=UTC)
_WORDS = 5_700


class Speech:
    """Sentences of made-up words, which are as unequally frequent as those of a language."""

    def __init__(self, chance: random.Random) -> None:
        letters = dict(zip("etaoinshrdlucmfwypvbgk", range(22, 0, -1), strict=True))
        self._words = [
            "".join(chance.choices([*letters], [*letters.values()], k=chance.randint(2, 9))) for _ in range(8_000)
        ]
        self._ranks = [1 / (rank + 3) for rank in range(len(self._words))]
        self._chance = chance

    def words(self, count: int) -> list[str]:
        return self._chance.choices(self._words, self._ranks, k=count)

    def text(self, count: int) -> str:
        return " ".join(self.words(count)).capitalize() + "."


def slug_of(number: int) -> str:
    return f"episode-{number:05d}"


def make_show(folder: Path, episodes: int, words: int = _WORDS, seed: int = 5) -> None:
    """Write the folder of a show with so many episodes of so many words each; no sound, but all that is known of it."""
    say = Speech(random.Random(seed))
    shutil.copy(ROOT / "cover.png", folder / "cover.png")
    (folder / "placecast.toml").write_text(_SHOW)
    (folder / "names.toml").write_text('[[places]]\nname = "Grimsby"\ngeo = "geo:53.5654,-0.0755"\ncountry = "GB"\n')
    (folder / "transcripts").mkdir()
    for number in range(1, episodes + 1):
        _make_episode(folder, number, words, say)


def _make_episode(folder: Path, number: int, words: int, say: Speech) -> None:
    from placecast import record, vtt
    from placecast.fingerprint import sha256
    from placecast.model import Audio, Cue, MachineRecord, MadeFrom, Mastering, Transcript, Word

    slug = slug_of(number)
    home = folder / "episodes" / slug
    home.mkdir(parents=True)
    (home / "episode.md").write_text(_episode(number, say))
    heard, cues, now = [], [], 0.5
    for first in range(0, words, 12):
        said = say.text(min(12, words - first)).split()
        start = now
        for word in said:
            heard.append(Word(start=round(now, 2), end=round(now + 0.3, 2), text=f" {word}", probability=0.9))
            now += 0.35
        cues.append(Cue(start=round(start, 3), end=round(now - 0.05, 3), text=" ".join(said), speaker="Rosa Hartley"))
        now += 0.4
    text = vtt.write(Transcript(cues=tuple(cues), language="en-GB"))
    digest = sha256(slug.encode())
    made_from = MadeFrom(recording=digest, mastering=Mastering(), version=1)
    sound = Audio(
        name=Audio.name_for(slug, digest),
        bytes=21_600_768,
        seconds=round(now + 1, 3),
        sha256=digest,
        loudness=-16.0,
        true_peak=-1.3,
        made_from=made_from,
    )
    (home / "audio.json").write_text(json.dumps(asdict(sound), indent=2) + "\n")
    kept = MachineRecord(
        recording=digest,
        engine="whisper",
        model="base",
        weights="0" * 64,
        options={},
        language="en-GB",
        vtt=sha256(text.encode()),
        words=tuple(heard),
    )
    (folder / "transcripts" / f"{slug}.vtt").write_text(text)
    (folder / "transcripts" / f"{slug}.words.json").write_text(record.write_record(kept))


def _episode(number: int, say: Speech) -> str:
    published = (_FIRST + timedelta(hours=12 * number)).isoformat()
    people = "".join(f'[[people]]\nname = "{say.text(2)[:-1].title()}"\nrole = "guest"\n\n' for _ in range(2))
    chapters = "".join(
        f'[[chapters]]\nstart = {minute * 60}\ntitle = "{say.text(4)}"\n\n' for minute in range(0, 25, 5)
    )
    notes = "\n\n".join(say.text(40) for _ in range(4)) + f"\n\n- [{say.text(3)}](https://example.org/{number})\n"
    return (
        f'+++\ntitle = "{say.text(5)}"\nguid = "guid-{number}"\npublished = {published}\n'
        f"season = 1\nnumber = {number}\n"
        f'summary = "{say.text(30)}"\n\n{people}[[places]]\nname = "Grimsby"\n\n{chapters}'
        f'[[soundbites]]\nstart = 61\nduration = 30\ntitle = "{say.text(5)}"\n+++\n{notes}'
    )


_SHOW = """\
title = "A long archive"
description = "A show that was made up to be measured."
url = "https://podcast.example/"
guid = "63d83930-8cc3-52ff-a665-d75dd2454868"
author = "Nobody"
categories = ["Government"]
cover = "cover.png"
license = "cc-by-4.0"

[owner]
name = "Nobody"
email = "podcast@podcast.example"

[[people]]
name = "Rosa Hartley"
role = "host"

[transcription]
engine = "whisper"
model = "base"

[target]
folder = "public"
"""


def feed(folder: Path) -> dict[str, float]:
    """The feed of a show, rendered in this process: CPU seconds, and by how much the peak of its memory has grown."""
    from placecast import building, rss
    from placecast.project import Project

    project = Project(root=folder)
    published = building.publication(project, *project.load(), datetime.now(UTC))
    rss.render(replace(published, releases=published.releases[:2]))  # loads what is needed
    before, start = _peak(), time.process_time()
    size = len(rss.render(published))
    cpu = time.process_time() - start
    return {"episodes": len(published.releases), "MB of XML": size / 1e6, "CPU s": cpu, "MB more": _peak() - before}


def built(folder: Path, processes: int = 0) -> dict[str, float]:
    """`placecast build` in a process of its own: CPU and wall seconds, peak memory in MB.

    The memory is its own, and that of its largest helper. `processes`: how many share the work; 0: as many as there
    are cores.
    """
    setting = {"PYTHONDONTWRITEBYTECODE": ""}  # as on a producer's machine
    setting |= {"PLACECAST_PROCESSES": str(processes)} if processes else {}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", _PEAK, "build", "--quiet", "-C", str(folder)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=os.environ | setting)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peaks = map(float, told.stderr.split()[-2:])
    return {
        "CPU s": cpu,
        "wall s": time.perf_counter() - start,
        **dict(zip(("MB at most", "MB a helper"), peaks, strict=True)),
    }


_PEAK = (
    "import atexit, resource, sys; from placecast.cli import main\n"
    "most = lambda who: resource.getrusage(who).ru_maxrss / 1024\n"
    "peak = lambda: print(most(resource.RUSAGE_SELF), most(resource.RUSAGE_CHILDREN), file=sys.stderr)\n"
    "atexit.register(peak); sys.argv[0] = 'placecast'; main()"
)


def correct(folder: Path, number: int) -> None:
    """As a producer does: a word more in one sentence of one transcript."""
    path = folder / "transcripts" / f"{slug_of(number)}.vtt"
    path.write_text(path.read_text().replace(".\n", " indeed.\n", 1))


def measure_feed(episodes: Sequence[int]) -> None:
    for count in episodes:
        with _show(count, words=24) as folder:
            _tell("feed", _apart("feed", folder))


def measure_build(episodes: int) -> None:
    with _show(episodes) as folder:
        print("load of the machine:", *os.getloadavg())
        _tell("from nothing, one process", built(folder, 1))
        shutil.rmtree(folder / "feed")
        shutil.rmtree(folder / ".placecast")
        _tell("from nothing", built(folder))
        built(folder)
        _tell("nothing has changed", built(folder))
        correct(folder, episodes // 2)
        _tell("one transcript has changed", built(folder))
        note = folder / "episodes" / slug_of(episodes // 2) / "episode.md"
        note.write_text(note.read_text() + "\nOne more line.\n")
        _tell("one episode's notes have changed", built(folder))


def measure_growth(episodes: int) -> None:
    for words in (100, 1_000, 10_000):
        with _show(episodes, words) as folder:
            whole = built(folder)
            correct(folder, episodes // 2)
            _tell(f"{words} words each", {"from nothing, CPU s": whole["CPU s"], **built(folder)})


@contextmanager
def _show(episodes: int, words: int = _WORDS) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        make_show(Path(name), episodes, words)
        yield Path(name)


def _apart(what: str, folder: Path) -> dict[str, float]:
    told = subprocess.run([sys.executable, __file__, what, "--of", folder], check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(told.stdout)
    return found


def _tell(what: str, found: dict[str, float]) -> None:
    print(f"{what:34}", ", ".join(f"{value:.2f} {name}" for name, value in found.items()), flush=True)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["feed", "build", "growth"])
    parser.add_argument("--episodes", type=int, nargs="+", help="how many; feed: 1000 10000, build: 1000, growth: 200")
    parser.add_argument("--of", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.of:
        print(json.dumps(feed(asked.of)))
    elif asked.what == "feed":
        measure_feed(asked.episodes or (1_000, 10_000))
    elif asked.what == "build":
        measure_build(*(asked.episodes or (1_000,)))
    else:
        measure_growth(*(asked.episodes or (200,)))


if __name__ == "__main__":
    main()
