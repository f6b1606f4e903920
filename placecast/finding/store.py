"""The file in the cache that answers `placecast search`: SQLite with its full-text search, FTS5.

It is never changed where it lies. An update writes a copy, which takes its place: nobody waits for a lock, reads half
of it, or finds it damaged by a run that was stopped. Whatever is wrong with it, it is made anew.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

from placecast import files
from placecast.errors import EngineError
from placecast.model import Transcript
from placecast.search import passages
from placecast.search.passages import FURTHER
from placecast.search.words import common, stemmer, words

Sentences = list[tuple[float, str, str]]
"""Of each sentence of a passage: the second, the text, and who says it ("" for nobody)."""

FILE = "search.sqlite"
# What reading a damaged file may end in: SQLite finds most of it, but not a text that is another text now.
DAMAGED = (sqlite3.Error, ValueError, TypeError, LookupError)
_ROOM = 20  # bits of a passage's number that count within its episode
_VERSION = 1
# Terms are letters and digits of any script, which this tokenizer leaves as they are; "_" joins two frequent words.
_SCHEMA = """
CREATE TABLE show (version INTEGER, program TEXT, seen TEXT, language TEXT);
CREATE TABLE episode (id INTEGER PRIMARY KEY, slug TEXT UNIQUE, about TEXT, language TEXT, passages INTEGER,
    title TEXT, published TEXT, day TEXT, withdrawn INTEGER, page TEXT, places TEXT, speakers TEXT);
