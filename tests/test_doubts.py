"""What a person should look at: the right words, each once, the gravest first, and nothing that is settled."""

from __future__ import annotations

import random

from placecast import doubts, realign, sentences
from placecast.doubts import Doubt
from placecast.model import Cue, Flag, MachineRecord, Name, Names, Transcript, Word
from placecast.project import Project
from placecast.project.reviewing import doubts_of
from tests.conftest import ROOT

ROSA = Names(entries=(Name(name="Rosa Hartley", kind="person"),))
NOBODY = Names()
SURE = 0.99


def words(text: str, unsure: dict[str, float] | None = None, start: float = 0.0) -> tuple[Word, ...]:
    """The words of a text, half a second each; `unsure`: the probability of some of them."""
    made = []
    for number, part in enumerate(text.split()):
        at = start + number * 0.5
        bare = part.strip(".,;:?!")
        made.append(Word(start=at, end=at + 0.4, text=f" {part}", probability=(unsure or {}).get(bare, SURE)))
    return tuple(made)


def record(heard: tuple[Word, ...], *flags: Flag) -> MachineRecord:
    facts = {"engine": "e", "model": "m", "weights": "w", "language": "en", "recording": "r", "vtt": "v"}
    return MachineRecord(**facts, words=heard, flags=flags)


def flag(kind: str, start: float, end: float, text: str = "", reason: str = "because") -> Flag:
    return Flag(start=start, end=end, kind=kind, text=text, reason=reason)  # type: ignore[arg-type]


def found(
    heard: tuple[Word, ...],
    *flags: Flag,
    edit: tuple[str, str] | None = None,
    names: Names = NOBODY,
    seconds: float | None = None,
) -> tuple[tuple[Doubt, ...], Transcript]:
    """The doubts about a transcript that is what was heard, but for an edit."""
    cues = sentences.cues(heard)
    if edit:
        cues = tuple(Cue(start=cue.start, end=cue.end, text=cue.text.replace(*edit)) for cue in cues)
    transcript = Transcript(cues=cues, language="en")
    timed = realign.timed(transcript, heard)
    return doubts.find(transcript, timed, record(heard, *flags), names, seconds=seconds), transcript


def marked(heard: tuple[Word, ...], *flags: Flag, **more: object) -> list[tuple[str, str]]:
    """Each doubt's kind, and its sentence with the doubtful words marked."""
    made, transcript = found(heard, *flags, **more)  # type: ignore[arg-type]
    return [(each.kind, "{}*{}*{}".format(*doubts.text_of(each, transcript))) for each in made]


def test_a_word_that_the_machine_was_not_sure_of_is_doubted_where_it_stands() -> None:
    heard = words("Hounds do better here.", {"Hounds": 0.3})
    (doubt,), _ = found(heard)
    assert (doubt.kind, doubt.text, doubt.at, doubt.start) == ("unsure", "Hounds", 0, 0.0)
    assert doubt.reason == "The machine was only 30% sure of this word."


def test_neighbours_are_one_doubt_without_the_punctuation_around_them() -> None:
    heard = words("The pension, fund owns it.", {"pension": 0.3, "fund": 0.4})
    assert marked(heard) == [("unsure", "The *pension, fund* owns it.")]


def test_parts_of_a_written_word_are_doubted_together() -> None:
    heard = (
        Word(start=0, end=0.4, text=" A", probability=SURE),
        Word(start=0.5, end=0.8, text=" town", probability=SURE),
        Word(start=0.8, end=1.2, text="-center", probability=0.3),
        Word(start=1.3, end=1.7, text=" plan.", probability=SURE),
    )
    assert marked(heard) == [("unsure", "A *town-center* plan.")]


def test_a_small_word_must_be_doubted_more_than_a_large_one() -> None:
    assert marked(words("It is in town.", {"in": 0.5})) == []
    assert marked(words("It is near town.", {"near": 0.5})) == [("unsure", "It is *near* town.")]


def test_an_edit_settles_the_doubt_and_brings_up_no_other() -> None:
    heard = words("Hounds do better with parks.", {"Hounds": 0.3, "parks": 0.2})
    assert marked(heard, edit=("Hounds", "Towns")) == [("unsure", "Towns do better with *parks*.")]


def test_a_word_that_only_sounds_like_a_name_comes_with_the_name() -> None:
    (doubt,), _ = found(words("I am Rosa Hartly's guest.", {"Rosa": 0.2}), names=ROSA)
    assert (doubt.kind, doubt.text, doubt.suggestion) == ("name", "Rosa Hartly", "Rosa Hartley")


