"""How well contacts that no outcome covers are told apart: far ones, and near ones about the same business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.cascade import Answers
from classifiers.embedding_cache import EmbeddingCache
from classifiers.encoder_export import default_encoder
from classifiers.model import Model
from classifiers.scores import NONE_LABEL
from classifiers.training import train
from evals.bench.sets import folds_of
from evals.curves import ranked_auroc, share_flagged
from evals.datasets import NEAR_BANKING, rows_of
from tagger.descriptions import descriptions
from tagger.labels import label_space

UNCOVERED = frozenset(
    (
        *("apr", "application_status", "bill_balance", "bill_due", "credit_limit", "credit_limit_change"),
        *("credit_score", "improve_credit_score", "interest_rate", "min_payment", "order_checks", "pay_bill"),
        *("redeem_rewards", "rewards_balance", "routing", "spending_history"),
    )
)
"""CLINC150's banking and credit-card intents that no outcome of the retail-banking job is about."""

RECALL = 0.95
REPLICATES = 400

Documents = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Apart:
    """Strange contacts against those that fit: AUROC with its 95 % interval, by `novelty` and by P(`_none`).

    `flagged` is the share of fitting contacts that look as strange as the 95 % strangest of the strange; `mistagged`
    the share of the strange that the model gave a step without handing them over.
    """

    contacts: int
    auroc: float
    low: float
    high: float
    auroc_none: float
    flagged: float
    mistagged: float

    def text(self) -> str:
        """The figures on one line."""
        return (
            f"{self.contacts:,} contacts, AUROC {self.auroc:.3f} [{self.low:.3f}, {self.high:.3f}] by novelty, "
            f"{self.auroc_none:.3f} by P(none); {100 * self.flagged:.1f} % of fitting contacts flagged at 95 % recall; "
            f"{100 * self.mistagged:.1f} % given a step"
        )


@dataclass(frozen=True)
class NoveltyReport:
    """Far: everyday talk about other things. Near: the same business, but nothing that the job names."""

    fitting: int
    far: Apart
    near: Apart

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self)

    def text(self) -> str:
        """The report for people."""
        return "\n".join(
            [
                f"fits no step (Banking77 learned from; {self.fitting:,} held-out contacts fit; the others: CLINC150)",
                f"  far   {self.far.text()}",
                f"  near  {self.near.text()}",
            ]
        )


def novelty_report(data: Path, *, home: Path) -> NoveltyReport:
    """Train (fast) on four fifths of Banking77, and tell the last fifth from CLINC150's other talk.

    Raises DataSetError where a file is not there.
    """
    split = folds_of("banking77", data)[0]
    model = train(
        [_said(line) for line in split.train],
        [line["labels"]["outcome"] or NONE_LABEL for line in split.train],
        label_space(split.job),
        encoder=EmbeddingCache(home / "embeddings").around(default_encoder(home)),
        descriptions=descriptions(split.job),
    )
    rows = list(rows_of(data, "clinc150_val"))
    far = [[row["text"]] for row in rows if row["domain"] not in NEAR_BANKING]
    near = [[row["text"]] for row in rows if row["label"] in UNCOVERED]
    fitting = model.answer([_said(line) for line in split.test])
    return NoveltyReport(len(split.test), apart(model, fitting, far), apart(model, fitting, near))


def apart(model: Model, fitting: Answers, strange: Documents, *, seed: int = 0) -> Apart:
    """How well a model tells strange documents from fitting ones, whose answers are given."""
    answers = model.answer(strange)
    none = model.space.labels.index(NONE_LABEL)
    novelty = np.concatenate([fitting.scores.novelty, answers.scores.novelty])
    chance = np.concatenate([fitting.scores.probabilities[:, none], answers.scores.probabilities[:, none]])
    outside = np.arange(len(novelty)) >= len(fitting.stage)
    low, high = _interval(fitting.scores.novelty, answers.scores.novelty, seed=seed)
    return Apart(
        len(strange),
        ranked_auroc(novelty, outside),
        low,
        high,
        ranked_auroc(chance, outside),
        share_flagged(novelty, outside, recall=RECALL),
        float((~answers.deferred & (answers.scores.best != none)).mean()),
    )


def _interval(inside: NDArray[np.float64], outside: NDArray[np.float64], *, seed: int) -> tuple[float, float]:
    """Percentile bootstrap of the AUROC, both groups drawn anew."""
    rng = np.random.default_rng(seed)
    truth = np.arange(len(inside) + len(outside)) >= len(inside)
    drawn = [
        ranked_auroc(np.concatenate([rng.choice(inside, len(inside)), rng.choice(outside, len(outside))]), truth)
        for _ in range(REPLICATES)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def _said(line: dict[str, Any]) -> list[str]:
    return [turn["text"] for turn in line["turns"] if turn["speaker"] == "customer"]
