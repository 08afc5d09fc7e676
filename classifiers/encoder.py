"""Sentence encoders: texts in, unit vectors out, without importing torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from taxonomy.errors import BadInputError

FloatMatrix = NDArray[np.float32]

SENTENCE_TRANSFORMERS = "sentence-transformers:"
"""Begins the id of an encoder that sentence-transformers loads by the rest of the id."""

TUNED = "tuned-"
"""Begins the id of an encoder that belongs to one model and is kept inside its folder."""

BATCH_TOKENS = 512
"""Tokens per batch: what fits the cache of a core, and is small beside a share of the work."""

WIDTH_STEP = 4
"""Windows are read at widths that are multiples of this: few enough that 50 messages still share them. Beside exact
widths, 250 messages of 12 words were read 1.5 times as fast, 1,000 as fast as before."""

MOST_WINDOWS = 64

SLOWER = ("SkipLayerNormFusion",)
"""Simplifications by ONNX Runtime that cost time: its fused sum and norm takes ten times what both take apart (1.31),
so that MiniLM in 8 bits was read at five sixths of its speed."""

RUNS = frozenset((".bin", ".ckpt", ".dill", ".h5", ".joblib", ".pickle", ".pkl", ".pt", ".pth", ".py", ".so"))
"""Endings of files that a model's library unpickles, imports or links."""


class EncoderError(BadInputError):
    """An encoder folder is missing, incomplete or not readable."""


