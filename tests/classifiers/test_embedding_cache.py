import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from classifiers.embedding_cache import EmbeddingCache, hash_of
from classifiers.encoder import Encoder, FloatMatrix, ReadInLayers, unit_rows


class Counting(ReadInLayers):
    """A small encoder that counts what it computes: a vector drawn from the text's own hash."""

    def __init__(self, name: str = "small/one", dimension: int = 8) -> None:
        self.id = name
        self.dimension = dimension
        self.whole = False
        self.layers = 1
        self.read: list[str] = []

    def encode_layers(self, texts: Sequence[str]) -> FloatMatrix:
        self.read += texts
        shape = (self.layers, self.dimension)
        rows = [np.random.default_rng(list(hash_of(text))).normal(size=shape) for text in texts]
        return unit_rows(np.array(rows, dtype=np.float32).reshape(-1, *shape))


def test_a_text_is_computed_once_also_after_a_restart(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    before = EmbeddingCache(tmp_path).around(first).encode(["a b", "c", "a b"])
    after = EmbeddingCache(tmp_path).around(second).encode(["c", "a b", "d"])
    assert first.read == ["a b", "c"]
    assert second.read == ["d"]
    assert (before[0] == after[1]).all()
    assert (before[1] == after[0]).all()


def test_the_real_encoder_gives_the_same_vectors(tmp_path: Path, encoder: Encoder) -> None:
    texts = ["where is my parcel", "", "i want my money back", " "]
    kept = EmbeddingCache(tmp_path).around(encoder)
    fresh = kept.encode(texts)
    assert fresh == pytest.approx(encoder.encode(texts), abs=1e-6)
    assert (kept.encode(texts) == fresh).all()
    assert not fresh[1].any()


def test_encoders_do_not_share_vectors(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path)
    cache.around(Counting("one")).encode(["a"])
    other = Counting("two", dimension=4)
    assert cache.around(other).encode(["a"]).shape == (1, 4)
    assert other.read == ["a"]


def test_no_word_of_a_text_is_on_disk(tmp_path: Path) -> None:
    EmbeddingCache(tmp_path).around(Counting()).encode(["my unmistakable parcel"])
    assert list(tmp_path.iterdir())
    for path in tmp_path.iterdir():
        assert b"unmistakable" not in path.read_bytes()


def test_a_document_can_be_erased_for_every_encoder(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path)
    document = ["hello", "my parcel is late"]
    for name in ("one", "two"):
        cache.around(Counting(name)).encode([*document, " ".join(document), "somebody else"])
    assert cache.forget(document) == 6
    again = Counting("one")
    cache.around(again).encode([*document, "somebody else"])
    assert again.read == document


def test_the_oldest_go_when_it_is_full(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path, most_texts=100)
    for number in range(250):
        cache.around(Counting()).encode([f"text {number}"])
    kept = cache.read("small/one", [f"text {number}" for number in range(250)])
    assert 80 <= len(kept) <= 100
    assert "text 249" in kept
    assert "text 0" not in kept


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path)
    cache.around(Counting()).encode(["a"])
    for path in tmp_path.iterdir():
        path.write_bytes(b"not a database" * 100)
    for _ in range(2):
        assert cache.around(Counting()).encode(["a"]).any()
    last = Counting()
    cache.around(last).encode(["a"])
    assert last.read == []


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; import numpy as np\n"
        "from classifiers.embedding_cache import EmbeddingCache\n"
        "cache = EmbeddingCache(Path(sys.argv[1]))\n"
        "for n in range(60):\n"
        "    cache.write('e', {f'{sys.argv[2]} {n} {m}': np.ones(4, 'f4') for m in range(5)})\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in "ab"]
    assert [process.wait(60) for process in running] == [0, 0]
    asked = [f"{name} {n} {m}" for name in "ab" for n in range(60) for m in range(5)]
    assert len(EmbeddingCache(tmp_path).read("e", asked)) == 600
