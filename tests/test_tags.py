"""Tags: what others read in what we write, and what we read in what producers bring."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import mutagen.id3
import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen.mp3 import MP3

from placecast.containers import opened
from placecast.errors import TagError
from placecast.model import Chapter, Image
from placecast.tags import read_embedded, write_tags
from tests import sounds
from tests.feeds import SUMMER_MORNING, episode, show

CHAPTERS = (
    Chapter(seconds=0, title="Welcome to a conversation with a very long title"),
    Chapter(seconds=1.5, title="Ty", url="https://example.org/a b/ŷ"),
    Chapter(seconds=2.25, title="“Pwy sy’n ymddiried?” 🚋"),
)


@pytest.fixture
def master(tmp_path: Path) -> Path:
    options = {"id3v2_version": "0"}
    return sounds.save(tmp_path / "master.mp3", sounds.speech(4.0), kbps=96, options=options)


@pytest.fixture
def cover(tmp_path: Path) -> Image:
    source = tmp_path / "cover.png"
    source.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(3000))
    return Image(source=source, name="cover-0.png", type="image/png", width=1400, height=1400)


def tagged(master: Path, cover: Image, *, seconds: float = 4.0, facts: dict[str, Any] | None = None, **of: Any) -> Path:
    """A tagged copy. `facts` change the episode, all else the show."""
    out = master.with_name("tagged.mp3")
    about = {"season": 2, "number": 12, "chapters": CHAPTERS, **(facts or {})}
    write_tags(
        master,
        out,
        show=show(cover=cover, **of),
        episode=episode(**about),
        published=about.get("published", SUMMER_MORNING),
        seconds=seconds,
    )
    return out


def texts(path: Path) -> dict[str, str]:
    return {frame.FrameID: str(frame) for frame in MP3(path).tags.values()}


def probed(path: Path) -> Any:
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json", str(path)]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def test_every_fact_has_its_frame(master: Path, cover: Image) -> None:
    out = tagged(master, cover)
    tags = MP3(out, translate=False).tags
    found = {frame.FrameID: str(frame) for frame in tags.values() if isinstance(frame, mutagen.id3.TextFrame)}
    assert tags.version == (2, 3, 0)
    assert found == {
        "TIT2": "Who trusts the council?",
        "TALB": "Placecast",
        "TPE1": "Local Policy Innovation Partnership Hub",
        "TRCK": "12",
        "TPOS": "2",
        "TYER": "2026",
        "TDAT": "0105",
        "TCON": "Podcast",
        "TLAN": "eng",
        "TCOP": "2026 LPIP Hub",
        "TDES": "Why some towns trust their council & others do not.",
        "COMM": "Why some towns trust their council & others do not.",
    }
    assert tags.getall("COMM")[0].lang == "eng"
    assert tags.getall("WOAF")[0].url == "https://podcast.example.org/placecast/e/trust/"
    picture = tags.getall("APIC")[0]
    assert (picture.type, picture.mime, picture.data) == (3, "image/png", cover.source.read_bytes())


def test_a_file_is_opened_without_decoding_its_cover(master: Path, cover: Image) -> None:
    PIL.Image.new("RGB", (1400, 1400), "green").save(cover.source)
    path = tagged(master, cover)
    with av.open(str(path)) as by_ffmpeg, opened(path) as by_us:
        assert [stream.type for stream in by_us.streams] == [stream.type for stream in by_ffmpeg.streams]
        assert by_ffmpeg.streams.video[0].codec_context.pix_fmt == "rgb24"  # FFmpeg has looked into it
        assert by_us.streams.video[0].codec_context.pix_fmt is None
        sound = by_us.streams.audio[0]
        assert (sound.rate, sound.channels, by_us.duration) == (48000, 1, by_ffmpeg.duration)
        assert sum(frame.samples for frame in by_us.decode(sound)) > 48000


def test_the_coded_sound_is_unchanged_and_follows_the_tag_at_once(master: Path, cover: Image) -> None:
    data = tagged(master, cover).read_bytes()
    size = mutagen.id3.BitPaddedInt(data[6:10])
    assert data[10 + size :] == master.read_bytes()


def test_the_same_facts_give_the_same_bytes(master: Path, cover: Image) -> None:
    first = tagged(master, cover).read_bytes()
    assert tagged(master, cover).read_bytes() == first


def test_facts_that_are_not_known_have_no_frame(master: Path, cover: Image) -> None:
    facts = {"season": None, "number": None, "summary": "", "chapters": ()}
    out = tagged(master, cover, facts=facts, copyright="", language="tlh-XX")
    assert {frame.FrameID for frame in MP3(out, translate=False).tags.values()} == {
        *("TIT2", "TALB", "TPE1", "TYER", "TDAT", "TCON", "TLAN", "WOAF", "APIC")
    }


@pytest.mark.parametrize(
    ("language", "code"), [("en-GB", "eng"), ("cy", "cym"), ("de-AT", "deu"), ("gsw", "gsw"), ("zh-Hant-TW", "zho")]
)
def test_the_language_has_three_letters(master: Path, cover: Image, language: str, code: str) -> None:
    assert texts(tagged(master, cover, language=language))["TLAN"] == code


@pytest.mark.parametrize(
    ("rights", "written"),
    [("LPIP Hub", "2026 LPIP Hub"), ("2019 LPIP Hub", "2019 LPIP Hub"), ("3D Ltd", "2026 3D Ltd")],
)
def test_the_copyright_starts_with_a_year(master: Path, cover: Image, rights: str, written: str) -> None:
    assert texts(tagged(master, cover, copyright=rights))["TCOP"] == written


def test_the_date_is_the_one_where_the_show_is(master: Path, cover: Image) -> None:
    late = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)  # already August in London
    tags = MP3(tagged(master, cover, facts={"published": late}), translate=False).tags
    assert str(tags["TDAT"]) == "0108"


def test_chapters_are_in_the_file_in_time_order_though_their_titles_differ_in_length(
    master: Path, cover: Image
) -> None:
    shuffled = {"chapters": (CHAPTERS[2], CHAPTERS[0], CHAPTERS[1])}
    out = tagged(master, cover, facts=shuffled)
    tags = MP3(out).tags
    data = out.read_bytes()
    places = [data.index(b"CHAP", 0)]
    while (place := data.find(b"CHAP", places[-1] + 1)) > 0:
        places.append(place)
    starts = [int.from_bytes(data[place + 15 : place + 19], "big") for place in places]
    assert starts == [0, 1500, 2250]
    (contents,) = tags.getall("CTOC")
    flags = mutagen.id3.CTOCFlags
    assert contents.flags == flags.TOP_LEVEL | flags.ORDERED
    assert [tags[f"CHAP:{name}"].start_time for name in contents.child_element_ids] == [0, 1500, 2250]
    assert [tags[f"CHAP:{name}"].end_time for name in contents.child_element_ids] == [1500, 2250, 4000]
    assert {frame.start_offset for frame in tags.getall("CHAP")} == {0xFFFFFFFF}
    assert {frame.end_offset for frame in tags.getall("CHAP")} == {0xFFFFFFFF}


@pytest.mark.ffprobe
def test_another_reader_sees_chapters_cover_and_facts(master: Path, cover: Image) -> None:
    report = probed(tagged(master, cover))
    chapters = [(float(each["start_time"]), each["tags"]["title"]) for each in report["chapters"]]
    assert chapters == [(chapter.seconds, chapter.title) for chapter in CHAPTERS]
    assert float(report["chapters"][-1]["end_time"]) == 4.0
    assert float(report["format"]["duration"]) == pytest.approx(4.0, abs=0.04)
    tags = report["format"]["tags"]
    assert (tags["title"], tags["album"], tags["track"]) == ("Who trusts the council?", "Placecast", "12")
    assert [stream["codec_type"] for stream in report["streams"]] == ["audio", "video"]


def test_what_we_write_we_read(master: Path, cover: Image) -> None:
    found = read_embedded(tagged(master, cover))
    assert (found.title, found.album, found.number, found.season) == ("Who trusts the council?", "Placecast", 12, 2)
    assert (found.author, found.comment) == (show().author, episode().summary)
    links = ("", "https://example.org/a%20b/%C5%B7", "")
    assert [(each.seconds, each.title, each.url or "") for each in found.chapters] == [
        (chapter.seconds, chapter.title, link) for chapter, link in zip(CHAPTERS, links, strict=True)
    ]


_ANY_TEXT = st.text(st.characters(), min_size=1, max_size=40)  # surrogates and control characters too


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=_ANY_TEXT, summary=_ANY_TEXT, chapters=st.lists(_ANY_TEXT, max_size=4))
def test_no_text_breaks_a_tag(master: Path, cover: Image, title: str, summary: str, chapters: list[str]) -> None:
    marks = tuple(Chapter(seconds=number / 2, title=text, url=text) for number, text in enumerate(chapters))
    out = tagged(master, cover, facts={"title": title, "summary": summary, "chapters": marks})
    tags = MP3(out).tags
    assert len(tags.getall("CHAP")) == len(chapters)
    assert len(tags.getall("APIC")) == 1
    assert MP3(out).info.length == pytest.approx(4.0, abs=0.04)
    assert not any(ord(character) < 32 or 0xD800 <= ord(character) < 0xE000 for character in str(tags.get("TIT2", "")))


def test_a_title_keeps_its_slash_and_its_accents(master: Path, cover: Image) -> None:
    out = tagged(master, cover, facts={"title": "Tŷ / House: ½ a 🚋"})
    assert read_embedded(out).title == "Tŷ / House: ½ a 🚋"


def test_a_chapter_after_the_end_is_refused(master: Path, cover: Image) -> None:
    late = {"chapters": (Chapter(seconds=0, title="Start"), Chapter(seconds=75, title="Goodbye"))}
    with pytest.raises(TagError, match=r"“Goodbye” starts at 1:15, but the sound ends at 0:04"):
        tagged(master, cover, facts=late)


def test_more_chapters_than_a_file_can_list_are_refused(master: Path, cover: Image) -> None:
    many = {"chapters": tuple(Chapter(seconds=number / 100, title="x") for number in range(256))}
    with pytest.raises(TagError, match="256 chapters"):
        tagged(master, cover, facts=many)


def test_a_missing_cover_or_master_is_named_and_nothing_stays(master: Path, cover: Image) -> None:
    with pytest.raises(TagError, match=r"nowhere\.mp3|tagged\.mp3"):
        tagged(master.with_name("nowhere.mp3"), cover)
    cover.source.unlink()
    with pytest.raises(TagError, match=r"cover\.png"):
        tagged(master, cover)
    assert [path.name for path in master.parent.iterdir()] == ["master.mp3"]


METADATA = {"title": "Tŷ", "artist": "Nadia", "album": "Placecast", "track": "3/10", "disc": "2", "comment": "About it"}
MARKS = ((0.0, "One"), (2.0, "Two"))


@pytest.mark.parametrize("suffix", sounds.CODECS)
def test_what_a_recording_says_of_itself_is_read_from_every_kind_of_file(tmp_path: Path, suffix: str) -> None:
    sound = sounds.speech(4.0, channels=2)
    found = read_embedded(sounds.save(tmp_path / f"x{suffix}", sound, metadata=METADATA, chapters=MARKS))
    assert (found.title, found.author, found.album, found.comment) == ("Tŷ", "Nadia", "Placecast", "About it")
    assert found.number == 3
    assert found.season == (None if suffix == ".wav" else 2)  # WAV's INFO has no word for it
    if suffix in (".mp3", ".m4a", ".mp4", ".mkv", ".opus"):
        assert [(chapter.seconds, chapter.title) for chapter in found.chapters] == list(MARKS)


def test_id3_inside_a_wav_is_read(tmp_path: Path) -> None:
    from mutagen.wave import WAVE

    path = sounds.save(tmp_path / "x.wav", sounds.speech(2.0))
    file = WAVE(path)
    file.add_tags()
    file.tags.add(mutagen.id3.TIT2(encoding=3, text=["Inside"]))
    file.save()
    assert read_embedded(path).title == "Inside"


def test_a_file_that_says_nothing_gives_nothing(tmp_path: Path) -> None:
    found = read_embedded(sounds.save(tmp_path / "x.flac", sounds.speech(1.0)))
    assert found == type(found)()
    assert read_embedded(tmp_path / "missing.mp3") == type(found)()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(min_size=1, max_size=60), place=st.integers(min_value=0, max_value=600))
def test_a_broken_tag_never_stops_the_reading(master: Path, cover: Image, noise: bytes, place: int) -> None:
    out = tagged(master, cover)
    data = bytearray(out.read_bytes())
    data[place : place + len(noise)] = noise
    out.write_bytes(bytes(data))
    read_embedded(out)
