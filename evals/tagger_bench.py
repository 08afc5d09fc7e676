"""Our tagger against what a good engineer builds in an afternoon, on the same contacts in the same run."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from evals.comparison import paired_difference
from evals.datasets import contact_line, contacts, present
from evals.scale import run_command
from evals.worlds import WorldSpec, generate
from taxonomy.loader import find_job
from taxonomy.model import Job

Say = Callable[[str], None]
Line = dict[str, Any]
HELD_OUT_FIFTH = 5


@dataclass(frozen=True)
class Split:
    """Labelled contacts as JSON lines: to learn from, and to be measured on."""

    name: str
    job: Job
    train: Sequence[Line]
    test: Sequence[Line]


def tagger_bench(data: Path | None, *, say: Say) -> dict[str, Any]:
    """Train and measure ours and the baseline on each data set at hand; differences are paired, ours less theirs."""
    splits = [_sample()]
    if data is not None and present(data):
        splits.append(_banking77(data))
    return {"data_sets": [_one(split, say) for split in splits]}


def tagger_text(result: dict[str, Any]) -> str:
    """The figures as lines for people."""
    lines = []
    for one in result["data_sets"]:
        ours, theirs, gain = one["ours"], one["tfidf_svc"], one["difference"]
        lines += [
            f"{one['name']}: {one['train']:,} to learn from, {one['test']:,} measured",
            f"  ours         step {_percent(ours['step'])}  outcome {_percent(ours['outcome'])}  "
            f"{ours['per_second']:,.0f} contacts/s, trained in {ours['train_seconds']:.0f} s",
            f"  TF-IDF + SVC step {_percent(theirs['step'])}  outcome {_percent(theirs['outcome'])}  "
            f"{theirs['per_second']:,.0f} contacts/s, trained in {theirs['train_seconds']:.0f} s",
            f"  difference   step {_points(gain['step'])}  outcome {_points(gain['outcome'])}, "
            f"speed x{ours['per_second'] / theirs['per_second']:.2f}",
        ]
    return "\n".join(lines)


def _sample() -> Split:
    world = generate(WorldSpec(job="online-order", contacts=100))
    return Split(
        "generated sample, held-out families", find_job("online-order"), [*world.labelled()], [*world.heldout()]
    )


def _banking77(data: Path) -> Split:
    job = find_job("retail-banking")
    lines = [contact_line(contact) for contact in contacts("banking77", data, job=job)]
    order = np.random.default_rng(0).permutation(len(lines))
    cut = len(lines) // HELD_OUT_FIFTH
    return Split("Banking77, held-out fifth", job, [lines[i] for i in order[cut:]], [lines[i] for i in order[:cut]])


def _one(split: Split, say: Say) -> dict[str, Any]:
    say(f"{split.name}: training ours")
    ours, our_steps, our_outcomes = _ours(split)
    say(f"{split.name}: training TF-IDF + SVC")
    theirs, their_outcomes = _baseline(split)
    step_of = {**split.job.step_of, "": ""}
    truth_outcomes = np.array([line["labels"]["outcome"] or "" for line in split.test])
    truth_steps = np.array([line["labels"]["step"] or "" for line in split.test])
    their_steps = np.array([step_of[outcome] for outcome in their_outcomes])
    rights = {
        "step": (our_steps == truth_steps, their_steps == truth_steps),
        "outcome": (our_outcomes == truth_outcomes, their_outcomes == truth_outcomes),
    }
    return {
        "name": split.name,
        "train": len(split.train),
        "test": len(split.test),
        "ours": {**ours, **{level: float(mine.mean()) for level, (mine, _) in rights.items()}},
        "tfidf_svc": {**theirs, **{level: float(other.mean()) for level, (_, other) in rights.items()}},
        "difference": {level: paired_difference(mine, other) for level, (mine, other) in rights.items()},
    }


def _ours(split: Split) -> tuple[dict[str, float], Any, Any]:
    """Through the command itself, in a home folder of its own."""
    with TemporaryDirectory() as folder:
        home, train, test = Path(folder), Path(folder) / "train.jsonl.gz", Path(folder) / "test.jsonl.gz"
        _write(train, split.train)
        _write(test, split.test)
        job = split.job.id
        trained = run_command(["train", "--job", job, "--data", str(train), "--json"], home=home)
        graded = run_command(["eval", "--job", job, "--data", str(test), "--json"], home=home)
        tags = [
            json.loads(line)
            for line in run_command(["predict", "--job", job], home=home, stdin=test).output.splitlines()
        ]
    figures = {"per_second": graded.output["contacts_per_second"], "train_seconds": trained.seconds}
    steps, outcomes = (np.array([tag[level] or "" for tag in tags]) for level in ("step", "outcome"))
    return figures, steps, outcomes


def _baseline(split: Split) -> tuple[dict[str, float], Any]:
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True),
    )
    model = make_pipeline(features, LinearSVC())
    began = time.perf_counter()
    model.fit(_texts(split.train), [line["labels"]["outcome"] or "" for line in split.train])
    trained = time.perf_counter()
    outcomes = model.predict(_texts(split.test))
    seconds = time.perf_counter() - trained
    return {"per_second": len(outcomes) / seconds, "train_seconds": trained - began}, outcomes


def _texts(lines: Iterable[Line]) -> list[str]:
    return [" ".join(turn["text"] for turn in line["turns"] if turn["speaker"] == "customer") for line in lines]


def _write(path: Path, lines: Iterable[Line]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _points(gain: tuple[float, float, float]) -> str:
    return f"{100 * gain[0]:+.1f} [{100 * gain[1]:+.1f}, {100 * gain[2]:+.1f}] points"