CREATE TABLE passage (id INTEGER PRIMARY KEY, sentences TEXT);
CREATE TABLE word (word TEXT PRIMARY KEY, episodes INTEGER) WITHOUT ROWID;
CREATE VIRTUAL TABLE said USING fts5 (terms, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '_'");
"""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is kept of an episode beside its words."""

    slug: str
    title: str
    published: str  # ISO 8601; "" for a draft
    day: str  # of the show's zone
    withdrawn: bool
    page: str  # its address
    places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class State:
    """What an index was made of. `seen`: what every file looked like; "" when it is not known."""

    program: str
    seen: str
    language: str


class Store:
    """One such file, open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def state(self) -> State | None:
        """What it was made of; None for a file of another kind."""
        row = self.connection.execute("SELECT version, program, seen, language FROM show").fetchone()
        return State(program=row[1], seen=row[2], language=row[3]) if row and row[0] == _VERSION else None

    def abouts(self) -> dict[str, str]:
        """The names of what is known of each episode's words, by slug."""
        return dict(self.connection.execute("SELECT slug, about FROM episode"))

    def begin(self) -> None:
        """Make the tables of a new file."""
        try:
            self.connection.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            cure = "Use a Python whose SQLite has FTS5, as that of Debian or of python.org has."
            raise EngineError("SQLite", f"cannot search texts: {error}.", cure) from error

    def settle(self, state: State) -> None:
        """Say what it was made of."""
        self.connection.execute("DELETE FROM show")
        row = (_VERSION, state.program, state.seen, state.language)
        self.connection.execute("INSERT INTO show VALUES (?, ?, ?, ?)", row)

    def describe(self, known: Sequence[Known]) -> None:
        """Bring what is kept beside the words to this."""
        rows = (
            (each.title, each.published, each.day, each.withdrawn, each.page, json.dumps(each.places), each.slug)
            for each in known
        )
        update = "UPDATE episode SET title=?, published=?, day=?, withdrawn=?, page=?, places=? WHERE slug=?"
        self.connection.executemany(update, rows)

    def replace(self, slugs: Sequence[str], said: Iterator[tuple[str, str, Transcript]]) -> None:
        """Forget the words of these episodes, and take in others. `said`: slug, `about` and transcript of each."""
        counted: Counter[str] = Counter()
        for slug in slugs:
            counted.subtract(self._forget(slug))
        for slug, about, transcript in said:
            counted.update(self._take_in(slug, about, transcript))
        count = (
            "INSERT INTO word VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET episodes = episodes + excluded.episodes"
        )
        self.connection.executemany(count, sorted(counted.items()))
        self.connection.execute("DELETE FROM word WHERE episodes <= 0")

    def _take_in(self, slug: str, about: str, transcript: Transcript) -> set[str]:
        """Every word of the episode."""
        found = [
            [(round(cue.start, 3), cue.text, cue.speaker or "") for cue in passage] for passage in passages(transcript)
        ]
        speakers = list(dict.fromkeys(cue.speaker for cue in transcript.cues if cue.speaker))
        facts = (slug, about, transcript.language, len(found), json.dumps(speakers))
        insert = "INSERT INTO episode (slug, about, language, passages, speakers) VALUES (?, ?, ?, ?, ?)"
        first = first_passage(self.connection.execute(insert, facts).lastrowid or 0)
        texts = ((first + number, json.dumps(each, ensure_ascii=False)) for number, each in enumerate(found))
        self.connection.executemany("INSERT INTO passage VALUES (?, ?)", texts)
        rows = ((first + number, terms) for number, terms in enumerate(_terms(found, transcript.language)))
        self.connection.executemany("INSERT INTO said (rowid, terms) VALUES (?, ?)", rows)
        return _words(found)

    def _forget(self, slug: str) -> set[str]:
        """Every word that the episode had."""
        row = self.connection.execute("SELECT id, language FROM episode WHERE slug = ?", [slug]).fetchone()
        if not row:
            return set()
        first, end = first_passage(row[0]), first_passage(row[0] + 1)
        lying = "SELECT sentences FROM passage WHERE id >= ? AND id < ? ORDER BY id"
        found = [json.loads(text) for (text,) in self.connection.execute(lying, (first, end))]
        # FTS5 keeps no text of its own, so it is told what to forget: section 6.2 of its manual.
        rows = (("delete", first + number, terms) for number, terms in enumerate(_terms(found, row[1])))
        self.connection.executemany("INSERT INTO said (said, rowid, terms) VALUES (?, ?, ?)", rows)
        self.connection.execute("DELETE FROM passage WHERE id >= ? AND id < ?", (first, end))
        self.connection.execute("DELETE FROM episode WHERE id = ?", [row[0]])
        return _words(found)


def first_passage(episode: int) -> int:
    """The number of the first passage of an episode, by the number of the episode."""
    return episode << _ROOM


def episode_of(passage: int) -> int:
    """The number of the episode that a passage belongs to."""
    return passage >> _ROOM


@contextmanager
def reading(path: Path) -> Iterator[Store]:
    """The file as it lies; sqlite3.Error when it cannot be used."""
    # Nobody changes it where it lies, so no lock is needed.
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        yield Store(connection)


@contextmanager
def writing(path: Path, *, anew: bool) -> Iterator[Store]:
    """A new file, or a copy of the one that lies there, which takes its place when all went well."""
    with files.replacing(path) as temporary:
        if not anew:
            shutil.copyfile(path, temporary)
        with closing(sqlite3.connect(temporary)) as connection:
            # What is half done is thrown away, so no journal is needed.
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            store = Store(connection)
            if anew:
                store.begin()
            yield store
            connection.commit()


def _terms(found: Sequence[Sentences], language: str) -> Iterator[str]:
    """What each passage is looked up by: the stems of its words, and pairs of frequent words."""
    stem, frequent = stemmer(language), common(language)
    said = [words(" ".join(text for _, text, _ in passage)) for passage in found]
    for number, own in enumerate(said):
        heard = [*own, *islice(said[number + 1], FURTHER)] if number + 1 < len(said) else own
        single = {stem(word) for word in set(heard) - frequent}
        double = {f"{one}_{two}" for one, two in pairwise(heard) if one in frequent and two in frequent}
        yield " ".join(sorted(single | double))


def _words(found: Sequence[Sentences]) -> set[str]:
    return {word for passage in found for _, text, _ in passage for word in words(text)}
