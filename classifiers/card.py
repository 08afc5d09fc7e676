"""The model card: what a model was made of, how good it is on texts it had not seen, and what it promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import isinf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import Floats, expected_calibration_error, reliability
from classifiers.encoder import Encoder
from classifiers.label_sets import fit_label_sets
from classifiers.promises import HeldOut, Promise, Thresholds, price_of_promises
from classifiers.scores import LabelScores


def make_card(
    held_out: HeldOut,
    found: Thresholds,
    promise: Promise,
    *,
    labels: Sequence[str],
    encoder: Encoder,
    ridge: float,
    seed: int,
    seconds: float,
    about: Mapping[str, Any],
) -> dict[str, Any]:
    """Everything worth knowing of a model as plain JSON values; figures are held-out (out of fold)."""
    cascade = cascade_scores(held_out, found)
    kept_lexical = found.lexical.sure(held_out.lexical)
    kept = kept_lexical | found.embedding.sure(held_out.full)
    return {
        **about,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "trained_on": {"documents": len(labels), "labels": dict(sorted(Counter(labels).items()))},
        "encoder": encoder.id,
        "encoder_about": dict(getattr(encoder, "about", {})),
        "settings": {"seed": seed, "ridge": ridge, "seconds": round(seconds, 1)},
        "held_out": {
            "cascade": stage_figures(cascade, held_out.truth),
            "lexical": stage_figures(held_out.lexical, held_out.truth),
            "full": stage_figures(held_out.full, held_out.truth),
        },
        "reliability": [
            {"count": one.count, "confidence": one.confidence, "accuracy": one.accuracy}
            for one in reliability(cascade.confidence, cascade.best == held_out.truth)
        ],
        "deferral": {
            "max_error": promise.max_error,
            "delta": promise.delta,
            "stated_loss": promise.loss,
            "lexical_threshold": _finite(found.lexical.confidence),
            "embedding_threshold": _finite(found.embedding.confidence),
            "error_bound": found.bound,
            "decided": {
                "lexical": float(kept_lexical.mean()),
                "embedding": float((kept & ~kept_lexical).mean()),
                "nobody": float((~kept).mean()),
            },
            "prices": [
                {"max_error": one.max_error, "kept": one.accepted_share} for one in price_of_promises(held_out, promise)
            ],
        },
        "label_sets": fit_label_sets(cascade, held_out.truth, ~kept).as_json(),
    }


def cascade_scores(held_out: HeldOut, found: Thresholds) -> LabelScores:
    """Held-out scores as the cascade would give them: of the words where they settle it, else of both."""
    sure = found.lexical.sure(held_out.lexical)
    by_words, by_both = held_out.lexical.besides, held_out.full.besides
    return LabelScores(
        held_out.full.space,
        np.where(sure[:, None], held_out.lexical.probabilities, held_out.full.probabilities),
        np.where(sure, held_out.lexical.novelty, held_out.full.novelty),
        None if by_words is None or by_both is None else np.where(sure[:, None], by_words, by_both),
    )


def stage_figures(scores: LabelScores, truth: NDArray[np.int64]) -> dict[str, Any]:
    """Accuracy with its Wilson 95 % interval and calibration error, for labels and for groups."""
    group_of = np.array(scores.space.group_of)
    groups = scores.by_group
    return {
        "label": _figures(scores.confidence, scores.best == truth),
        "group": _figures(groups.max(axis=1), groups.argmax(axis=1) == group_of[truth]),
    }


def _figures(confidence: Floats, right: NDArray[np.bool_]) -> dict[str, Any]:
    low, high = wilson(int(right.sum()), len(right))
    return {
        "accuracy": float(right.mean()),
        "low": low,
        "high": high,
        "ece": expected_calibration_error(confidence, right),
    }


def wilson(successes: int, count: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a share (1927)."""
    z = 1.959964
    share = successes / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * float(np.sqrt(share * (1 - share) / count + z * z / (4 * count * count)))
    return max(0.0, middle - half), min(1.0, middle + half)


def card_text(card: Mapping[str, Any], *, model_id: str) -> str:
    """The card for people, in Markdown."""
    if "held_out" not in card:
        return "\n".join([f"# Model {model_id}", "", *_plain_lines(card)]) + "\n"
    held_out, deferral = card["held_out"], card["deferral"]
    lines = [f"# Model {model_id}", ""]
    lines += _plain_lines(card)
    lines += [f"- trained on {card['trained_on']['documents']} documents, {len(card['trained_on']['labels'])} labels"]
    lines += ["", "Figures on texts that the heads had not seen (out of fold), with 95 % intervals.", ""]
    lines += ["| stage | level | accuracy | calibration error |", "|---|---|---|---|"]
    for stage, levels in held_out.items():
        lines += [
            f"| {stage} | {level} | {100 * one['accuracy']:.1f} % ({100 * one['low']:.1f} to {100 * one['high']:.1f}) "
            f"| {one['ece']:.3f} |"
            for level, one in levels.items()
        ]
    lines += ["", "## What is handed over", ""]
    lines += [
        f"At most {100 * deferral['max_error']:g} % errors among kept answers, with confidence "
        f"{100 * (1 - deferral['delta']):g} %. Decided by: "
        + ", ".join(f"{name} {100 * share:.1f} %" for name, share in deferral["decided"].items())
        + ".",
        "",
        "| errors allowed | kept |",
        "|---|---|",
    ]
    lines += [f"| {100 * one['max_error']:g} % | {100 * one['kept']:.1f} % |" for one in deferral["prices"]]
    lines += ["", "## Labels", "", "| label | examples |", "|---|---|"]
    lines += [f"| {label} | {count} |" for label, count in card["trained_on"]["labels"].items()]
    return "\n".join(lines) + "\n"


def _plain_lines(card: Mapping[str, Any]) -> list[str]:
    return [f"- {name}: {card[name]}" for name in card if isinstance(card[name], str | int | float)]


def _finite(value: float) -> float | None:
    """JSON knows no infinity: None means that the stage keeps nothing."""
    return None if isinf(value) else value
