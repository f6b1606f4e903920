"""Each bad recording has its own sentence: the file, what is wrong with it, what to do. The show stays as it was."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from placecast import audio
from placecast.project import Project
from tests import sounds
from tests.bad_recordings import BAD, FINE, ODD, Kind, talk
from tests.commands import Command, fake_engine
from tests.small_show import SmallShow, files_below, make

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "bad-files.md"
HEAD = """\
# What placecast says about a bad recording

Made from the program by `UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_bad_files.py`; a test compares it.

A recording that cannot become an episode ends the command with the exit code 1. The show is then as it was: no episode
is begun, nothing that listeners have is touched, and your file stays where it is. An episode that you began with
`placecast new`, or whose title you typed in, stays too, and takes the next file of that name.

| the file | placecast says | what to do |
|---|---|---|
"""
MIDDLE = """
These are published all the same, with a note:

| the file | placecast says |
|---|---|
"""
TAIL = """
What stands in the way of a good recording is said in the same manner:

| what is wrong | placecast says | what to do |
|---|---|---|
| Another program is still writing it | it changed while it was read: another program is still writing it. | \
Wait until the copy or the export is done, then run the command again. |
| You may not read it | it cannot be opened: Permission denied. | Check who may read it. |
| A folder of the show cannot be written | cannot be read or written: Permission denied. | See that the disk has room \
and that you may write there, then run the same command again. |
| The disk is full before the recording is copied into the show | cannot be read or written: No space left on device. \
| See that the disk has room and that you may write there, then run the same command again. |
| The disk is full before the recording is mastered | nothing could be written there: No space left on device. \
| Check that the folder exists, that you \
may write in it and that the disk has room: an hour of sound needs up to 2 GB while it is worked on. |

A name may hold spaces, accents, quotation marks, even line ends. One that begins with a dash goes behind two dashes:
`placecast publish -- -odd-name.wav`.

