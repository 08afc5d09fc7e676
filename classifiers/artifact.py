"""Models on disk: safetensors and JSON only, checked against their hashes before anything is used."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.card import card_text
from classifiers.content import content_id, named, rebuilt, settings_of, tensors_of, vocabulary_of
from classifiers.embedding_cache import EmbeddingCache
from classifiers.encoder import CachedEncoder, Encoder, OnnxEncoder
from classifiers.encoder_export import encoder_named
from classifiers.model import Model
from taxonomy.errors import HeadwayError

FORMAT, READABLE = 5, (1, 2, 3, 4, 5)
"""Since 2 a model may read openings of conversations, since 3 steps may be surer than the outcomes within them, since 4
only the gist of a long document may be read, words have a sense, and what else a document is about may be told, since 5
the head may read two layers of the encoder."""

WITHOUT_DIGEST = 4
"""Up to this format a manifest has no hash of itself, by which a flipped bit in the format would show."""

PARTS = ("tensors.safetensors", "settings.json", "vocabulary.json", "card.json")
OWN_ENCODER = "encoder"
LARGEST = 2 * 1024**3
"""Bytes of one file of a model; the largest that were trained have some 100 MB."""

ENCODER_PARTS = ("model.onnx", "tokenizer.json", "encoder.json")


class ModelFileError(HeadwayError):
    """A saved model is missing, damaged, or of a form this version cannot read."""


def save(model: Model, folder: Path) -> None:
    """Write the model to `folder`, the manifest last: a folder without one was never finished."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: np.ascontiguousarray(tensor) for name, tensor in tensors_of(model).items()}
    save_file(tensors, folder / "tensors.safetensors")
    _write(folder / "settings.json", settings_of(model))
    _write(folder / "vocabulary.json", vocabulary_of(model))
    _write(folder / "card.json", dict(model.card))
    if model.card:
        (folder / "card.md").write_text(card_text(model.card, model_id=model.id), encoding="utf-8")
    parts = [*PARTS, *_save_own_encoder(model, folder)]
    manifest: dict[str, Any] = {"format": FORMAT, "id": model.id}
    if named(model).id != model.id:
        manifest["content"] = content_id(model)  # texts were erased from it since it was named
    manifest["sha256"] = {part: _sha256(folder / part) for part in parts}
    _write(folder / "manifest.json", {**manifest, "whole": digest_of(manifest)})


def load(
    folder: Path,
    *,
    encoder: Encoder | None = None,
    home: Path | None = None,
    cache: EmbeddingCache | None = None,
    at_hand: Encoder | None = None,
) -> Model:
    """Read a model back; its answers are those of the one saved, to the last digit.

    Without `encoder` the one it was trained with is looked up under `home` by its id; a tuned one lies in the folder.
    With `cache` vectors of texts that were ever read are taken from there (not those of a tuned encoder). An encoder
    `at_hand` is used as it is if it is the one: its weights need not lie in memory twice.
    Raises ModelFileError where a file is missing or altered, EncoderError where the encoder is not at hand.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load as load_tensors

    manifest, parts = _checked_parts(folder)
    settings, vocabulary = (_parsed(folder / part, parts[part]) for part in ("settings.json", "vocabulary.json"))
    wanted = str(settings.get("encoder"))
    if encoder is not None and encoder.id != wanted:
        raise ModelFileError(f"{folder} was trained with encoder {wanted}, not {encoder.id}: give it that one.")
    if at_hand is not None and at_hand.id == wanted:
        used = at_hand
    else:
        plain = encoder or encoder_named(wanted, home=home)
        used = CachedEncoder(cache.around(plain) if cache else plain)
    tuned = CachedEncoder(OnnxEncoder(folder / OWN_ENCODER)) if "second" in settings else None
    try:
        model = rebuilt(settings, vocabulary, load_tensors(parts["tensors.safetensors"]), encoder=used, tuned=tuned)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, SafetensorError) as error:
        raise ModelFileError(
            f"the parts of the model in {folder} do not fit together: {error}. Train again."
        ) from error
    model = replace(model, card=_parsed(folder / "card.json", parts["card.json"]))
    if not _is_named(model, manifest):
        raise ModelFileError(f"the model in {folder} is not the one its manifest names. Train again.")
    return replace(model, id=manifest["id"])


def digest_of(manifest: dict[str, Any]) -> str:
    """What a manifest says of itself under `whole`: the SHA-256 of all else in it."""
    told = {name: value for name, value in manifest.items() if name != "whole"}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _is_named(model: Model, manifest: dict[str, Any]) -> bool:
    """Whether the manifest is this model's; one that texts were erased from keeps its id, as its tags do."""
    content = content_id(model)
    if "content" in manifest:
        return bool(content == manifest["content"])
    return manifest["id"] in (named(model).id, content)  # earlier versions named a model by its content alone