class Encoder(Protocol):
    """What turns texts into vectors. `id` names the weights: two encoders with one id give the same vectors."""

    @property
    def id(self) -> str:
        """The name of these weights, stored with every model that was trained on them."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def whole(self) -> bool:
        """Whether a document is read as one text, its turns in the light of each other, or turn by turn."""

    @property
    def layers(self) -> int:
        """How many vectors a text has: that of the last layer, and that of a middle one where the encoder gives it."""

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """What texts mean, the last layer: length 1, shape (n, dimension), float32; zeros for an empty text."""

    def encode_layers(self, texts: Sequence[str]) -> FloatMatrix:
        """Vectors of every layer, the last one first, shape (n, layers, dimension)."""


class ReadInLayers:
    """An encoder whose vectors come layer by layer; the last layer is what a text means."""

    def encode_layers(self, texts: Sequence[str]) -> FloatMatrix:
        """Vectors of every layer, the last one first, each of length 1, shape (n, layers, dimension), float32.

        An empty text gives zeros.
        """
        raise NotImplementedError

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """What texts mean, the last layer: length 1, shape (n, dimension), float32; zeros for an empty text."""
        return np.ascontiguousarray(self.encode_layers(texts)[:, 0])


class OnnxEncoder(ReadInLayers):
    """Runs an encoder folder: `model.onnx` (mean pooled, unit length), `tokenizer.json`, `encoder.json`.

    The first `layers` outputs of the graph, as `encoder.json` says (else one), are vectors of layers, the last first.

    A text longer than `max_tokens` is read in windows whose vectors are averaged by their length,
    so that its end counts as much as its beginning. Beyond MOST_WINDOWS (some 10,000 words) windows are skipped
    at even distances: a log pasted into a chat must not hold up everybody else.

    As many batches are read at once as `threads` says, else as there are cores; two cores that share every batch were
    a quarter slower.
    """

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        self.folder = folder
        self.about = described = _description(folder)
        self.id: str = described["id"]
        self.dimension: int = described["dimension"]
        self.whole: bool = bool(described.get("whole", False))
        self.layers: int = int(described.get("layers", 1))
        self._max_tokens: int = described["max_tokens"]
        self._tokenizer = _tokenizer(folder, self._max_tokens, known=described.get("tokenizer_sha256"))
        self._threads = threads or _cores()
        self._session = _session(folder / "model.onnx", known=described.get("graph_sha256"))
        self._inputs = {one.name for one in self._session.get_inputs()}
        self._outputs = [one.name for one in self._session.get_outputs()][: self.layers]

    def encode_layers(self, texts: Sequence[str]) -> FloatMatrix:
        """Vectors of every layer, shape (n, layers, dimension)."""
        summed: FloatMatrix = np.zeros((len(texts), self.layers, self.dimension), dtype=np.float32)
        owners, windows = self._windows(texts)
        widths = [min(-(-len(ids) // WIDTH_STEP) * WIDTH_STEP, self._max_tokens) for ids in windows]
        batches = _batches(widths)
        for batch, vectors in zip(batches, self._read(batches, windows, widths), strict=True):
            lengths = np.array([len(windows[i]) for i in batch], dtype=np.float32)
            np.add.at(summed, [owners[i] for i in batch], vectors * lengths[:, None, None])
        return unit_rows(summed)

    def _windows(self, texts: Sequence[str]) -> tuple[list[int], list[list[int]]]:
        """Token ids of every window, and the number of the text each window belongs to."""
        owners: list[int] = []
        windows: list[list[int]] = []
        for number, encoding in enumerate(self._tokenizer.encode_batch(list(texts))):
            if not texts[number].strip():
                continue
            for window in _spread((encoding, *encoding.overflowing)):
                owners.append(number)
                windows.append(window.ids)
        return owners, windows

    def _read(self, batches: list[list[int]], windows: list[list[int]], widths: list[int]) -> Iterator[FloatMatrix]:
        """The vectors of each batch, in their order."""

        def read(batch: list[int]) -> FloatMatrix:
            return self._run([windows[i] for i in batch], width=widths[batch[0]])

        at_once = min(self._threads, len(batches))
        if at_once < 2:
            yield from map(read, batches)
            return
        # No longer than they work: a process that forks would wait for ever for threads it does not have.
        with ThreadPoolExecutor(at_once) as readers:
            yield from readers.map(read, batches)

    def _run(self, windows: list[list[int]], *, width: int) -> FloatMatrix:
        """The vectors of windows that are all read at one width, which hangs on the length of each alone.

        What is read beside a text must not show in its vector, not in the last bit either; so a window alone is read
        twice, since a single row is summed in another order than many.
        """
        ids = np.zeros((max(2, len(windows)), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, window in enumerate(windows if len(windows) > 1 else windows * 2):
            ids[row, : len(window)], mask[row, : len(window)] = window, 1
        fed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        given = self._session.run(self._outputs, {name: fed[name] for name in self._inputs})
        return np.stack([_a_text(np.asarray(one, dtype=np.float32), mask) for one in given], axis=1)[: len(windows)]


class CachedEncoder(ReadInLayers):
    """Remembers the vectors of texts already seen: short turns ("thank you") come back all the time."""

    def __init__(self, inner: Encoder, *, capacity: int = 50_000) -> None:
        self.inner = inner
        self.id = inner.id
        self.dimension = inner.dimension
        self.whole = inner.whole
        self.layers = inner.layers
        self._capacity = capacity
        self._known: dict[str, FloatMatrix] = {}

    def encode_layers(self, texts: Sequence[str]) -> FloatMatrix:
        """As the inner encoder; each distinct text is computed once."""
        # Taken out first: another thread may empty the memory while this one computes.
        found = {text: vector for text in texts if (vector := self._known.get(text)) is not None}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        fresh = dict(zip(missing, self.inner.encode_layers(missing), strict=True)) if missing else {}
        self._remember(fresh)
        found |= fresh
        vectors: FloatMatrix = np.zeros((len(texts), self.layers, self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = found[text]
        return vectors

    def _remember(self, fresh: dict[str, FloatMatrix]) -> None:
        if len(self._known) + len(fresh) > self._capacity:
            self._known.clear()
        if len(fresh) <= self._capacity:
            self._known.update((text, vector.copy()) for text, vector in fresh.items())


def bare(encoder: Encoder) -> Encoder:
    """The encoder behind whatever remembers its vectors, in memory or on disk."""
    while (inner := getattr(encoder, "inner", None)) is not None:
        encoder = inner
    return encoder


class SentenceTransformerEncoder(ReadInLayers):
    """Any sentence-transformers model by name or path. Slow to start: it imports torch."""

    def __init__(self, name: str) -> None:
        refuse_code(name)
        from sentence_transformers import SentenceTransformer

        self._model: Any = SentenceTransformer(
            name, device="cpu", trust_remote_code=False, model_kwargs={"use_safetensors": True}
        )
        self.id = SENTENCE_TRANSFORMERS + name
        self.whole = False
        self.layers = 1
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode_layers(self, texts: Sequence[str]) -> FloatMatrix:
        """The last layer alone, shape (n, 1, dimension)."""
        if not texts:
            return np.zeros((0, 1, self.dimension), dtype=np.float32)
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        filled = np.array([bool(text.strip()) for text in texts])
        return (np.asarray(vectors, dtype=np.float32) * filled[:, None].astype(np.float32))[:, None]


def refuse_code(name: str) -> None:
    """Raise EncoderError where the folder of a sentence-transformers model holds what runs when it is loaded.

    That is weights in pickle, Python files, and modules that are not of that library. A name is not looked at here;
    for it the library itself is told to take safetensors and to run no code.
    """
    folder = Path(name)
    if not folder.is_dir():
        return
    for path in folder.rglob("*"):
        if path.suffix.lower() in RUNS:
            raise EncoderError(f"{path} can run code when it is loaded; export the model as safetensors, without code.")
    if not any(folder.rglob("*.safetensors")):
        raise EncoderError(f"{name} holds no weights as safetensors; export the model so.")
    for module in _modules(folder / "modules.json"):
        if not str(module.get("type", "")).startswith("sentence_transformers."):
            raise EncoderError(
                f"{name}: module {module.get('type')!r} is not of sentence-transformers; it is not loaded."
            )


def _modules(path: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    except (OSError, ValueError, RecursionError) as error:
        raise EncoderError(f"{path} cannot be read: {error}.") from error
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def sentence_transformer_encoder(name: str) -> Encoder:
    """The encoder of any sentence-transformers name or path, for other languages or larger models."""
    return SentenceTransformerEncoder(name)


def unit_rows(rows: FloatMatrix) -> FloatMatrix:
    """Rows, along the last axis, scaled to length 1; a row of zeros stays zero."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)