A WAV has nothing in it by which damage in its middle could be known: listen to it. The same is true of an MP3 that does
not say how long it is and was cut off between two of its frames.
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A show with an episode that listeners have."""
    small = make(tmp_path_factory.mktemp("published") / "show")
    small.add("digbeth")
    small.publish()
    return small.project.root


@pytest.fixture
def show(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallShow:
    monkeypatch.setattr("placecast.transcribe.load_engine", fake_engine)
    shutil.copytree(published, tmp_path / "show")
    monkeypatch.chdir(tmp_path / "show")
    return SmallShow(project=Project(root=tmp_path / "show"))


@pytest.fixture
def placecast(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capfd)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """The folder where the producer keeps recordings."""
    (tmp_path / "desk").mkdir()
    return tmp_path / "desk"


def snapshot(root: Path) -> dict[str, tuple[object, ...]]:
    """Everything in a show but its cache: what it is, what is in it, and when it was written."""
    found = {}
    for path in sorted(root.rglob("*")):
        about, name = path.lstat(), path.relative_to(root).as_posix()
        if name.split("/")[0] == ".placecast":
            continue
        content = path.read_bytes() if path.is_file() else b""
        found[name] = (about.st_mode, content, about.st_ino, about.st_mtime_ns if path.is_file() else 0)
    return found


def sentence(err: str) -> tuple[str, str, str]:
    """The file, what is wrong, and what to do, in the last two lines of what was said."""
    *_, first, second = re.sub(r"\x1b\[[0-9;]*m", "", err).splitlines()
    file, _, what = first.partition(": ")
    return file, what, second.strip()


def note(err: str) -> str:
    """What is said of the file; that the made-up talk hisses is another thing."""
    (found,) = [line for line in err.splitlines() if "Note:" in line and "noisy" not in line]
    return re.sub(r"\x1b\[[0-9;]*m", "", found).partition("Note: ")[2].partition(": ")[2]


def ids(kind: Kind) -> str:
    return kind.called


@pytest.mark.parametrize("kind", BAD, ids=ids)
def test_a_bad_recording_is_refused_in_a_sentence_and_the_show_stays_as_it_was(
    show: SmallShow, placecast: Command, desk: Path, kind: Kind
) -> None:
    recording = kind.make(desk)
    before = snapshot(show.project.root)
    code, out, err = placecast("publish", "--no-input", str(recording))
    assert (code, out) == (1, "")
    file, what, cure = sentence(err)
    assert file == str(recording)
    assert kind.said in what
    assert cure
    assert "Traceback" not in err
    assert snapshot(show.project.root) == before
    assert in_table(refusal(kind.called, err))


DECODED = ("A FLAC that is damaged in its middle", "An MP3 that was cut off", "Silence", "A pipe")


@pytest.mark.parametrize("kind", [kind for kind in BAD if kind.called in DECODED], ids=ids)
def test_a_bad_recording_in_place_of_a_good_one_leaves_the_show_as_it_was(
    show: SmallShow, placecast: Command, desk: Path, kind: Kind
) -> None:
    recording = kind.make(desk)
    before = contents(show.project.root)
    code, _, err = placecast("replace", "digbeth", str(recording))
    assert code == 1
    assert sentence(err)[0] == str(recording)
    assert kind.said in sentence(err)[1]
    assert contents(show.project.root) == before


@pytest.mark.parametrize("kind", ODD, ids=ids)
def test_an_odd_recording_is_published_with_a_note(show: SmallShow, placecast: Command, desk: Path, kind: Kind) -> None:
    code, _, err = placecast("publish", "--no-input", str(kind.make(desk)))
    assert code == 0, err
    assert kind.said in note(err)
    assert in_table(remark(kind, err))


@pytest.mark.parametrize("kind", FINE, ids=ids)
def test_tags_of_any_size_and_shape_are_no_fault_of_the_sound(
    show: SmallShow, placecast: Command, desk: Path, kind: Kind
) -> None:
    code, _, err = placecast("publish", "--no-input", str(kind.make(desk)))
    assert code == 0, err
    assert "Note" not in err


def test_the_table_of_the_documents_holds_every_kind_once(show: SmallShow, placecast: Command, tmp_path: Path) -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        TABLE.write_text(table(placecast, tmp_path), "utf-8")
    rows = re.findall(r"^\| (.*?) \|", TABLE.read_text("utf-8"), re.MULTILINE)
    called = [kind.called for kind in (*BAD, *ODD)]
    assert [row for row in rows if row != "the file"][: len(called)] == called
    assert len(set(called)) == len(called)


def table(placecast: Command, folder: Path) -> str:
    refused, noted = "", ""
    for number, kind in enumerate((*BAD, *ODD)):
        (folder / str(number)).mkdir()
        code, _, err = placecast("publish", "--no-input", str(kind.make(folder / str(number))))
        if code:
            refused += refusal(kind.called, err)
        else:
            noted += remark(kind, err)
    return HEAD + refused + MIDDLE + noted + TAIL


def refusal(called: str, err: str) -> str:
    """The row in the table of those that are refused."""
    _, what, cure = sentence(err)
    return f"| {called} | {what} | {cure} |\n"


def remark(kind: Kind, err: str) -> str:
    """The kind's row in the table of those that are published."""
    return f"| {kind.called} | {re.sub(r'^recording[.a-z0-9]*', 'the file', note(err))} |\n"


def in_table(row: str) -> bool:
    return without_numbers(row) in without_numbers(TABLE.read_text("utf-8"))


def without_numbers(text: str) -> str:
    """Another version of FFmpeg may find a frame more or less."""
    return re.sub(r"\d+(\.\d+)?", "0", text)


@pytest.mark.parametrize(
    "kind", [kind for kind in BAD if kind.called in ("A pipe", "An empty file", "An MP3 that was cut off")], ids=ids
)
def test_the_command_itself_refuses_them_and_never_waits(show: SmallShow, desk: Path, kind: Kind) -> None:
    recording = kind.make(desk)
    before = snapshot(show.project.root)
    done = command(show.project.root, "publish", "--no-input", str(recording))
    assert done.returncode == 1
    assert kind.said in done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(show.project.root) == before


def command(
    folder: Path, *arguments: str, before: tuple[str, ...] = (), script: str = ""
) -> subprocess.CompletedProcess[str]:
    """`placecast` in a process of its own, with a stand-in for the engine."""
    words = [*before, sys.executable, "-c", script + _STAND_IN, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)


_STAND_IN = """
import placecast.transcribe
placecast.transcribe.load_engine = lambda *given, **told: placecast.transcribe.FakeEngine()
from placecast import cli
cli.main()
"""


