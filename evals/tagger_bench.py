"""Our tagger against what a good engineer builds in an afternoon, on the same contacts in the same run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sklearn.metrics import f1_score

from evals.bench_splits import Split, splits
from evals.bench_systems import Answered, systems
from evals.comparison import paired_difference

Say = Callable[[str], None]
LEVELS = ("step", "outcome")


def tagger_bench(data: Path | None, *, say: Say) -> dict[str, Any]:
    """Every system on every data set and label budget; differences are paired, ours less the other's."""
    with TemporaryDirectory() as folder:
        return {"rows": [row for make in splits(data, Path(folder)) for row in _rows(make(), say)]}


def tagger_text(result: dict[str, Any]) -> str:
    """The rows as lines for people."""
    lines: list[str] = []
    title = ""
    for row in result["rows"]:
        heading = (
            f"{row['data_set']}, labels: {row['labels']} ({row['train']:,} to learn from, {row['test']:,} measured)"
        )
        if heading != title:
            lines.append(title := heading)
        lines.append(
            f"  {row['system']:16s} step {_percent(row['step'])}  outcome {_percent(row['outcome'])}  macro-F1 "
            f"{row['step']['macro_f1']:.3f} {row['outcome']['macro_f1']:.3f}  {row['per_second']:,.0f}/s, "
            f"trained in {row['train_seconds']:.0f} s{_behind(row['difference'])}"
        )
    return "\n".join(lines)


def write(result: dict[str, Any], folder: Path) -> None:
    """`tagger.json` and `tagger.md` in `folder`, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tagger.json").write_text(json.dumps(result, indent=1), "utf-8")
    lines = ["# The tagger and what it is measured against", ""]
    lines += ["| data set | labels | system | step | outcome | macro-F1 (outcome) | a second | trained in |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    lines += [
        f"| {row['data_set']} | {row['labels']} | {row['system']} | {_percent(row['step'])} "
        f"| {_percent(row['outcome'])} | {row['outcome']['macro_f1']:.3f} "
        f"| {row['per_second']:,.0f} | {row['train_seconds']:.0f} s |"
        for row in result["rows"]
    ]
    (folder / "tagger.md").write_text("\n".join(lines) + "\n", "utf-8")


def _rows(split: Split, say: Say) -> list[dict[str, Any]]:
    truth = {level: np.array([line["labels"][level] or "" for line in split.test]) for level in LEVELS}
    rows: list[dict[str, Any]] = []
    first: dict[str, Any] = {}
    for name, system in systems(split).items():
        say(f"{split.name}, labels: {split.budget}: {name}")
        answered = system(split)
        right = {"step": answered.steps == truth["step"], "outcome": answered.outcomes == truth["outcome"]}
        first = first or right
        gain = {level: paired_difference(first[level], right[level]) for level in LEVELS} if rows else None
        rows.append(_row(split, name, answered, truth, difference=gain))
    return rows


def _row(split: Split, name: str, answered: Answered, truth: dict[str, Any], *, difference: Any) -> dict[str, Any]:
    said = {"step": answered.steps, "outcome": answered.outcomes}
    return {
        "data_set": split.name,
        "labels": split.budget,
        "train": len(split.train),
        "test": len(split.test),
        "system": name,
        **{
            level: {
                "accuracy": float((said[level] == truth[level]).mean()),
                "macro_f1": float(f1_score(truth[level], said[level], average="macro", zero_division=0)),
            }
            for level in LEVELS
        },
        "ece": answered.ece,
        "per_second": answered.per_second,
        "train_seconds": answered.train_seconds,
        "difference": difference,
    }


def _percent(figure: dict[str, float]) -> str:
    return f"{100 * figure['accuracy']:.1f} %"


def _behind(difference: dict[str, tuple[float, float, float]] | None) -> str:
    """What ours gains over this system, in points with 95 % intervals; nothing for ours itself."""
    if difference is None:
        return ""
    return "; ours gains " + ", ".join(
        f"{level} {100 * gain:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"
        for level, (gain, low, high) in difference.items()
    )
