"""What words alone say of every labelled text, by heads that did not see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from classifiers.besides import Several, passages_of
from classifiers.calibration import Codes, Floats
from classifiers.documents import Document, joined
from classifiers.head import LinearHead, group_heads
from classifiers.held_out import FOLDS, Report, losses
from classifiers.lexical import LexicalFeatures
from classifiers.novelty import lexical_distance
from classifiers.openings import are_conversations, beside_openings, words_in
from classifiers.telling import learnt_telling

NEVER = -1.0
FEW_TEXTS = 3000
SURE = 1.645
"""Standard errors by which reading openings apart must lessen the loss: 95 %, one-sided."""


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
    for fold in np.unique(folds):
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        known = [documents[row] for row in outside.tolist()]
        asked = [documents[row] for row in inside.tolist()]
        features = lexical_features(joined(known))
        strange = features.unfamiliarity(joined(asked))
        counted = None if weights is None else weights[outside]
        for one in found:
            telling = learnt_telling(known, codes[outside], features) if one.openings else None
            said, heard = (words_in(these, features, telling) for these in (known, asked))
            head = LinearHead(seed=seed).fit(said, codes[outside], weights=counted)
            one.margins[np.ix_(inside, head.classes_)] = head.margins(heard)
            one.distances[inside] = lexical_distance(one.margins[inside][:, in_scope], strange)
            if one.groups is not None and several is not None:
                told = np.isin(outside, several.told)
                of_groups = group_heads(said[told], several.about[outside[told]], seed=seed)
                one.groups.margins[inside] = of_groups.margins(heard)
                read = _passages(
                    asked, inside, features, head, labels=one.margins.shape[1], in_scope=in_scope, openings=one.openings
                )
                one.groups.passages.append(read)
        report("held-out words", (float(fold) + 1) / FOLDS)
    return _better(found, codes)


def _passages(
    documents: Sequence[Document],
    rows: Codes,
    features: LexicalFeatures,
    head: LinearHead,
    *,
    labels: int,
    in_scope: Codes,
    openings: bool,
) -> HeldOutPassages:
    passages = list(chain.from_iterable(passages_of(documents)))
    alone = [(passage,) for passage in passages]
    margins = np.full((len(passages), labels), NEVER)
    if passages:
        margins[:, head.classes_] = head.margins(beside_openings(features, alone, alone if openings else None))
    return HeldOutPassages(rows, margins, lexical_distance(margins[:, in_scope], features.unfamiliarity(passages)))


def _nothing_yet(codes: Codes, several: Several | None, apart: bool) -> HeldOutLexical:
    margins = np.full((len(codes), int(codes.max()) + 1), NEVER)
    groups = None if several is None else HeldOutGroups(np.full(several.about.shape, NEVER))
    return HeldOutLexical(margins, np.zeros(len(codes)), apart, groups)


def _better(found: Sequence[HeldOutLexical], codes: Codes) -> HeldOutLexical:
    """The whole alone, unless openings beside it lessen the loss by more than chance would."""
    plain, *apart = found
    for other in apart:
        gain = losses([plain.margins], codes) - losses([other.margins], codes)
        if gain.mean() > SURE * gain.std() / np.sqrt(len(gain)):
            return other
    return plain