def test_what_a_producer_wrote_about_an_episode_stays_when_its_recording_is_bad(
    show: SmallShow, placecast: Command, desk: Path
) -> None:
    recording = talk(desk / "trust.mp3")
    whole = recording.read_bytes()
    recording.write_bytes(whole[: len(whole) // 2])
    assert placecast("new", "--no-input", str(recording))[0] == 0
    before = snapshot(show.project.root)
    code, _, err = placecast("publish", "trust")
    assert code == 1
    assert "are missing" in err
    assert snapshot(show.project.root) == before
    recording.write_bytes(whole)
    code, _, err = placecast("publish", "--no-input", str(recording))
    assert code == 0, err
    assert "The recording of the unpublished episode trust is now this file." in err


def test_a_recording_that_went_bad_after_it_was_published_changes_nothing_for_listeners(
    show: SmallShow, placecast: Command
) -> None:
    recording = Path("episodes/digbeth/recording.wav")
    recording.write_bytes(recording.read_bytes()[:100_000])
    before = snapshot(show.project.root)
    code, _, err = placecast("publish", "--redo", "master")
    assert code == 1
    assert sentence(err)[0].endswith("episodes/digbeth/recording.wav")
    assert snapshot(show.project.root) == before


def test_a_bad_recording_inside_the_show_stays_where_it_is(show: SmallShow, placecast: Command) -> None:
    Path("episodes/trust").mkdir()
    recording = talk(Path("episodes/trust/trust.mp3"))
    recording.write_bytes(recording.read_bytes()[:20_000])
    before = snapshot(show.project.root)
    assert placecast("publish", "--no-input", str(recording))[0] == 1
    assert snapshot(show.project.root) == before


def test_of_two_recordings_the_good_one_is_kept(show: SmallShow, placecast: Command, desk: Path) -> None:
    good, bad = talk(desk / "good.wav"), talk(desk / "talk.mp3")
    bad.write_bytes(bad.read_bytes()[:20_000])
    code, _, err = placecast("publish", "--no-input", str(good), str(bad))
    assert code == 1
    assert sentence(err)[0] == str(bad)
    assert "The episode talk was taken back" in err
    assert sorted(path.name for path in Path("episodes").iterdir()) == ["digbeth", "good"]


@contextmanager
def growing(path: Path) -> Iterator[None]:
    """Another program is writing this file."""
    over = threading.Event()

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            while not over.wait(0.002):
                file.write(bytes(960))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()


def test_a_recording_that_is_still_being_written_is_refused(show: SmallShow, placecast: Command, desk: Path) -> None:
    recording = talk(desk / "talk.mp3", 60, options={"write_xing": "0"})  # so long that reading it takes a while
    before = snapshot(show.project.root)
    with growing(recording):
        code, _, err = placecast("publish", "--no-input", str(recording))
    assert code == 1
    assert in_table(refusal("Another program is still writing it", err))
    assert snapshot(show.project.root) == before


@pytest.mark.parametrize("command", [("publish", "--no-input"), ("replace", "digbeth")], ids=lambda words: words[0])
def test_a_recording_that_grew_after_it_was_copied_is_refused(
    show: SmallShow, placecast: Command, desk: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    recording = talk(desk / "talk.wav")
    before = contents(show.project.root)
    master = audio.master

    def slowly(*arguments: Any) -> Any:
        with recording.open("ab") as file:
            file.write(bytes(960))
        return master(*arguments)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(audio, "master", slowly, raising=False)
        code, _, err = placecast(*command, str(recording))
    assert code == 1
    assert in_table(refusal("Another program is still writing it", err))
    assert contents(show.project.root) == before
    assert placecast(*command, str(recording))[0] == 0


def test_of_a_recording_that_is_cut_off_because_it_still_grows_the_growing_is_told(
    show: SmallShow, placecast: Command, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = talk(desk / "talk.flac")
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 2])
    master = audio.master

    def slowly(*arguments: Any) -> Any:
        whole.write_bytes(content)
        return master(*arguments)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(audio, "master", slowly, raising=False)
        code, _, err = placecast("publish", "--no-input", str(whole))
    assert code == 1
    assert in_table(refusal("Another program is still writing it", err))
    assert placecast("publish", "--no-input", str(whole))[0] == 0


def test_a_recording_that_is_taken_away_once_it_is_copied_is_published(
    show: SmallShow, placecast: Command, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = talk(desk / "talk.wav")
    master = audio.master

    def alone(*arguments: Any) -> Any:
        recording.unlink()
        return master(*arguments)

    monkeypatch.setattr(audio, "master", alone, raising=False)
    assert placecast("publish", "--no-input", str(recording))[0] == 0


def test_a_recording_that_is_written_while_it_is_mastered_is_refused(show: SmallShow, placecast: Command) -> None:
    recording = sounds.save(show.add("hull") / "recording.mp3", sounds.speech(40.0), options={"write_xing": "0"})
    show.edit("hull", "recording.wav", "recording.mp3")
    with growing(recording):
        code, _, err = placecast("publish", "hull")
    assert code == 1
    assert "another program is still writing it" in err
    assert not Path("episodes/hull/audio.json").exists()


NAMES = (
    "with several  spaces.wav",
    unicodedata.normalize("NFC", "Siân – café.wav"),
    unicodedata.normalize("NFD", "Siân – café.wav"),
    "-rf.wav",
    "--help.wav",
    "two\nlines.wav",
    "tab\tand \x1b[2J.wav",
    'it\'s "quoted" `and` $HOME.wav',
    "back\\slash & <tag>.wav",
    "colon: http://x.wav".replace("/", "_"),
    "🎙️ שלום.wav",
    f"{'x' * 250}.wav",
    f"{'é' * 125}.wav",
    "no suffix",
    f"odd.{'y' * 250}",
    "con.wav",
    ".hidden.wav",
    os.fsdecode(b"latin \xe9\xff.wav"),
)


ANYWHERE = [(name, False) for name in NAMES] + [(name, True) for name in (*NAMES[2:8], NAMES[-1])]


@pytest.mark.parametrize(("name", "inside"), ANYWHERE, ids=ascii)
def test_a_recording_may_have_any_name(
    show: SmallShow, placecast: Command, desk: Path, name: str, inside: bool
) -> None:
    folder = Path() if inside else desk
    talk(folder / "plain.wav").rename(folder / name)
    given = name if inside else str(desk / name)
    code, _, err = placecast("publish", "--no-input", "--", given)
    assert code == 0, err
    assert len(list(show.target.glob("media/*.mp3"))) == 2
    code, out, err = placecast("publish", "--no-input", "--", given)
    assert (code, out.splitlines()[0]) == (0, "Nothing to do: everything is published as it is here."), err


@pytest.mark.parametrize(("typed", "there"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_is_found_in_whichever_way_its_accents_are_written(
    show: SmallShow, placecast: Command, desk: Path, typed: str, there: str
) -> None:
    name = "Siân.wav"
    talk(desk / "plain.wav").rename(desk / unicodedata.normalize(there, name))  # type: ignore[arg-type]
    code, _, err = placecast("publish", "--no-input", str(desk / unicodedata.normalize(typed, name)))  # type: ignore[arg-type]
    assert code == 0, err


@pytest.mark.parametrize("name", ["nowhere.wav", "x" * 300 + ".wav", "", "a/b/c.wav"])
def test_a_name_of_nothing_is_said(show: SmallShow, placecast: Command, name: str) -> None:
    before = snapshot(show.project.root)
    code, _, err = placecast("publish", "--no-input", name)
    assert code == 2
    assert "there is no such episode, and no such recording" in err
    assert snapshot(show.project.root) == before


@pytest.mark.parametrize("inside", [False, True], ids=["elsewhere", "in the show"])
def test_a_link_to_a_recording_is_as_good_as_the_recording(
    show: SmallShow, placecast: Command, desk: Path, inside: bool
) -> None:
    folder = Path("sound").absolute() if inside else desk
    folder.mkdir(exist_ok=True)
    real = talk(folder / "real.wav")
    Path("link.wav").symlink_to(real)
    code, _, err = placecast("publish", "--no-input", "link.wav")
    assert code == 0, err
    text = Path("episodes/link/episode.md").read_text("utf-8")
    assert ('recording = "../../sound/real.wav"' if inside else 'recording = "recording.wav"') in text
    assert Path("link.wav").is_symlink()
    assert real.is_file()


def test_an_episode_whose_recording_is_a_link_to_itself_is_one_without_a_recording(
    show: SmallShow, placecast: Command
) -> None:
    recording = Path("episodes/digbeth/recording.wav")
    recording.unlink()
    recording.symlink_to("recording.wav")
    assert placecast("publish")[0] == 0
    assert placecast("publish")[0] == 0
    code, _, err = placecast("publish", "episodes/digbeth/recording.wav")
    assert code == 1
    assert "leads back to itself" in err


def powerless() -> tuple[str, ...]:
    """What goes before a command so that it may not write where the modes of files forbid it, as root may."""
    if os.geteuid() != 0:
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("root may write everywhere, and setpriv is not here")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")


@contextmanager
def forbidden(path: Path, mode: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


def test_a_recording_that_may_not_be_read_is_refused(show: SmallShow, desk: Path) -> None:
    recording = talk(desk / "talk.wav")
    before = snapshot(show.project.root)
    with forbidden(recording, 0):
        done = command(show.project.root, "publish", "--no-input", str(recording), before=powerless())
    assert done.returncode == 1
    assert sentence(done.stderr) == (
        str(recording),
        "it cannot be opened: Permission denied.",
        "Check who may read it.",
    )
    assert snapshot(show.project.root) == before


@pytest.mark.parametrize("folder", [".placecast", "episodes"])
def test_in_a_folder_that_may_not_be_written_no_episode_is_begun(show: SmallShow, desk: Path, folder: str) -> None:
    recording = talk(desk / "talk.wav")
    before = snapshot(show.project.root)
    with forbidden(show.project.root / folder, 0o555):
        done = command(show.project.root, "publish", "--no-input", str(recording), before=powerless())
    assert done.returncode == 1
    assert folder in sentence(done.stderr)[0]
    assert in_table(refusal("A folder of the show cannot be written", done.stderr))
    assert "Traceback" not in done.stderr
    assert snapshot(show.project.root) == before


@pytest.mark.parametrize("folder", ["transcripts", "feed/media", "public"])
def test_after_a_folder_could_not_be_written_the_next_run_goes_on(
    show: SmallShow, placecast: Command, desk: Path, folder: str
) -> None:
    """The episode is mastered by then, and is not begun again."""
    recording = talk(desk / "talk.wav")
    with forbidden(show.project.root / folder, 0o555):
        done = command(show.project.root, "publish", "--no-input", str(recording), before=powerless())
    assert done.returncode in (1, 4), done.stderr
    assert folder in done.stderr
    assert "Traceback" not in done.stderr
    code, _, err = placecast("publish", "--no-input", str(recording))
    assert code == 0, err
    assert sorted(path.name for path in Path("episodes").iterdir()) == ["digbeth", "talk"]
    assert len(list(show.target.glob("media/*.mp3"))) == 2


_LIMIT = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"


@pytest.mark.parametrize("size", [0, 20_000, 500_000])
def test_a_disk_without_room_loses_nothing_and_the_next_run_goes_on(
    show: SmallShow, placecast: Command, desk: Path, size: int
) -> None:
    """A limit on the size of files stands for the disk: reached by a note, by the copy, by the samples."""
    recording = talk(desk / "talk.wav")
    before = snapshot(show.project.root)
    done = command(show.project.root, "publish", "--no-input", str(recording), script=_LIMIT.format(size=size))
    assert done.returncode == 1, done.stderr
    assert "the disk has room" in done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(show.project.root) == before
    code, _, err = placecast("publish", "--no-input", str(recording))
    assert code == 0, err
    assert sorted(path.name for path in Path("episodes").iterdir()) == ["digbeth", "talk"]


_SMALL_DISK = """
set -e
mkdir disk && mount -t tmpfs -o size=$1k tmpfs disk && cp -a show disk/show && cd disk/show && shift
set +e; "$@"; code=$?
cp -a ../show ../../left && exit $code
"""


@pytest.mark.parametrize(("kilobytes", "done_with_it"), [(900, "copied into the show"), (2500, "mastered")])
def test_a_disk_that_is_really_full_is_named(
    show: SmallShow, tmp_path: Path, desk: Path, kilobytes: int, done_with_it: str
) -> None:
    recording = talk(desk / "talk.wav", 8.0)
    room = ("unshare", "-m") if os.geteuid() == 0 else ("unshare", "-Urm")
    mounting = [*room, "mount", "-t", "tmpfs", "x", "/mnt"]
    if not shutil.which("unshare") or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("no disk of our own can be made here")
    used = sum(path.stat().st_size for path in show.project.root.rglob("*") if path.is_file()) // 1000
    before = contents(show.project.root)
    script = (*room, "sh", "-c", _SMALL_DISK, "sh", str(used + kilobytes))
    done = command(tmp_path, "publish", "--no-input", str(recording), before=script)
    assert done.returncode == 1, done.stderr
    assert in_table(refusal(f"The disk is full before the recording is {done_with_it}", done.stderr))
    assert "Traceback" not in done.stderr
    assert contents(tmp_path / "left") == before


def contents(root: Path) -> dict[str, bytes]:
    return {name: content for name, content in files_below(root).items() if not name.startswith(".placecast/")}
