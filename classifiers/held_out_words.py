"""What words alone say of every labelled text, by heads that did not see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from classifiers.besides import Several, passages_of
from classifiers.calibration import Codes, Floats
from classifiers.documents import Document, joined
from classifiers.head import LinearHead, group_heads
from classifiers.held_out import FOLDS, Report, lessens_loss
from classifiers.lexical import LexicalFeatures
from classifiers.novelty import lexical_distance
from classifiers.openings import are_conversations, beside_openings, words_in
from classifiers.telling import learnt_telling

NEVER = -1.0
FEW_TEXTS = 3000


@dataclass(frozen=True)
class HeldOutPassages:
    """Margins, shape (m, labels), and lexical distances, shape (m,), of the passages of the texts `rows`."""

    rows: Codes
    margins: Floats
    distances: Floats


@dataclass(frozen=True)
class HeldOutGroups:
    """Where documents about several groups teach: margins of groups, shape (n, groups), and passages, fold by fold."""

    margins: Floats
    passages: list[HeldOutPassages] = field(default_factory=list)


@dataclass(frozen=True)
class HeldOutLexical:
    """Held-out margins, shape (n, labels), lexical distances, shape (n,), and whether openings were read apart."""

    margins: Floats
    distances: Floats
    openings: bool = False
    groups: HeldOutGroups | None = None


def lexical_features(texts: Sequence[str]) -> LexicalFeatures:
    """TF-IDF tables: with few texts every n-gram counts, with many only those seen twice."""
    return LexicalFeatures.fit(texts, min_count=1 if len(texts) < FEW_TEXTS else 2)


def held_out_lexical(
    documents: Sequence[Document],
    codes: Codes,
    folds: Codes,
    *,
    in_scope: Codes,
    seed: int,
    report: Report,
    weights: Floats | None = None,
    several: Several | None = None,
) -> HeldOutLexical:
    """Per fold: tables, openings and head from the other folds, so that unseen words are unseen here too.

    Conversations are read with their openings and without, and the better reading is kept.
    """
    readings = (False, True) if are_conversations(documents) else (False,)
    found = [_nothing_yet(codes, several, apart) for apart in readings]
    for number in np.unique(folds):
        fold = _Fold.of(documents, codes, folds == number)
        for one in found:
            _read(fold, one, weights=weights, in_scope=in_scope, several=several, seed=seed)
        report("held-out words", (float(number) + 1) / FOLDS)
    return _better(found, codes)


@dataclass(frozen=True)
class _Fold:
    """The rows of a fold and of the others, their documents, and what the others know: codes and features."""

    inside: Codes
    outside: Codes
    asked: Sequence[Document]
    known: Sequence[Document]
    codes: Codes
    features: LexicalFeatures
    strange: Floats

    @classmethod
    def of(cls, documents: Sequence[Document], codes: Codes, inside: NDArray[np.bool_]) -> _Fold:
        rows, others = np.flatnonzero(inside), np.flatnonzero(~inside)
        asked, known = ([documents[row] for row in chosen.tolist()] for chosen in (rows, others))
        features = lexical_features(joined(known))
        return cls(rows, others, asked, known, codes[others], features, features.unfamiliarity(joined(asked)))


def _read(
    fold: _Fold, into: HeldOutLexical, *, weights: Floats | None, in_scope: Codes, several: Several | None, seed: int
) -> None:
    """What heads of the other folds say of this one, with its openings apart or not, written into its rows."""
    telling = learnt_telling(fold.known, fold.codes, fold.features) if into.openings else None
    said, heard = (words_in(these, fold.features, telling) for these in (fold.known, fold.asked))
    head = LinearHead(seed=seed).fit(said, fold.codes, weights=None if weights is None else weights[fold.outside])
    into.margins[np.ix_(fold.inside, head.classes_)] = head.margins(heard)
    into.distances[fold.inside] = lexical_distance(into.margins[fold.inside][:, in_scope], fold.strange)
    if into.groups is None or several is None:
        return
    told = np.isin(fold.outside, several.told)
    of_groups = group_heads(said[told], several.about[fold.outside[told]], seed=seed)
    into.groups.margins[fold.inside] = of_groups.margins(heard)
    into.groups.passages.append(_passages(fold, into, head, in_scope=in_scope))


def _passages(fold: _Fold, into: HeldOutLexical, head: LinearHead, *, in_scope: Codes) -> HeldOutPassages:
    passages = list(chain.from_iterable(passages_of(fold.asked)))
    alone = [(passage,) for passage in passages]
    margins = np.full((len(passages), into.margins.shape[1]), NEVER)
    if passages:
        said = beside_openings(fold.features, alone, alone if into.openings else None)
        margins[:, head.classes_] = head.margins(said)
    strange = fold.features.unfamiliarity(passages)
    return HeldOutPassages(fold.inside, margins, lexical_distance(margins[:, in_scope], strange))


def _nothing_yet(codes: Codes, several: Several | None, apart: bool) -> HeldOutLexical:
    margins = np.full((len(codes), int(codes.max()) + 1), NEVER)
    groups = None if several is None else HeldOutGroups(np.full(several.about.shape, NEVER))
    return HeldOutLexical(margins, np.zeros(len(codes)), apart, groups)


def _better(found: Sequence[HeldOutLexical], codes: Codes) -> HeldOutLexical:
    """The whole alone, unless openings beside it lessen the loss by more than chance would."""
    plain, *apart = found
    for other in apart:
        if lessens_loss(other.margins, plain.margins, codes):
            return other
    return plain
