"""The kit: what lies in its folder, what is made again, what is left as it is, which words are quoted, and the clip."""

from __future__ import annotations

import email
import json
import re
import wave
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from PIL import Image

from placecast import audiogram, captions, colours, vtt
from placecast.announcing import kit
from placecast.announcing.kit import Kit, Order
from placecast.audiogram import Clip
from placecast.cli import announcing, cli
from placecast.errors import UsageError
from placecast.model import Cue, Transcript, Word
from placecast.promotion import newsletter, quotes, stretch
from placecast.promotion.newsletter import Letter
from tests.conftest import ROOT
from tests.hostile import TEXTS
from tests.small_show import SmallShow, files_below, make
from tests.test_announced_texts import TOLD

SAID = (
    ("Rosa Hartley", 0.0, 0.6, "Welcome to the podcast, everybody who is listening."),
    ("Rosa Hartley", 0.6, 1.0, "So who decides what becomes of an empty shop?"),
    ("Daniel Marsh", 1.0, 1.6, "Nobody can decide it alone, because forty people own one street."),
    ("Daniel Marsh", 1.6, 2.2, "Um, you know, and that is sort of the thing about it, I mean."),
    ("Daniel Marsh", 2.2, 3.0, "A pension fund in London must say yes before a door in Grimsby can open."),
    ("Rosa Hartley", 3.0, 3.6, "We never knew that a hundred letters can be cheaper than one plan."),
)
CUES = tuple(Cue(start=start, end=end, text=text, speaker=speaker) for speaker, start, end, text in SAID)
GUEST = """[[people]]
name = "Daniel Marsh"
[[chapters]]"""


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    """A draft with a recording of four seconds and a transcript."""
    show = make(tmp_path / "show")
    show.add("trust", published="")
    show.edit("trust", "[[chapters]]", GUEST)
    show.project.write_edited("trust", vtt.write(Transcript(cues=CUES, language="en-GB")))
    return show


def prepared(show: SmallShow, **order: object) -> Kit:
    small = {"slug": "trust", "side": 160, "frames": 5} | order
    return kit.prepare(show.run(), Order(**small))  # type: ignore[arg-type]


def test_a_kit_has_everything_and_a_second_run_makes_nothing(show: SmallShow) -> None:
    first = prepared(show)
    assert set(first.made) == {path.name for path in first.folder.iterdir()} - {".kit.json"}
    assert {"bluesky.txt", "clip.mp4", "clip.srt", "clip.vtt", "newsletter.eml", "square.jpg"} <= set(first.made)
    before = files_below(first.folder)
    second = prepared(show)
    assert (second.made, second.kept) == ((), ())
    assert files_below(second.folder) == before
    for name, size in (("card.jpg", (1200, 630)), ("square.jpg", (1080, 1080))):
        with Image.open(first.folder / name) as picture:
            assert picture.size == size


def test_what_a_person_changed_stays_until_it_is_wanted_anew(show: SmallShow) -> None:
    folder = prepared(show, clip=False).folder
    (folder / "bluesky.txt").write_text("Ours.", "utf-8")
    show.edit("trust", 'title = "Trust"', 'title = "Distrust"')
    made = prepared(show, clip=False)
    assert made.kept == ("bluesky.txt",)
    assert {"mastodon.txt", "card.jpg", "square.jpg"} <= set(made.made)
    assert (folder / "bluesky.txt").read_text("utf-8") == "Ours."
    prepared(show, clip=False, anew=True)
    assert "Distrust" in (folder / "bluesky.txt").read_text("utf-8")


def test_git_keeps_no_kit_unless_the_producer_wants_that(show: SmallShow) -> None:
    ignored = prepared(show, clip=False).folder.parent / ".gitignore"
    assert ignored.read_text("utf-8").splitlines()[-1] == "*"
    ignored.unlink()
    prepared(show, clip=False)
    assert not ignored.exists()


def test_a_kit_without_its_memory_overwrites_nothing_that_differs(show: SmallShow) -> None:
    folder = prepared(show, clip=False).folder
    (folder / ".kit.json").write_text("[", "utf-8")
    (folder / "linkedin.txt").write_text("Ours.", "utf-8")
    made = prepared(show, clip=False)
    assert made.kept == ("linkedin.txt", "card.jpg", "square.jpg")
    assert (folder / "linkedin.txt").read_text("utf-8") == "Ours."


def test_an_episode_without_words_and_sound_has_a_kit_as_well(show: SmallShow) -> None:
    show.project.transcript_file("trust").unlink()
    made = prepared(show)
    assert (made.part, made.why) == (None, "there is no transcript with words to quote")
    assert "quotes.md" not in made.made
    (show.project.root / "episodes/trust/recording.wav").unlink()
    assert prepared(show).why == "its sound is not on this machine"