def test_an_unsure_name_and_an_unsure_word_beside_a_name_are_told_apart_from_others() -> None:
    assert marked(words("I am Rosa Hartley today.", {"Rosa": 0.6}), names=ROSA) == [
        ("near-name", "I am *Rosa Hartley* today.")
    ]
    beside = words("Welcome Doctor Rosa Hartley today.", {"Doctor": 0.5})
    assert marked(beside, names=ROSA) == [("near-name", "Welcome *Doctor* Rosa Hartley today.")]
    assert marked(beside)[0][0] == "unsure"


def test_every_flag_of_the_machine_is_shown_with_its_reason() -> None:
    heard = words("We said no no no no today. Thanks for watching. This was it.")
    loop, phantom = flag("loop", 1.0, 2.9, "no"), flag("phantom", 3.5, 4.9, "Thanks for watching", "it is invented")
    made, _ = found(heard, loop, phantom)
    assert [(each.kind, each.text) for each in made] == [("loop", "no no no no"), ("phantom", "Thanks for watching")]
    assert made[1].reason == "It is invented."


def test_a_flag_is_settled_by_an_edit_there_and_not_by_one_elsewhere() -> None:
    heard = words("This was it. Thanks for watching. Until then.")
    phantom = flag("phantom", 1.5, 2.9, "Thanks for watching")
    assert marked(heard, phantom, edit=("Until", "Till")) != []
    assert marked(heard, phantom, edit=("Thanks for watching", "Thank you")) == []


def test_a_name_that_was_only_heard_when_suggested_is_the_suggestion() -> None:
    heard = words("We went to grim bee today.")
    (doubt,), _ = found(heard, flag("prompted", 1.5, 2.4, "Grimsby"))
    assert (doubt.text, doubt.suggestion) == ("grim bee", "Grimsby")
    assert marked(heard, flag("prompted", 1.5, 2.4, "Grimsby"), edit=("grim bee", "Grimsby")) == []


def test_half_a_minute_that_is_unlikely_does_not_hide_its_worst_words() -> None:
    heard = words("Mumble about the thing there.", {"Mumble": 0.1})
    kinds = [kind for kind, _ in marked(heard, flag("unlikely", 0.0, 2.4))]
    assert sorted(kinds) == ["unlikely", "unsure"]


def test_nothing_is_doubted_twice() -> None:
    heard = words("We said no no no no.", {"no": 0.2})
    assert [kind for kind, _ in marked(heard, flag("loop", 1.0, 2.9, "no"), flag("phantom", 1.0, 2.9, "no"))] == [
        "loop"
    ]


def test_sentences_after_the_end_of_the_sound_and_two_at_once_are_shown() -> None:
    cues = (Cue(start=0, end=2, text="One."), Cue(start=1, end=3, text="Two."), Cue(start=3, end=9, text="Three."))
    transcript = Transcript(cues=cues, language="en")
    made = doubts.find(transcript, realign.timed(transcript, ()), None, Names(), seconds=4.0)
    assert [(each.kind, each.cue) for each in made] == [("end", 2), ("overlap", 1)]
    (late, *_) = doubts.find(transcript, realign.timed(transcript, ()), None, Names(), seconds=0.5)
    assert late.cue == 0
    assert late.reason == "The sound ends at 0:00, but this sentence goes on after that, and so do 2 more."


def test_the_gravest_comes_first() -> None:
    heard = words("Perhaps grim bee. Thanks for watching. Rosa Hartley said so.", {"Perhaps": 0.3, "Rosa": 0.6})
    flags = (flag("prompted", 0.5, 1.4, "Grimsby"), flag("phantom", 1.5, 2.9, "Thanks for watching"))
    kinds = [kind for kind, _ in marked(heard, *flags, names=ROSA)]
    assert kinds == ["phantom", "prompted", "near-name", "unsure"]


def test_an_hour_of_hard_speech_shows_tens_of_doubts_and_not_thousands() -> None:
    chance = random.Random(5)
    text = " ".join(f"word{n}{'.' if n % 12 == 11 else ''}" for n in range(7200))
    heard = words(text, {f"word{n}": chance.random() ** 0.5 for n in range(7200)})
    made, _ = found(heard)
    assert 30 <= len(made) <= 90
    assert min(heard, key=lambda word: word.probability).text.strip(" .") in made[0].text


def test_an_empty_transcript_has_no_doubts() -> None:
    assert found(()) == ((), Transcript(cues=(), language="en"))


def test_the_sample_shows_what_the_machine_got_wrong_among_a_few() -> None:
    project = Project(root=ROOT)
    show, (episode, *_) = project.load()
    texts = [each.text for each in doubts_of(project, show, episode)]
    # The script has "In Grimsby we counted": the machine's one mistake.
    assert "Grimsby" in texts
    assert len(texts) <= 15
