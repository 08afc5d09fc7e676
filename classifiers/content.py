"""A model as plain tensors and plain JSON, and its id: the hash of both and of the job version it answers to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.bend import Bend
from classifiers.besides import BesidesByWords, BesidesScale
from classifiers.calibration import MarginScale
from classifiers.deferral import NOTHING
from classifiers.encoder import Encoder
from classifiers.focus import Reach
from classifiers.lexical import GramTable, LexicalFeatures
from classifiers.margins import KernelScorer, LinearScorer
from classifiers.model import Model
from classifiers.novelty import TailFit
from classifiers.scores import LabelSpace
from classifiers.stages import Acceptance, Columns, EmbeddingStage, LexicalStage, SecondLook
from classifiers.telling import Telling
from classifiers.word_sense import WordSense

ID_DIGITS = 12

Tensors = dict[str, NDArray[Any]]
Plain = dict[str, Any]


def tensors_of(model: Model) -> Tensors:
    """Every array of a model by name."""
    words, vectors, second = model.lexical, model.embedding, model.embedding.second
    looked_again = (
        {"second_landmarks": second.scorer.landmarks, "second_weights": second.scorer.weights} if second else {}
    )
    joint = {"joint_words": vectors.words.weights} if vectors.words else {}
    openings = {"openings": words.openings.told} if words.openings else {}
    gists = {"gists": vectors.gists.told} if vectors.gists else {}
    sense = _sense_tensors(words.sense) if words.sense else {}
    return {
        **looked_again,
        **joint,
        **openings,
        **gists,
        **sense,
        "words_idf": words.features.words.idf,
        "chars_idf": words.features.chars.idf,
        "linear_weights": words.scorer.weights,
        "linear_bias": words.scorer.bias,
        "landmarks": vectors.scorer.landmarks,
        "kernel_weights": vectors.scorer.weights,
        "reference": vectors.reference,
    }


def settings_of(model: Model) -> Plain:
    """Everything else that shapes an answer."""
    words, vectors = model.lexical, model.embedding
    return {
        "labels": list(model.space.labels),
        "groups": list(model.space.groups),
        "group_of": list(model.space.group_of),
        "seen": list(words.columns.seen),
        "encoder": vectors.encoder.id,
        "gamma": vectors.scorer.gamma,
        "lexical": _stage_settings(words.scale, words.tail, words.accept),
        "embedding": _stage_settings(vectors.scale, vectors.tail, vectors.accept),
        **({"at_once": True} if vectors.at_once else {}),
        **({"layered": True} if vectors.layered else {}),
        **({"sense": {"unseen": words.sense.unseen, "tail": asdict(words.sense.tail)}} if words.sense else {}),
        **({"besides": _besides_settings(words, vectors)} if words.besides else {}),
        **({"reach": asdict(model.reach)} if model.reach else {}),
        **({"second": _second_settings(vectors.second)} if vectors.second else {}),
    }


def vocabulary_of(model: Model) -> Plain:
    """The n-grams of both tables, in the order of their columns."""
    features, sense = model.lexical.features, model.lexical.sense
    return {
        "words": list(features.words.columns),
        "chars": list(features.chars.columns),
        **({"sense": list(sense.rows)} if sense else {}),
    }


def rebuilt(
    settings: Plain, vocabulary: Plain, tensors: Tensors, *, encoder: Encoder, tuned: Encoder | None = None
) -> Model:
    """The model that these parts were taken from, without id and card. Raises KeyError or ValueError if they misfit."""
    space = LabelSpace(tuple(settings["labels"]), tuple(settings["groups"]), tuple(settings["group_of"]))
    columns = Columns(space, tuple(settings["seen"]))
    features = LexicalFeatures(
        _table("words", vocabulary["words"], tensors["words_idf"]),
        _table("chars", vocabulary["chars"], tensors["chars_idf"]),
    )
    linear = LinearScorer(tensors["linear_weights"], tensors["linear_bias"])
    kernel = KernelScorer(tensors["landmarks"], tensors["kernel_weights"], settings["gamma"])
    openings, gists = (
        Telling.over(features.words, tensors[name]) if name in tensors else None for name in ("openings", "gists")
    )
    lexical = LexicalStage(columns, features, linear, *_stage_parts(settings["lexical"]), openings)
    if "sense" in settings:
        lexical = replace(lexical, sense=_sense(settings["sense"], vocabulary["sense"], tensors))
    embedding = EmbeddingStage(columns, encoder, kernel, tensors["reference"], *_stage_parts(settings["embedding"]))
    at_once, layered = (bool(settings.get(name)) for name in ("at_once", "layered"))
    embedding = replace(embedding, at_once=at_once, layered=layered, gists=gists)
    told = {name: BesidesScale(tuple(one["weights"]), one["bias"]) for name, one in settings.get("besides", {}).items()}
    if told:
        lexical = replace(lexical, besides=BesidesByWords(told["whole"], told["parts"]))
        embedding = replace(embedding, besides=told.get("both"))
    if "joint_words" in tensors:
        weights = tensors["joint_words"]
        embedding = replace(embedding, words=LinearScorer(weights, np.zeros(weights.shape[1], np.float32)))
    if tuned is not None:
        embedding = replace(embedding, second=_second_look(settings["second"], tensors, tuned))
    reach = Reach(**settings["reach"]) if "reach" in settings else None  # models of earlier versions have none
    return Model(space, lexical, embedding, reach)


def named(model: Model) -> Model:
    """The model under its id. The same numbers under another version of the job are another model, with other tags."""
    version = model.card.get("job_version")
    content = content_id(model)
    told = content if version is None else hashlib.sha256(f"{content} {version}".encode()).hexdigest()[:ID_DIGITS]
    return replace(model, id=told)


def content_id(model: Model) -> str:
    """The first digits of a hash over everything that shapes an answer; the date and the card do not count."""
    digest = hashlib.sha256()
    for part in (settings_of(model), vocabulary_of(model)):
        digest.update(json.dumps(part, sort_keys=True).encode())
    for name, tensor in sorted(tensors_of(model).items()):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(tensor).tobytes())
    return digest.hexdigest()[:ID_DIGITS]


def _table(kind: Any, grams: list[str], idf: NDArray[Any]) -> GramTable:
    if len(grams) != len(idf):
        raise ValueError(f"{len(grams)} n-grams but {len(idf)} weights")
    return GramTable(kind, {gram: column for column, gram in enumerate(grams)}, idf)


def _sense_tensors(sense: WordSense) -> Tensors:
    """The vectors of words are exact in half precision."""
    return {
        "sense_words": sense.vectors.astype(np.float16),
        "sense_weights": sense.weights,
        "sense_reference": sense.reference,
    }


def _sense(settings: Plain, words: list[str], tensors: Tensors) -> WordSense:
    vectors, weights = tensors["sense_words"].astype(np.float32), tensors["sense_weights"]
    if not len(words) == len(vectors) == len(weights):
        raise ValueError(f"{len(words)} words with a meaning but {len(vectors)} vectors and {len(weights)} weights")
    if vectors.shape[1:] != tensors["sense_reference"].shape[1:]:
        raise ValueError("words and labelled texts have meanings of different lengths")
    rows = {word: row for row, word in enumerate(words)}
    tail = TailFit(**settings["tail"])
    return WordSense(rows, weights, vectors, settings["unseen"], tensors["sense_reference"], tail)


def _besides_settings(words: LexicalStage, vectors: EmbeddingStage) -> Plain:
    """How margins of groups become chances: by words, and by words and vectors where these have a say."""
    found = asdict(words.besides) if words.besides else {}
    return {**found, **({"both": asdict(vectors.besides)} if vectors.besides else {})}


def _second_settings(second: SecondLook) -> Plain:
    return {
        "encoder": second.encoder.id,
        "gamma": second.scorer.gamma,
        **_scale_settings(second.scale),
        "settled": None if second.settled == NOTHING else second.settled,
    }


def _second_look(settings: Plain, tensors: Tensors, encoder: Encoder) -> SecondLook:
    if encoder.id != settings["encoder"]:
        raise ValueError(f"encoder {encoder.id} in place of {settings['encoder']}")
    scorer = KernelScorer(tensors["second_landmarks"], tensors["second_weights"], settings["gamma"])
    settled = NOTHING if settings["settled"] is None else settings["settled"]
    return SecondLook(encoder, scorer, _scale(settings), settled)


def _stage_settings(scale: MarginScale, tail: TailFit, accept: Acceptance) -> Plain:
    confidence = None if accept.confidence == NOTHING else accept.confidence
    none_strange = {"none_strange": True} if accept.none_strange else {}
    return {
        **_scale_settings(scale),
        "tail": asdict(tail),
        "accept": {"confidence": confidence, "novelty": accept.novelty, **none_strange},
    }


def _scale_settings(scale: MarginScale) -> Plain:
    mixed = {} if scale.sharp == 1.0 else {"sharp": scale.sharp, "flatness": scale.flatness}
    raised = {} if scale.power == 1.0 else {"power": scale.power}
    bent = {} if scale.bend is None else {"bend": list(scale.bend.added)}
    return {"scales": list(scale.scales), **mixed, **raised, **bent}


def _scale(settings: Plain) -> MarginScale:
    mixed = {name: settings[name] for name in ("sharp", "flatness", "power") if name in settings}
    bend = Bend(tuple(settings["bend"])) if "bend" in settings else None
    return MarginScale(tuple(settings["scales"]), **mixed, bend=bend)


def _stage_parts(settings: Plain) -> tuple[MarginScale, TailFit, Acceptance]:
    accept = settings["accept"]
    confidence = NOTHING if accept["confidence"] is None else accept["confidence"]
    return (
        _scale(settings),
        TailFit(**settings["tail"]),
        Acceptance(confidence, accept["novelty"], accept.get("none_strange", False)),
    )
