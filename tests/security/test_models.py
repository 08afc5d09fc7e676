"""Models are numbers and text: nothing in them runs, and what was altered is refused."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from classifiers.artifact import ModelFileError, digest_of, load
from classifiers.encoder import Encoder, EncoderError, OnnxEncoder, open_graph, refuse_code
from classifiers.encoder_choice import chosen_encoder
from classifiers.encoder_export import default_encoder
from evals.fuzz.hostile import hostile_record

PARTS = ("manifest.json", "settings.json", "vocabulary.json", "card.json", "tensors.safetensors")


@pytest.fixture(scope="module")
def trained(demo_home: Path) -> Path:
    (found,) = [path.parent for path in (demo_home / "models" / "online-order").glob("*/manifest.json")]
    return found


@pytest.fixture(scope="module")
def encoder(encoder_home: Path) -> Encoder:
    return default_encoder(encoder_home)


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained, tmp_path / "model"))


def places(size: int, count: int, *, seed: str) -> Iterator[int]:
    """Every byte of a small file, else the first and last ones and so many by chance."""
    if size <= count:
        return iter(range(size))
    rng = random.Random(seed)
    return iter({*range(8), *range(size - 8, size), *(rng.randrange(size) for _ in range(count))})


@pytest.mark.parametrize("part", PARTS)
def test_a_flipped_byte_anywhere_is_refused(folder: Path, encoder: Encoder, part: str) -> None:
    path = folder / part
    whole = path.read_bytes()
    if part == "manifest.json":
        load(folder, encoder=encoder)
    for at in places(len(whole), 800 if part == "manifest.json" else 20, seed=part):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        with pytest.raises(ModelFileError):
            load(folder, encoder=encoder)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_a_link_is_refused(folder: Path, encoder: Encoder, part: str) -> None:
    aside = folder.parent / "aside"
    (folder / part).rename(aside)
    (folder / part).symlink_to(aside)
    with pytest.raises(ModelFileError, match="is a link"):
        load(folder, encoder=encoder)


def forged(folder: Path, part: str, content: bytes) -> None:
    """Replace a part and write its hash into the manifest, as somebody does who may write the folder."""
    (folder / part).write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["sha256"][part] = hashlib.sha256(content).hexdigest()
    (folder / "manifest.json").write_text(json.dumps({**manifest, "whole": digest_of(manifest)}))


@pytest.mark.parametrize("seed", range(25))
def test_settings_that_were_forged_with_their_hash_are_refused(folder: Path, encoder: Encoder, seed: int) -> None:
    settings = json.loads((folder / "settings.json").read_text())
    changed = hostile_record(settings, random.Random(seed))
    if changed == settings:
        return
    forged(folder, "settings.json", json.dumps(changed).encode())
    with pytest.raises((ModelFileError, EncoderError)):
        load(folder, encoder=encoder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8,
        (2**63).to_bytes(8, "little") + b"{}",
        (100_000_000).to_bytes(8, "little") + b"{" * 64,
        (2).to_bytes(8, "little") + b"[]",
        b"\x80\x04cposix\nsystem\n(S'true'\ntR.",
    ],
    ids=["empty", "endless header", "header of 2^63", "header of 100 MB", "a list", "a pickle"],
)
def test_tensors_that_lie_are_refused(folder: Path, encoder: Encoder, content: bytes) -> None:
    forged(folder, "tensors.safetensors", content)
    with pytest.raises(ModelFileError):
        load(folder, encoder=encoder)


def test_json_that_is_too_deep_is_refused(folder: Path, encoder: Encoder) -> None:
    forged(folder, "vocabulary.json", b"[" * 100_000)
    with pytest.raises(ModelFileError):
        load(folder, encoder=encoder)


def test_an_encoder_that_was_altered_is_refused(encoder_home: Path, encoder: Encoder, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(encoder_home / "encoders" / encoder.id, tmp_path / "encoder"))
    graph = bytearray((folder / "model.onnx").read_bytes())
    graph[len(graph) // 2] ^= 1
    (folder / "model.onnx").write_bytes(graph)
    with pytest.raises(EncoderError, match="altered"):
        OnnxEncoder(folder)


@pytest.mark.parametrize(
    "location", ["../secret.bin", "secret.bin", "/etc/hostname", "/dev/zero", "sub/../../secret.bin"]
)
def test_a_graph_cannot_name_data_outside_of_its_file(tmp_path: Path, location: str) -> None:
    (tmp_path / "sub").mkdir()
    for place in (tmp_path, tmp_path / "sub"):
        (place / "secret.bin").write_bytes(np.arange(8, dtype=np.float32).tobytes())
    weights = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[8], data_location=TensorProto.EXTERNAL)
    entry = weights.external_data.add()
    entry.key, entry.value = "location", location
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [8]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "g", ends[:1], ends[1:], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path = tmp_path / "sub" / "model.onnx"
    path.write_bytes(model.SerializeToString())
    assert onnx.load(path, load_external_data=False).graph.initializer[0].name == "w"
    with pytest.raises(EncoderError):
        open_graph(path)


def test_a_brought_encoder_whose_tokenizer_was_altered_is_refused(encoder_home: Path, tmp_path: Path) -> None:
    for part in ("model.onnx", "tokenizer.json"):
        shutil.copyfile(default_encoder(encoder_home).folder / part, tmp_path / part)
    brought = chosen_encoder(str(tmp_path / "model.onnx"), home=tmp_path / "home")
    assert isinstance(brought, OnnxEncoder)
    tokenizer = brought.folder / "tokenizer.json"
    tokenizer.write_bytes(tokenizer.read_bytes() + b" ")
    with pytest.raises(EncoderError, match=r"tokenizer.json was altered"):
        OnnxEncoder(brought.folder)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[" * 100_000])
def test_a_tokenizer_that_is_none_is_refused(encoder_home: Path, tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(default_encoder(encoder_home).folder, folder)
    described = json.loads((folder / "encoder.json").read_text())
    described.pop("tokenizer_sha256", None)
    (folder / "encoder.json").write_text(json.dumps(described))
    (folder / "tokenizer.json").write_bytes(content)
    with pytest.raises(EncoderError, match="no tokenizer"):
        OnnxEncoder(folder)


@pytest.mark.parametrize("content", [b"", b"\x00", b"\x08" * 1000, b"\x80\x04cposix\nsystem\n", b"{}"])
def test_a_file_that_is_no_graph_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(EncoderError):
        chosen_encoder(str(tmp_path / "model.onnx"), home=tmp_path)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "x/1_Dense/weights.pt", "modeling_mine.py", "a.pkl", "lib.so"])
def test_a_sentence_transformers_folder_that_can_run_code_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(EncoderError, match="run code"):
        chosen_encoder(str(tmp_path), home=tmp_path / "home")


def test_modules_of_other_libraries_and_missing_safetensors_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="safetensors"):
        refuse_code(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": "os.system"}]))
    with pytest.raises(EncoderError, match=r"os\.system"):
        refuse_code(str(tmp_path))
