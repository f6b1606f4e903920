"""The review page's server: what it tells and saves, and whom it refuses."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import threading
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from placecast import review
from placecast.errors import UsageError
from placecast.project.reviewing import doubts_of
from tests import desks, feeds, small_show, sounds
from tests.desks import SLUG, TOKEN, Table

Answer = tuple[int, dict[str, str], bytes]
Ask = Callable[..., Answer]


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with desks.running(desks.make(tmp_path)) as made:
        yield made


@pytest.fixture
def ask(table: Table) -> Ask:
    """Asks as the page itself does, but for the headers that are given; None leaves one out."""

    def ask(path: str, body: Any = None, *, method: str = "", token: str = TOKEN, **headers: str | None) -> Answer:
        sent: dict[str, str | None] = {"Host": f"127.0.0.1:{table.port}", "Sec-Fetch-Site": "same-origin"}
        if body is not None:
            sent |= {"Origin": f"http://127.0.0.1:{table.port}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", table.port, timeout=10)
        data = None if body is None else json.dumps(body)
        told = {name: value for name, value in sent.items() if value is not None}
        connection.request(method or ("GET" if body is None else "POST"), f"/{token}/{path}", data, told)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    return ask


def looked(ask: Ask) -> dict[str, Any]:
    status, _, content = ask("data")
    assert status == 200
    return dict(json.loads(content))


def edit(version: str, text: str = "Towns do better with parks.", first: int = 2, last: int = 3) -> dict[str, Any]:
    return {"version": version, "first": first, "last": last, "sentences": [{"text": text, "speaker": "Daniel Marsh"}]}


# What it does


def test_the_page_is_told_the_sentences_and_the_doubts_the_gravest_first(ask: Ask, table: Table) -> None:
    told = looked(ask)
    assert [cue["text"] for cue in told["cues"]] == table.cues
    assert [doubt["kind"] for doubt in told["doubts"]][:2] == ["phantom", "prompted"]
    assert {"Hounds", "Marsh"} <= {doubt["text"] for doubt in told["doubts"]}
    assert told["cues"][2]["words"][0] == [0, told["cues"][2]["start"]]
    assert told["review"] == {"approved": False, "said": "A machine’s transcript. Nobody has approved it."}


def test_an_edit_is_saved_in_its_sentence_alone_and_settles_the_doubt(ask: Ask, table: Table) -> None:
    before, lines = looked(ask), table.text
    status, _, content = ask("save", edit(before["version"]))
    after = json.loads(content)
    assert status == 200
    assert table.text == lines.replace("Hounds do", "<v Daniel Marsh>Towns do")
    assert "Hounds" not in {doubt["text"] for doubt in after["doubts"]}
    assert len(after["doubts"]) == len(before["doubts"]) - 1
    assert after["review"]["said"] == "Edited by people. Nobody has approved it."
    assert table.project.edited(SLUG)


def test_what_was_changed_elsewhere_meanwhile_is_never_overwritten(ask: Ask, table: Table) -> None:
    version = looked(ask)["version"]
    theirs = table.text.replace("by train", "by boat")
    table.path.write_text(theirs, "utf-8")
    for path, body in (("save", edit(version)), ("approve", {"version": version, "by": "Ana"})):
        status, _, content = ask(path, body)
        assert status == 409
        assert "was changed by another program" in json.loads(content)["error"]
    assert table.text == theirs
    assert not table.project.review_file(SLUG).exists()


def test_of_two_windows_that_save_at_once_one_is_told_of_the_other(ask: Ask, table: Table) -> None:
    version = looked(ask)["version"]
    statuses: list[int] = []
    texts = [f"Said in window {number}." for number in range(6)]
    threads = [
        threading.Thread(target=lambda text=text: statuses.append(ask("save", edit(version, text))[0]))
        for text in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409, 409, 409, 409, 409]
    assert sum(text in table.text for text in texts) == 1


def test_an_approval_is_recorded_and_a_later_edit_takes_it_away(ask: Ask, table: Table) -> None:
    version = looked(ask)["version"]
    status, _, content = ask("approve", {"version": version, "by": "  Ana Müller "})
    assert status == 200
    assert json.loads(content)["review"] == {"approved": True, "said": "Approved by Ana Müller on 3 May 2026."}
    assert table.project.verdict(table.episode).state == "approved"
    _, _, content = ask("save", edit(version))
    said = {"approved": False, "said": "The text has changed since Ana Müller approved the transcript."}
    assert json.loads(content)["review"] == said


def test_nobody_is_not_a_name(ask: Ask, table: Table) -> None:
    status, _, content = ask("approve", {"version": looked(ask)["version"], "by": " "})
    assert status == 400
    assert "Say who answers" in json.loads(content)["error"]
    assert not table.project.review_file(SLUG).exists()


def test_the_sound_comes_in_parts_so_that_the_page_can_jump(ask: Ask, table: Table) -> None:
    recording = (table.project.root / "episodes" / SLUG / "recording.wav").read_bytes()
    status, headers, content = ask("sound", Range="bytes=1000-1999")
    assert (status, content) == (206, recording[1000:2000])
    assert headers["content-type"] == "audio/wav"
    assert headers["content-range"] == f"bytes 1000-1999/{len(recording)}"


def test_without_sound_the_page_still_works(ask: Ask, table: Table) -> None:
    (table.project.root / "episodes" / SLUG / "recording.wav").unlink()
    assert looked(ask)["sound"] is False
    assert ask("sound")[0] == 404


def test_a_transcript_that_is_gone_or_broken_meanwhile_is_said(ask: Ask, table: Table) -> None:
    version = looked(ask)["version"]
    table.path.write_bytes(b"\xff\xfe")
    assert ask("save", edit(version))[0] == 400
    table.path.write_text("WEBVTT\n\nno times\n", "utf-8")
    status, _, content = ask("data")
    assert (status, "players leave it out" in json.loads(content)["error"]) == (400, True)
    table.path.unlink()
    assert "is gone" in json.loads(ask("data")[2])["error"]


def test_there_is_nothing_to_review_before_there_is_a_transcript(tmp_path: Path) -> None:
    made = small_show.make(tmp_path)
    made.add(SLUG)
    show, (episode,) = made.project.load()
    with pytest.raises(UsageError, match=r"has no transcript yet.\n  Make it first"):
        review.app(made.project, show, episode, token=TOKEN)


# Whom it refuses


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": None}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "https://127.0.0.1:{port}"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Host": "evil.example:{port}"}, 400),
        ({"Host": "evil.example:{port}", "Origin": "http://evil.example:{port}"}, 400),
        ({"Host": "127.0.0.1.evil.example:{port}"}, 400),
        ({"Host": "[::1]:{port}", "Origin": "http://[::1]:{port}"}, 400),
        ({"Host": ""}, 400),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": None}, 415),
        ({"Content_Length": "1000001"}, 413),
        ({"token": "guessed"}, 404),
        ({"token": ""}, 404),
        ({"token": TOKEN[:-1]}, 404),
        ({"token": "%C3%A9"}, 404),
    ],
)
@pytest.mark.parametrize("path", ["save", "approve"])
def test_nothing_is_changed_for_another_page(
    ask: Ask, table: Table, path: str, headers: dict[str, str | None], status: int
) -> None:
    version, before = looked(ask)["version"], table.text
    body = edit(version) if path == "save" else {"version": version, "by": "Mallory"}
    sent = {name: value and value.format(port=table.port) for name, value in headers.items()}
    assert ask(path, body, **sent)[0] == status
    assert table.text == before
    assert not table.project.review_file(SLUG).exists()


@pytest.mark.parametrize("path", ["", "data", "sound", "review.js"])
@pytest.mark.parametrize(
    "headers",
    [{"token": "guessed"}, {"token": ""}, {"Host": "evil.example"}, {"Sec_Fetch_Site": "cross-site"}],
)
def test_nothing_is_shown_to_another_page_either(ask: Ask, path: str, headers: dict[str, str]) -> None:
    status, told, content = ask(path, **headers)
    assert status in (400, 403, 404)
    assert b"Welcome" not in content
    assert not any(name.startswith("access-control") for name in told)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "POST"])
def test_no_other_method_does_anything(ask: Ask, table: Table, method: str) -> None:
    before = table.text
    status, told, _ = ask("data", {}, method=method)
    assert status == 405
    assert "access-control-allow-origin" not in told
    assert table.text == before


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_an_address_changes_nothing(ask: Ask, table: Table, method: str) -> None:
    assert ask("approve?by=Mallory", method=method)[0] == 405
    assert not table.project.review_file(SLUG).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"first": -1},
        {"last": 99},
        {"first": "two"},
        {"sentences": "none"},
        {"sentences": [{"text": 7}]},
        {"sentences": [{"text": "x", "start": -5.0, "end": 1.0}]},
        {"sentences": [{"text": "x", "start": 1e308, "end": 1e309}]},
        {"sentences": [{"text": "x", "colour": "red"}]},
        {"extra": 1},
        {"version": None},
    ],
)
def test_what_is_no_edit_is_refused(ask: Ask, table: Table, change: dict[str, Any]) -> None:
    before = table.text
    status, _, content = ask("save", edit(looked(ask)["version"]) | change)
    assert status == 400
    assert json.loads(content)["error"]
    assert table.text == before


def test_hostile_words_are_only_words(ask: Ask, table: Table) -> None:
    words = "</script><img src=x onerror=alert(1)> --> 00:00:01.000 &amp; <v Eve>\u2028"
    assert ask("save", edit(looked(ask)["version"], words))[0] == 200
    assert looked(ask)["cues"][2]["text"] == words.strip()
    assert len(table.cues) == 6


def test_every_answer_forbids_what_the_page_does_not_need(ask: Ask) -> None:
    for path in ("", "data", "review.css", "nowhere"):
        _, headers, _ = ask(path)
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert "http" not in policy
        assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")
        assert headers["x-content-type-options"] == "nosniff"


def test_the_page_asks_no_other_host() -> None:
    folder = Path(review.__file__).parent / "assets"
    for path in folder.iterdir():
        text = path.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "://" not in text, path.name
        assert "innerHTML" not in text, path.name


# As a program


def test_the_address_is_secret_and_ctrl_c_ends_it_and_harms_nothing(tmp_path: Path) -> None:
    table = desks.make(tmp_path)
    before = table.text
    code = (
        "import sys; from pathlib import Path; from placecast import review; from placecast.project import Project;"
        "project = Project(root=Path(sys.argv[1])); show, (episode,) = project.load();"
        "review.serve(project, show, episode, port=0, ready=lambda url: print(url, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        port, token = address.removeprefix("http://127.0.0.1:").rstrip("/").split("/")
        assert len(token) >= 43, "256 bits"
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=10)
        connection.request("GET", f"/{token}/")
        assert connection.getresponse().status == 200
        connection.close()
        server.send_signal(signal.SIGINT)
        assert server.wait(10) == 0
    assert table.text == before


def test_a_clip_holds_the_words_and_what_is_around_them(tmp_path: Path) -> None:
    table = desks.make(tmp_path)
    doubt = next(each for each in doubts_of(table.project, table.show, table.episode) if each.text == "Hounds")
    path = review.clip(table.project, table.episode, doubt)
    assert path.is_relative_to(table.project.cache)
    with (
        wave.open(str(path)) as clip,
        wave.open(str(table.project.root / "episodes" / SLUG / "recording.wav")) as whole,
    ):
        assert clip.getnframes() / clip.getframerate() == pytest.approx(doubt.end - doubt.start + 3, abs=0.002)
        assert clip.getframerate() == whole.getframerate()
        whole.setpos(round((doubt.start - 1.5) * whole.getframerate()))
        assert whole.getnchannels() == 1, "so that the clip must have the very samples"
        assert clip.readframes(1000) == whole.readframes(1000)


def test_a_clip_of_compressed_sound_begins_at_the_same_moment(tmp_path: Path) -> None:
    table = desks.make(tmp_path)
    doubt = doubts_of(table.project, table.show, table.episode)[-1]
    of_wav, rate = _samples(review.clip(table.project, table.episode, doubt))
    sounds.save(table.episode.file.with_name("recording.mp3"), sounds.speech(desks.SECONDS))
    compressed = replace(table.episode, recording=table.episode.file.with_name("recording.mp3"))
    of_mp3, _ = _samples(review.clip(table.project, compressed, doubt))
    size = min(len(of_wav), len(of_mp3))
    alike = np.fft.irfft(np.fft.rfft(of_wav[:size]) * np.conj(np.fft.rfft(of_mp3[:size])))
    shift = (int(np.argmax(alike)) + size // 2) % size - size // 2
    assert abs(shift) <= rate // 1000, "within a millisecond"


def _samples(path: Path) -> tuple[Any, int]:
    with wave.open(str(path)) as clip:
        return np.frombuffer(clip.readframes(clip.getnframes()), "<i2").astype(np.float64), clip.getframerate()


def test_without_any_sound_there_is_no_clip(tmp_path: Path) -> None:
    table = desks.make(tmp_path)
    (table.project.root / "episodes" / SLUG / "recording.wav").unlink()
    doubt = doubts_of(table.project, table.show, table.episode)[0]
    with pytest.raises(UsageError, match="no sound of it on this machine"):
        review.clip(table.project, table.episode, doubt)


def test_a_clip_of_a_recording_that_was_trimmed_begins_where_its_words_are(tmp_path: Path) -> None:
    table = desks.make(tmp_path)
    doubt = doubts_of(table.project, table.show, table.episode)[-1]
    plain, rate = _samples(review.clip(table.project, table.episode, doubt))
    recording = table.episode.recording
    assert recording
    with wave.open(str(recording)) as whole:
        shape, sound = whole.getparams(), whole.readframes(whole.getnframes())
    with wave.open(str(recording), "wb") as longer:
        longer.setparams(shape)
        longer.writeframes(bytes(2 * shape.sampwidth * rate) + sound)
    published = replace(feeds.audio(), name=f"{SLUG}-away.mp3", start=2.0)
    table.project.write_audio(SLUG, published)
    trimmed, _ = _samples(review.clip(table.project, table.episode, doubt))
    assert list(trimmed) == list(plain)
