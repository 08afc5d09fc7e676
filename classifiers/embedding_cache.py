"""Sentence vectors on disk, so that a new head reads old texts without embedding them again."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from classifiers.documents import Document, joined
from classifiers.encoder import Encoder, FloatMatrix, ReadInLayers
from classifiers.write_ahead import keep_write_ahead_log

MOST_TEXTS = 100_000
"""Texts kept for one encoder, the newest; at two vectors of 384 numbers each about 330 MB."""

KEPT_SHARE = 0.9
AT_ONCE = 500
HASH_BYTES = 16
PATIENCE_SECONDS = 10.0
TABLE = (
    "CREATE TABLE IF NOT EXISTS vectors (place INTEGER PRIMARY KEY, text BLOB UNIQUE NOT NULL, vector BLOB NOT NULL, "
    "day INTEGER NOT NULL DEFAULT 0)"
)
DAY = "ALTER TABLE vectors ADD COLUMN day INTEGER NOT NULL DEFAULT 0"
SECONDS_A_DAY = 86_400


class EmbeddingCache:
    """One SQLite file an encoder under a folder; texts stand in it as hashes only.

    Several processes may use it at once. It is a memory and never a source: what cannot be read is computed, what
    cannot be written is not kept, and the folder may be deleted at any time.
    """

    def __init__(self, folder: Path, *, most_texts: int = MOST_TEXTS) -> None:
        self.folder = folder
        self.most_texts = most_texts

    def around(self, encoder: Encoder) -> Encoder:
        """The same encoder, which remembers."""
        return KeptEncoder(encoder, self)

    def read(self, encoder_id: str, texts: Iterable[str]) -> dict[str, FloatMatrix]:
        """The vectors that are there, by text, those of all layers in one row."""
        path = self._path(encoder_id)
        if not path.exists():
            return {}
        by_hash = {hash_of(text): text for text in texts}
        hashes = list(by_hash)
        found: dict[str, FloatMatrix] = {}
        with _opened(path) as file:
            for start in range(0, len(hashes), AT_ONCE):
                some = hashes[start : start + AT_ONCE]
                places = ",".join("?" * len(some))
                for key, vector in file.execute(f"SELECT text, vector FROM vectors WHERE text IN ({places})", some):  # noqa: S608 (places are question marks)
                    found[by_hash[key]] = np.frombuffer(vector, dtype="<f4")
        return found

    def write(self, encoder_id: str, vectors: Mapping[str, FloatMatrix]) -> None:
        """Keep vectors by text; beyond `most_texts` the oldest go."""
        self.folder.mkdir(parents=True, exist_ok=True)
        today = int(time.time() // SECONDS_A_DAY)
        rows = [(hash_of(text), vector.astype("<f4").tobytes(), today) for text, vector in vectors.items()]
        with _opened(self._path(encoder_id)) as file:
            file.executemany("INSERT OR IGNORE INTO vectors (text, vector, day) VALUES (?, ?, ?)", rows)
            first, last = file.execute(
                "SELECT coalesce(min(place), 0), coalesce(max(place), 0) FROM vectors"
            ).fetchone()
            if last - first >= self.most_texts:
                file.execute("DELETE FROM vectors WHERE place <= ?", (last - int(KEPT_SHARE * self.most_texts),))

    def forget(self, document: Document) -> int:
        """Erase the vectors of a document, of its segments and of the whole, by any encoder; how many there were."""
        return self.forget_all([document])

    def forget_all(self, documents: Sequence[Document]) -> int:
        """`forget` for many documents; their bytes are gone from the files as well."""
        keys = [(hash_of(text),) for text in {text for one in documents for text in (*one, *joined([one]))}]
        return self._erase("DELETE FROM vectors WHERE text = ?", keys)

    def forget_before(self, moment: float) -> int:
        """Erase the vectors made on days (UTC) before that of a moment in Unix seconds; how many there were."""
        return self._erase("DELETE FROM vectors WHERE day < ?", [(int(moment // SECONDS_A_DAY),)])

    def count_before(self, moment: float) -> int:
        """How many vectors `forget_before` would erase."""
        found = 0
        for path in sorted(self.folder.glob("*.sqlite")):
            with _opened(path) as file:
                day = int(moment // SECONDS_A_DAY)
                found += file.execute("SELECT count(*) FROM vectors WHERE day < ?", (day,)).fetchone()[0]
        return found

    def _erase(self, statement: str, values: Sequence[tuple[bytes | int]]) -> int:
        erased = 0
        for path in sorted(self.folder.glob("*.sqlite")):
            with _opened(path) as file:
                erased += file.executemany(statement, values).rowcount
            with _opened(path) as file:
                file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return erased

    def _path(self, encoder_id: str) -> Path:
        return self.folder / f"{hashlib.sha256(encoder_id.encode()).hexdigest()[:16]}.sqlite"


class KeptEncoder(ReadInLayers):
    """An encoder whose vectors are kept on disk; its answers are those of the inner one, to the last digit."""

    def __init__(self, inner: Encoder, cache: EmbeddingCache) -> None:
        self.inner = inner
        self.id = inner.id
        self.dimension = inner.dimension
        self.whole = inner.whole
        self.layers = inner.layers
        self.about = getattr(inner, "about", {})
        self._cache = cache

    def encode_layers(self, texts: Sequence[str]) -> FloatMatrix:
        """As the inner encoder; only what is not on disk is computed."""
        distinct = [text for text in dict.fromkeys(texts) if text.strip()]
        found = self._found(distinct)
        missing = [text for text in distinct if text not in found]
        if missing:
            fresh = dict(zip(missing, self.inner.encode_layers(missing), strict=True))
            self._keep(fresh)
            found |= fresh
        vectors: FloatMatrix = np.zeros((len(texts), self.layers, self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            if text in found:
                vectors[row] = found[text]
        return vectors

    def _found(self, texts: Sequence[str]) -> dict[str, FloatMatrix]:
        try:
            found = self._cache.read(self.id, texts)
        except sqlite3.Error:
            return {}
        shape = (self.layers, self.dimension)
        return {text: row.reshape(shape) for text, row in found.items() if len(row) == self.layers * self.dimension}

    def _keep(self, fresh: Mapping[str, FloatMatrix]) -> None:
        try:
            self._cache.write(self.id, fresh)
        except (sqlite3.Error, OSError):
            return  # a full disk or a file that somebody holds stops nobody


def hash_of(text: str) -> bytes:
    """Names a text without holding a word of it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:HASH_BYTES]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for one piece of work, committed at its end; a damaged file is thrown away and made anew."""
    with closing(sqlite3.connect(path, timeout=PATIENCE_SECONDS)) as file:
        try:
            keep_write_ahead_log(file, patience_seconds=PATIENCE_SECONDS)
            file.execute("PRAGMA synchronous=NORMAL")
            file.execute("PRAGMA secure_delete=ON")
            file.execute(TABLE)
            if "day" not in {column[1] for column in file.execute("PRAGMA table_info(vectors)")}:
                file.execute(DAY)
            with file:
                yield file
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
            raise