def _a_text(vectors: FloatMatrix, mask: NDArray[np.int64]) -> FloatMatrix:
    """One vector a text: of one a token, the mean over tokens, as sentence encoders have it."""
    return vectors if vectors.ndim == 2 else unit_rows((vectors * mask[..., None].astype(np.float32)).sum(axis=1))


def _batches(widths: Sequence[int]) -> list[list[int]]:
    """Positions grouped by equal width, BATCH_TOKENS at a time."""
    batches: list[list[int]] = []
    for position in sorted(range(len(widths)), key=widths.__getitem__):
        width = widths[position]
        if not batches or widths[batches[-1][0]] != width or (len(batches[-1]) + 1) * width > BATCH_TOKENS:
            batches.append([])
        batches[-1].append(position)
    return batches


def _spread(windows: Sequence[Any]) -> Sequence[Any]:
    """All windows of a text, or MOST_WINDOWS of them at even distances, first and last included."""
    if len(windows) <= MOST_WINDOWS:
        return windows
    return [windows[place] for place in np.linspace(0, len(windows) - 1, MOST_WINDOWS).astype(int)]


def _description(folder: Path) -> dict[str, Any]:
    try:
        described: dict[str, Any] = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise EncoderError(
            f"no encoder can be read in {folder}: {error}. Delete the folder; the next training writes it again."
        ) from error
    missing = {"id", "dimension", "max_tokens"} - (described.keys() if isinstance(described, dict) else set())
    if missing:
        raise EncoderError(f"{folder / 'encoder.json'} lacks {', '.join(sorted(missing))}. Delete the folder.")
    return described


def _tokenizer(folder: Path, max_tokens: int, *, known: str | None) -> Any:
    """The tokenizer, whose file's SHA-256 must be `known` where that is given. Raises EncoderError."""
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    if not path.is_file():
        raise EncoderError(f"{path} is missing. Delete the folder; the next training writes it again.")
    content = path.read_bytes()
    if known is not None and hashlib.sha256(content).hexdigest() != known:
        raise EncoderError(f"{path} was altered or damaged. Delete the folder; the next training writes it again.")
    try:
        tokenizer = Tokenizer.from_buffer(content)
    except ValueError as error:
        raise EncoderError(f"{path} is no tokenizer: {str(error)[:100]}.") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _session(path: Path, *, known: str | None) -> Any:
    import onnxruntime

    if not path.is_file():
        raise EncoderError(f"{path} is missing. Delete the folder; the next training writes it again.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return open_graph(path, options, known=known)


def _cores() -> int:
    """How many cores this process may use, by its affinity and by the limits of a container."""
    from joblib import cpu_count

    return int(cpu_count())


def open_graph(path: Path, options: Any = None, *, known: str | None = None) -> Any:
    """A session over an ONNX file, whose SHA-256 must be `known` where that is given. Raises EncoderError.

    The graph is opened from memory: what was hashed is what runs, and data outside of the file cannot be named.
    """
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    content = path.read_bytes()
    if known is not None and hashlib.sha256(content).hexdigest() != known:
        raise EncoderError(f"{path} was altered or damaged. Delete the folder; the next training writes it again.")
    options = options or onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what is wrong is told by the error
    broken = (state.Fail, state.InvalidGraph, state.InvalidProtobuf, state.InvalidArgument, state.NotImplemented)
    try:
        return onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"], disabled_optimizers=[*SLOWER]
        )
    except broken as error:
        raise EncoderError(f"{path} cannot be opened as an ONNX graph: {str(error)[:200]}.") from error