def test_words_that_cannot_be_written_are_told_of(show: SmallShow) -> None:
    prepared(show, part=(1.0, 3.0))
    assert show.last.warnings == []
    cues = tuple(replace(cue, text="誰が空き店舗の将来を決めるのか。") for cue in CUES)
    show.project.write_edited("trust", vtt.write(Transcript(cues=cues, language="ja")))
    prepared(show)
    assert "cannot write some of the words" in show.last.warnings[0]


def test_the_part_that_a_producer_chose_is_kept_in_mind(show: SmallShow) -> None:
    prepared(show, part=(1.0, 3.0))
    made = prepared(show)
    assert (made.part, made.why, made.made) == ((1.0, 3.0), "as you said", ())


def test_a_soundbite_is_the_clip_in_whole_sentences(show: SmallShow) -> None:
    show.edit("trust", "[[people]]", "[[soundbites]]\nstart = 0.9\nduration = 15\n[[people]]")
    made = prepared(show)
    assert made.why == "the soundbite in episode.md"
    assert made.part
    assert made.part[0] == 1.0


@pytest.mark.parametrize(("part", "said"), [((0.0, 0.5), "lasts 0"), ((0, 200), "lasts 200"), ((2.0, 60.0), "ends at")])
def test_a_part_that_is_none_is_refused(show: SmallShow, part: tuple[float, float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        prepared(show, part=part)


def test_quotes_say_when_who_and_that_nobody_has_checked_the_words(show: SmallShow) -> None:
    text = (prepared(show, clip=False).folder / "quotes.md").read_text("utf-8")
    assert "Nobody has checked the transcript" in text
    assert re.search(r"Daniel Marsh, 0:0\d: https://podcast\.example\.org/small/e/trust/#t=\d", text)


def test_the_best_quote_is_a_guests_whole_thought() -> None:
    first, *others = quotes.candidates(CUES, {"Daniel Marsh"})
    assert first.speaker == "Daniel Marsh"
    assert "Um" not in first.text
    texts = " ".join(each.text for each in (first, *others))
    assert "Welcome" not in texts
    assert "?" not in first.text


@given(st.lists(st.tuples(st.sampled_from(["A", "B", None]), st.text(max_size=90), st.floats(0.1, 9)), max_size=12))
def test_quotes_are_whole_sentences_in_place_and_never_overlap(said) -> None:
    clock, cues = 0.0, []
    for speaker, text, seconds in said:
        cues.append(Cue(start=clock, end=clock + seconds, text=text, speaker=speaker))
        clock += seconds + 1
    found = quotes.candidates(cues, {"A"})
    taken = [number for each in found for number in range(each.first, each.last + 1)]
    assert len(taken) == len(set(taken))
    for each in found:
        assert each.text == " ".join(" ".join(cue.text.split()) for cue in cues[each.first : each.last + 1])
        assert (each.start, each.end) == (cues[each.first].start, cues[each.last].end)
        start, end = stretch.around(each, cues, clock)
        assert start <= each.start < each.end <= end <= clock
        assert end - start <= max(stretch.LONGEST, each.end - each.start) + 1


def test_a_clip_around_a_quote_has_whole_sentences_and_a_good_length() -> None:
    cues = [Cue(start=5.0 * n, end=5.0 * n + 4, text=f"Sentence number {n}.", speaker="A") for n in range(40)]
    quote = quotes.Quote(start=100, end=104, text="", speaker="A", first=20, last=20)
    start, end = stretch.around(quote, cues, 200)
    assert stretch.SHORTEST <= end - start <= stretch.LONGEST
    assert start == pytest.approx(94.75)  # the sentence before, by the same person, and a breath
    assert end == pytest.approx(129.6)


def test_captions_of_a_stretch_count_from_its_beginning() -> None:
    words = [[Word(start=cue.start, end=cue.end, text=cue.text, probability=1)] for cue in CUES]
    shown = captions.of_stretch(CUES, words, 1.0, 3.0)
    assert shown[0].start == 0.0
    assert shown[0].text.startswith("Daniel Marsh:")
    assert shown[-1].end <= 2.0
    assert "Welcome" not in "".join(cue.text for cue in shown)


LETTER = Letter(
    told=TOLD,
    picture="https://podcast.example.org/e/trust/card.jpg",
    alternative="A card",
    quote="Nobody can decide it alone.",
    speaker="Daniel Marsh",
    listen="https://podcast.example.org/e/trust/#t=60",
    when="1:00",
    accent="#0b5a50",
    on_accent="#ffffff",
)


@settings(max_examples=40)
@given(TEXTS)
def test_a_newsletter_escapes_everything(text: str) -> None:
    text = " ".join(text.replace("\0", "").encode("utf-8", "replace").decode().split())
    told = replace(TOLD, title=text, show=text, summary=(text,))
    shown = replace(LETTER, told=told, quote=text, speaker=text, alternative=text)
    page = lxml_html.document_fromstring(newsletter.html(shown).encode("utf-8", "replace"))
    tags = {each.tag for each in page.iter() if isinstance(each.tag, str)}
    assert tags <= {"html", "head", "meta", "title", "body", "div", "p", "h1", "a", "img", "blockquote"}
    assert not [name for each in page.iter() for name in each.attrib if name.startswith("on")]
    assert all(each.get("href").startswith("https://") for each in page.iter("a"))
    assert newsletter.letter(shown)


def test_a_newsletter_has_no_style_sheet_and_words_for_its_picture() -> None:
    text = newsletter.html(LETTER)
    assert "<style" not in text
    assert "<script" not in text
    assert 'alt="A card"' in text
    assert text.count("style=") > 8


def test_a_letter_has_both_parts_and_the_same_bytes_each_time() -> None:
    content = newsletter.letter(LETTER)
    assert content == newsletter.letter(LETTER)
    message = email.message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    plain, rich = message.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().replace("\r\n", "\n") == newsletter.text(LETTER)
    assert max(map(len, content.splitlines())) <= 998  # RFC 5322, 2.1.1


def clip_of(tmp_path: Path, **changes: object) -> Clip:
    sound = tmp_path / "sound.wav"
    tone = (np.sin(np.arange(96_000) / 40) * 9000 * (np.arange(96_000) > 48_000)).astype("<i2")
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(32_000)
        file.writeframes(tone.tobytes())
    clip = Clip(
        sound=sound,
        start=0.5,
        end=2.5,
        captions=(Cue(start=0.0, end=1.0, text="Nobody can\ndecide it alone"),),
        title="Trust",
        show="Placecast",
        address="podcast.example.org",
        cover=ROOT / "cover.png",
        ground="#0b5a50",
        ink="#ffffff",
        side=160,
        frames=10,
    )
    return replace(clip, **changes)  # type: ignore[arg-type]


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24").astype(int) for frame in film.decode(video=0)]


def test_a_clip_is_a_film_that_every_network_takes(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    audiogram.make(clip_of(tmp_path), path)
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # it begins before it has arrived
    with av.open(str(path)) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (picture.codec_context.name, picture.pix_fmt, picture.frames) == ("h264", "yuv420p", 20)
        assert (sound.codec_context.name, sound.rate, sound.layout.name) == ("aac", 32_000, "mono")
        heard = sum(frame.samples for frame in film.decode(sound)) / sound.rate
    assert heard == pytest.approx(2.0, abs=0.1)


def test_a_clip_shows_its_words_while_they_are_said_and_its_wave_fills(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    audiogram.make(clip_of(tmp_path), path)
    frames = frames_of(path)
    words, wave_ = slice(50, 115), slice(122, 139)
    assert frames[5][words].max() > 200 > frames[15][words].max()
    ink = [int((frame[wave_].min(axis=2) > 215).sum()) for frame in frames]
    assert ink[19] > ink[10] >= ink[1]


def test_the_same_clip_has_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.mp4", tmp_path / "b.mp4"
    for path in (first, second):
        audiogram.make(clip_of(tmp_path), path)
    assert first.read_bytes() == second.read_bytes()


@settings(max_examples=25)
@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.sampled_from(["#ffffff", "#000000"]))
def test_words_and_wave_of_a_clip_can_be_seen_on_any_ground(colour: str, ink: str) -> None:
    ground = colours.nearest(colour, (ink,), colours.EASY)
    clip = Clip(
        sound=Path(), start=0, end=1, captions=(), title="", show="", address="", cover=Path(), ground=ground, ink=ink
    )
    stage = audiogram._Stage(clip=clip, samples=np.zeros(8, np.int16))
    assert colours.contrast(ground, ink) >= colours.EASY
    assert colours.contrast(ground, stage._waiting) >= 3


@pytest.mark.slow
def test_a_clip_as_it_is_meant_to_be(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    sound = ROOT / "episodes/whose-high-street/recording.flac"
    long = tuple(Cue(start=n * 3.0, end=n * 3.0 + 3, text="Nobody can decide alone " * 3) for n in range(10))
    audiogram.make(clip_of(tmp_path, sound=sound, end=30.5, side=1080, frames=20, captions=long), path)
    with av.open(str(path)) as film:
        assert (film.streams.video[0].width, film.streams.video[0].frames) == (1080, 600)
    assert path.stat().st_size < 5_000_000


def test_the_memory_of_a_kit_is_small_and_readable(show: SmallShow) -> None:
    folder = prepared(show, clip=False).folder
    known = json.loads((folder / ".kit.json").read_text("utf-8"))
    assert all(set(each) == {"source", "written"} for each in known.values())


def test_the_how_to_names_the_files_and_the_options_that_there_are(show: SmallShow) -> None:
    told = (ROOT / "docs/announcing.md").read_text("utf-8")
    files = set(re.findall(r"`([a-z-]+\.(?:txt|html|eml|jpg|mp4|vtt|srt|md))`", told)) - {"episode.md"}
    assert files == set(prepared(show).made)
    options = {option for each in announcing.announce.params for option in each.opts}
    assert set(re.findall(r"(--[a-z][a-z-]+)", told)) <= options
    assert set(re.findall(r"`placecast ([a-z]+)", told)) <= set(cli.commands)
