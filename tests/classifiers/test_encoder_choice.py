import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from classifiers.encoder import Encoder, EncoderError, OnnxEncoder
from classifiers.encoder_choice import brought, chosen_encoder, languages_of
from classifiers.encoder_export import encoder_named

TEXTS = ["where is my parcel", "i want my money back please", ""]


@pytest.fixture
def exported(encoder: Encoder, tmp_path: Path) -> Path:
    """An ONNX file with its tokenizer, as somebody else would bring it."""
    assert isinstance(encoder, OnnxEncoder)
    for part in ("model.onnx", "tokenizer.json"):
        shutil.copyfile(encoder.folder / part, tmp_path / part)
    return tmp_path / "model.onnx"


def test_an_onnx_file_is_brought_into_the_home_and_found_again_by_its_id(
    exported: Path, encoder: Encoder, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    mine = chosen_encoder(str(exported), home=home, languages="en,de")
    exported.unlink()
    again = encoder_named(mine.id, home=home)
    assert again.id == mine.id != encoder.id
    assert mine.encode(TEXTS) == pytest.approx(encoder.encode(TEXTS), abs=1e-6)
    assert languages_of(again, None) == "en,de"
    assert json.loads((home / "encoders" / mine.id / "encoder.json").read_text())["dimension"] == encoder.dimension


def test_a_graph_that_gives_a_vector_a_token_is_pooled(tmp_path: Path, exported: Path) -> None:
    import onnx
    from onnx import TensorProto, helper

    table = np.random.default_rng(0).normal(size=(40_000, 6)).astype(np.float32)
    words = helper.make_tensor("table", TensorProto.FLOAT, table.shape, table.tobytes(), raw=True)
    node = helper.make_node("Gather", ["table", "input_ids"], ["hidden"])
    ids = [helper.make_tensor_value_info(n, TensorProto.INT64, ["n", "t"]) for n in ("input_ids", "attention_mask")]
    hidden = helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["n", "t", 6])
    graph = helper.make_graph([node], "tokens", ids, [hidden], [words])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(made, str(exported.with_name("tokens.onnx")))
    mine = chosen_encoder(str(exported.with_name("tokens.onnx")), home=tmp_path / "home")
    vectors = mine.encode(TEXTS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0, 0.0], abs=1e-5)
    together = mine.encode([TEXTS[1], " ".join([TEXTS[1]] * 9)])[0]
    assert together == pytest.approx(vectors[1], abs=1e-5)


def test_what_cannot_be_brought_is_refused(tmp_path: Path) -> None:
    lonely = tmp_path / "model.onnx"
    lonely.write_bytes(b"no graph")
    with pytest.raises(EncoderError, match=r"tokenizer\.json is not there"):
        brought(lonely, home=tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(EncoderError, match="cannot be opened"):
        brought(lonely, home=tmp_path)


def test_languages_are_declared_or_not_known(encoder: Encoder) -> None:
    assert languages_of(encoder, None) == "en"
    assert languages_of(encoder, "de") == "de"
