"""Bringing another encoder: any sentence-transformers name or path, or an ONNX file with its tokenizer."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from classifiers.encoder import SENTENCE_TRANSFORMERS, Encoder, EncoderError, OnnxEncoder, open_graph
from classifiers.encoder_export import default_encoder, encoder_named

MAX_TOKENS = 256


def chosen_encoder(wanted: str | None, *, home: Path, languages: str | None = None) -> Encoder:
    """The encoder that a setting names: nothing, an ONNX file, an id under `home`, or a sentence-transformers model.

    An ONNX file is copied to `<home>/encoders` with the `tokenizer.json` beside it, so that models find it again by
    its id. Raises EncoderError if it cannot be found or used.
    """
    if wanted is None:
        return default_encoder(home)
    if wanted.endswith(".onnx"):
        return OnnxEncoder(brought(Path(wanted), home=home, languages=languages))
    if (home / "encoders" / wanted / "encoder.json").is_file():
        return encoder_named(wanted, home=home)
    try:
        return encoder_named(SENTENCE_TRANSFORMERS + wanted.removeprefix(SENTENCE_TRANSFORMERS), home=home)
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"no encoder {wanted!r}: it is neither an ONNX file, nor a folder under {home / 'encoders'}, nor a model "
            f"that sentence-transformers can load ({str(error).splitlines()[0]})."
        ) from error


def brought(path: Path, *, home: Path, languages: str | None = None) -> Path:
    """The folder of an ONNX encoder under `home`, copied there if it is not yet. Raises EncoderError.

    The graph takes `input_ids` and `attention_mask`, and gives one vector a text, or one a token (their mean counts).
    """
    tokenizer = path.with_name("tokenizer.json")
    for part in (path, tokenizer):
        if not part.is_file():
            raise EncoderError(f"{part} is not there: an encoder is an ONNX file with tokenizer.json beside it.")
    digest = hashlib.sha256(path.read_bytes() + tokenizer.read_bytes()).hexdigest()[:8]
    target = home / "encoders" / f"{path.stem}-{digest}"
    if not (target / "encoder.json").is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".bring-") as scratch:
            draft = Path(scratch) / "draft"
            draft.mkdir()
            shutil.copyfile(path, draft / "model.onnx")
            shutil.copyfile(tokenizer, draft / "tokenizer.json")
            hashes = {
                "graph_sha256": hashlib.sha256((draft / "model.onnx").read_bytes()).hexdigest(),
                "tokenizer_sha256": hashlib.sha256((draft / "tokenizer.json").read_bytes()).hexdigest(),
            }
            about = {"id": target.name, "dimension": _dimension(path), "max_tokens": MAX_TOKENS, **hashes}
            declared = {"languages": languages.split(",")} if languages else {}
            (draft / "encoder.json").write_text(json.dumps({**about, **declared}), "utf-8")
            try:
                draft.rename(target)
            except OSError:
                if not (target / "encoder.json").is_file():  # else another process was first
                    raise
    return target


def languages_of(encoder: Encoder, declared: str | None) -> str:
    """The languages that an encoder is declared to read, with commas; `not declared` where nobody said."""
    known: Sequence[str] = getattr(encoder, "about", {}).get("languages", ())
    return declared or ",".join(known) or "not declared"


def _dimension(path: Path) -> int:
    """Length of the vectors that a graph gives. Raises EncoderError where it does not say."""
    session = open_graph(path)
    dimension = session.get_outputs()[0].shape[-1]
    if not isinstance(dimension, int):
        raise EncoderError(f"the first output of {path} has no fixed length: export it with one.")
    return dimension
