"""Labelled documents to a calibrated model whose figures all come from texts its heads had not seen."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from classifiers.anchors import Descriptions
from classifiers.besides import Besides, Several, besides_figures, fit_besides, fit_by_words, passages_of, told_apart
from classifiers.calibration import Codes, Floats, Usual, cross_fitted, fit_mixture
from classifiers.card import cascade_scores, make_card
from classifiers.content import named
from classifiers.documents import Document, joined
from classifiers.encoder import CachedEncoder, Encoder
from classifiers.focus import Reach
from classifiers.head import LinearHead, group_heads
from classifiers.held_out import Report, fold_numbers
from classifiers.held_out_words import HeldOutGroups, HeldOutLexical, held_out_lexical, lexical_features
from classifiers.model import Model
from classifiers.novelty import TailFit
from classifiers.openings import words_in
from classifiers.promises import HeldOut, Promise, Thresholds, thresholds
from classifiers.scores import LabelSpace
from classifiers.second_look import Looks, look_again
from classifiers.sights import PlainSight, Texts, Tuning, plain_sight, tuned_sight
from classifiers.stages import Acceptance, Columns, EmbeddingStage, LexicalStage, scored, spread_scores
from classifiers.telling import learnt_telling
from classifiers.word_sense import learn_sense
from taxonomy.errors import BadInputError

EVERYTHING = Acceptance(0.0)

USUAL_SCALES = (Usual(0.2, 0.5), Usual(2.0, 0.2))
"""Logarithms of what margins of words and of vectors with words count. With 4 to 16 labels an outcome of five data sets
what was best for other contacts lay near there, and what some hundred held-out texts alone chose lay far from it."""


class TrainingError(BadInputError):
    """The labelled contacts cannot train a model: too few labels, or labels that the job does not know."""


@dataclass(frozen=True)
class _Material:
    """What training works on: the documents as texts, and what is known of them."""

    known: Texts
    texts: list[str]
    columns: Columns

    @property
    def truth(self) -> Codes:
        return np.array(self.columns.seen)[self.known.codes]


def train(
    documents: Sequence[Document],
    labels: Sequence[str],
    space: LabelSpace,
    *,
    encoder: Encoder,
    tuning: Tuning | None = None,
    descriptions: Descriptions | None = None,
    max_error: float = 0.1,
    delta: float = 0.05,
    loss: float = 0.001,
    seed: int = 0,
    progress: Report | None = None,
    about: Mapping[str, Any] | None = None,
    weights: Sequence[float] | None = None,
    besides: Besides | None = None,
) -> Model:
    """Train both stages, calibrate them, set what each may keep, and write the card.

    `labels` name one label of `space` per document (`_none` for real examples of what fits nothing; without any,
    "fits nothing" comes from strangeness alone). `descriptions` say in a few ways what labels mean: they help where
    examples are few. With `tuning` an encoder of the model's own is fine-tuned, and asked too if that is better on
    texts that it has not seen. `about` is put on the card (job, job version, source). `weights` say how much each
    label counts when the heads learn; what they are judged by counts every text alike. `besides` are the groups that
    each document is about besides its label's: where enough of them are about several, the model tells them.
    `progress` hears what is being done and the share of it done. Raises TrainingError.
    """
    started = time.perf_counter()
    report = progress or _silent
    material = _material(documents, labels, space, descriptions=descriptions or {}, seed=seed, weights=weights)
    if besides is not None:
        material = replace(material, known=replace(material.known, several=Several.of(space, labels, besides)))
    learned = _learned(material, CachedEncoder(encoder), tuning, seed=seed, report=report)
    promise = Promise(max_error, delta, loss)
    found = thresholds(learned.held_out, promise)
    second = learned.embedding.second
    told = _besides_figures(material.known, learned, found)
    card = make_card(
        learned.held_out,
        found,
        promise,
        labels=labels,
        encoder=second.encoder if second else encoder,
        ridge=learned.ridge,
        seed=seed,
        seconds=time.perf_counter() - started,
        about={**(about or {}), **({"besides": told} if told else {})},
    )
    report("done", 1.0)
    stages = replace(learned.lexical, accept=found.lexical), replace(learned.embedding, accept=found.embedding)
    return _named(Model(space, *stages, Reach.of(documents), card=card), learned.held_out, found, learned.rows)


@dataclass(frozen=True)
class _Learned:
    """Both stages, what they say of the texts at `rows` as if these had not been labelled, and the ridge that won."""

    lexical: LexicalStage
    embedding: EmbeddingStage
    held_out: HeldOut
    rows: Codes
    ridge: float


def _learned(
    material: _Material, encoder: CachedEncoder, tuning: Tuning | None, *, seed: int, report: Report
) -> _Learned:
    """Both stages, keeping everything yet: nothing is promised so far."""
    known = material.known
    words = held_out_lexical(
        known.documents,
        known.codes,
        known.folds,
        in_scope=material.columns.in_scope,
        seed=seed,
        report=report,
        weights=known.weights,
        several=known.several,
    )
    lexical = _lexical_stage(material, words, seed=seed)
    sense, meant = learn_sense(material.texts, lexical.features.words, encoder, in_scope=known.familiar, seed=seed)
    lexical = replace(lexical, sense=sense)
    shown = known.shown(lexical.features)
    plain = plain_sight(known, shown, encoder, lexical, report=report)
    embedding = replace(_embedding_stage(material, words, plain), gists=shown.gists)
    held_out = _held_out(material, words, plain, lexical=lexical, embedding=embedding, meant=meant)
    learned = _with_besides(_Learned(lexical, embedding, held_out, plain.rows, plain.ridge), known, words, plain)
    if tuning is None or not known.enough_to_tune:
        return learned
    tuned = tuned_sight(known, shown, tuning, report=report)
    looked = look_again(Looks(words.margins, plain, tuned), known.codes, embedding, held_out)
    if looked is None:
        return learned
    second = replace(embedding, second=looked.second)
    return replace(learned, embedding=second, held_out=looked.held_out, rows=tuned.rows)


def _with_besides(learned: _Learned, known: Texts, words: HeldOutLexical, plain: PlainSight) -> _Learned:
    """The same, telling what else documents are about, where the texts teach that."""
    if known.several is None or words.groups is None:
        return learned
    held_out, apart = learned.held_out, _told_apart(known, words.groups, learned.lexical)
    by_words, heard = fit_by_words(known.several, words.groups.margins, apart, held_out.lexical)
    said, embedding = by_words.chances(heard), learned.embedding
    lexical, full = replace(held_out.lexical, besides=said), replace(held_out.full, besides=said)
    if plain.further is not None:  # else there were too many texts for a head over words and vectors
        heads = [heard.margins, heard.apart, plain.further]
        by_both = fit_besides(known.several, heads, held_out.full, heard.asked, usual=by_words.parts)
        full = replace(full, besides=np.where(heard.asked[:, None], by_both.chances(heads), said))
        embedding = replace(embedding, besides=by_both)
    return replace(
        learned,
        lexical=replace(learned.lexical, besides=by_words),
        embedding=embedding,
        held_out=HeldOut(lexical, full, held_out.truth),
    )


def _besides_figures(known: Texts, learned: _Learned, found: Thresholds) -> Mapping[str, int]:
    """How right the model is about what else texts are about; none where it tells nothing of that."""
    if known.several is None or learned.held_out.full.besides is None:
        return {}
    return besides_figures(cascade_scores(learned.held_out, found), known.several.among(learned.rows))


def _told_apart(known: Texts, groups: HeldOutGroups, lexical: LexicalStage) -> Floats:
    """What passages say of each text, read by heads that did not see it, as the stage for words will read them."""
    found = np.zeros(groups.margins.shape)
    for read in groups.passages:
        scores = scored(
            lexical.columns, [read.margins], scale=lexical.scale, tail=lexical.tail, distances=read.distances
        )
        found[read.rows] = told_apart(passages_of([known.documents[row] for row in read.rows.tolist()]), scores)
    return found


def _named(model: Model, held_out: HeldOut, found: Thresholds, rows: Codes) -> Model:
    """The model under its id, with what it said of texts it had not seen: `rows` of the training."""
    deferred = ~(found.lexical.sure(held_out.lexical) | found.embedding.sure(held_out.full))
    return replace(
        named(model),
        held_out=cascade_scores(held_out, found),
        held_out_rows=tuple(rows.tolist()),
        held_out_deferred=tuple(deferred.tolist()),
    )


def _material(
    documents: Sequence[Document],
    labels: Sequence[str],
    space: LabelSpace,
    *,
    descriptions: Descriptions,
    seed: int,
    weights: Sequence[float] | None,
) -> _Material:
    _check(documents, labels, space)
    counted = None if weights is None else np.asarray(weights, dtype=float)
    if counted is not None and (len(counted) != len(labels) or not (counted > 0).all()):
        raise TrainingError("every label needs a weight above 0.")
    seen = tuple(dict.fromkeys(labels))
    code_of = {label: code for code, label in enumerate(seen)}
    codes = np.array([code_of[label] for label in labels], dtype=np.int64)
    columns = Columns(space, tuple(space.labels.index(label) for label in seen))
    folds = fold_numbers(codes, seed=seed)
    known = Texts(documents, codes, columns.groups, folds, columns.in_scope, seen, descriptions, seed, counted)
    return _Material(known, joined(documents), columns)


def _check(documents: Sequence[Document], labels: Sequence[str], space: LabelSpace) -> None:
    if len(documents) != len(labels):
        raise TrainingError(f"{len(documents)} documents came with {len(labels)} labels; each needs one.")
    unknown = sorted(set(labels) - set(space.labels))
    if unknown:
        raise TrainingError(f"labels that the job does not know: {', '.join(unknown[:5])}. Correct them or the job.")
    if len(set(labels)) < 2:
        found = f"only {labels[0]!r}" if labels else "none"
        raise TrainingError(f"training needs contacts under at least two labels, found {found}. Label more contacts.")


def _lexical_stage(material: _Material, words: HeldOutLexical, *, seed: int) -> LexicalStage:
    known = material.known
    features = lexical_features(material.texts)
    openings = learnt_telling(known.documents, known.codes, features) if words.openings else None
    said = words_in(known.documents, features, openings)
    scorer = LinearHead(seed=seed).fit(said, known.codes, weights=known.weights).scorer_
    if (several := known.several) is not None:
        scorer = scorer.beside(group_heads(said[several.told], several.about[several.told], seed=seed))
    scale = fit_mixture([words.margins], known.codes, material.columns.groups)
    tail = TailFit.of(words.distances[known.familiar])
    return LexicalStage(material.columns, features, scorer, scale, tail, EVERYTHING, openings)


def _embedding_stage(material: _Material, words: HeldOutLexical, plain: PlainSight) -> EmbeddingStage:
    margins, groups = [words.margins, plain.margins], material.columns.groups
    scale = fit_mixture(margins, material.known.codes, groups, usual=USUAL_SCALES)
    tail = TailFit.of(plain.distances[material.known.familiar])
    stage = EmbeddingStage(material.columns, plain.encoder, plain.scorer, plain.reference, scale, tail, EVERYTHING)
    return replace(stage, words=plain.words, at_once=material.known.at_once, layered=plain.layered)


def _held_out(
    material: _Material,
    words: HeldOutLexical,
    plain: PlainSight,
    *,
    lexical: LexicalStage,
    embedding: EmbeddingStage,
    meant: Floats,
) -> HeldOut:
    """Both stages' answers to every text by heads and scales fitted to others; `meant`: how strange its words are."""
    columns, codes, groups = material.columns, material.known.codes, material.columns.groups
    said = cross_fitted([words.margins], codes, groups)
    seen = cross_fitted([words.margins, plain.margins], codes, groups, usual=USUAL_SCALES)
    by_words = spread_scores(columns, said, tail=lexical.tail, distances=words.distances)
    by_both = spread_scores(columns, seen, tail=embedding.tail, distances=plain.distances)
    return HeldOut(by_words.at_least_as_strange(meant), by_both, material.truth)


def _silent(what: str, share: float) -> None:
    """Nobody listens."""