def _save_own_encoder(model: Model, folder: Path) -> list[str]:
    """Copy the encoder that was tuned for this model; the names of its files, none if there is no such encoder."""
    second = model.embedding.second
    if second is None:
        return []
    inner = second.encoder.inner if isinstance(second.encoder, CachedEncoder) else second.encoder
    if not isinstance(inner, OnnxEncoder):
        raise ModelFileError(f"the tuned encoder {inner.id} lies in no folder, so the model cannot be saved.")
    (folder / OWN_ENCODER).mkdir(exist_ok=True)
    for part in ENCODER_PARTS:
        shutil.copyfile(inner.folder / part, folder / OWN_ENCODER / part)
    return [f"{OWN_ENCODER}/{part}" for part in ENCODER_PARTS]


def _checked_parts(folder: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest and the content of every part, read once, so that what was checked is what is used."""
    if not (folder / "manifest.json").is_file():
        raise ModelFileError(f"no finished model in {folder}. Train one with `headway train`.")
    manifest = _parsed(folder / "manifest.json", _content(folder / "manifest.json"))
    if manifest.get("format") not in READABLE or not isinstance(manifest.get("id"), str):
        raise ModelFileError(f"{folder} holds a model of a format that this version cannot read. Train again.")
    tells = "whole" in manifest or manifest["format"] > WITHOUT_DIGEST
    if tells and manifest.get("whole") != digest_of(manifest):
        raise ModelFileError(f"{folder / 'manifest.json'} was altered or damaged. Restore it or train again.")
    hashes = manifest.get("sha256")
    own = [f"{OWN_ENCODER}/{part}" for part in ENCODER_PARTS] if (folder / OWN_ENCODER).is_dir() else []
    parts = {part: _content(folder / part) for part in (*PARTS, *own)}
    for part, content in parts.items():
        if not isinstance(hashes, dict) or hashlib.sha256(content).hexdigest() != hashes.get(part):
            raise ModelFileError(f"{folder / part} was altered or damaged. Restore it or train again.")
    return manifest, {part: parts[part] for part in PARTS}


def _content(path: Path) -> bytes:
    """The bytes of a file of a model, never through a link: a folder of a stranger must not name files of ours."""
    if path.is_symlink() or (path.parent.name == OWN_ENCODER and path.parent.is_symlink()):
        raise ModelFileError(f"{path} is a link. A model holds its own files; restore it or train again.")
    if not path.is_file():
        raise ModelFileError(f"{path} is missing. Restore it or train again.")
    if path.stat().st_size > LARGEST:
        raise ModelFileError(f"{path} is over {LARGEST // 1024**2} MB, as no part of a model is. Train again.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read: {error}. Restore it or train again.") from error


def _parsed(path: Path, content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{path} cannot be read: {error}. Restore it or train again.") from error
    if not isinstance(found, dict):
        raise ModelFileError(f"{path} cannot be read: it is no JSON object. Restore it or train again.")
    return found


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
