"""The tagger by its own commands: `headway train`, `eval` and `predict` in a home folder of their own."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from classifiers.encoder_export import default_encoder
from evals.bench.answered import Answered
from evals.bench.split import Line, Split
from evals.scale import Timed, run_command
from tagger.model import NONE_FITS

NO_LLM = {"HEADWAY_LLM_MODEL": ""}
"""Ours is measured alone: a configured LLM is a system of its own here."""


def ours(split: Split) -> Answered:
    """The tagger as `headway train --tuned` makes it, from the job file alone where there are no labels."""
    return by_command(split, tuned=True)


def ours_fast(split: Split) -> Answered:
    """The tagger as `headway train --fast` makes it."""
    return by_command(split, tuned=False)


def ours_unlabelled(split: Split) -> Answered:
    """The tagger without labels, with the contacts that nobody labelled: `headway train --unlabelled`."""
    return by_command(split, tuned=False, unlabelled=True)


def by_command(split: Split, *, tuned: bool, unlabelled: bool = False) -> Answered:
    """Train, measure the speed and answer. Raises subprocess.CalledProcessError if a command fails.

    The test contacts are read for the first time when the speed is measured: no vector of them is kept anywhere.
    """
    with TemporaryDirectory() as folder:
        home, train, test = Path(folder), Path(folder) / "train.jsonl.gz", Path(folder) / "test.jsonl.gz"
        write_lines(train, map(_without_labels, split.pool) if unlabelled else split.train)
        write_lines(test, split.test)
        job = Path(folder) / f"{split.job.id}.yaml"
        job.write_text(split.job.source, "utf-8")
        default_encoder(home)  # made once on a machine, so no part of training time
        material = ["--unlabelled", str(train)] if unlabelled else _labelled(train, split, tuned=tuned)
        trained = run_alone(["train", "--job", str(job), *material, "--json"], home)
        measured = run_alone(["eval", "--job", str(job), "--data", str(test), "--json"], home)
        said = run_alone(["predict", "--job", str(job)], home, test).output.splitlines()
    tags = [json.loads(line) for line in said]
    return _answered(tags, per_second=float(measured.output["contacts_per_second"]), trained=trained.seconds)


def _without_labels(line: Line) -> Line:
    return {name: value for name, value in line.items() if name != "labels"}


def _labelled(path: Path, split: Split, *, tuned: bool) -> list[str]:
    return ["--data", str(path), "--tuned" if tuned else "--fast"] if split.train else []


def write_lines(path: Path, lines: Iterable[Line]) -> None:
    """Contacts as gzipped JSON Lines."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def run_alone(arguments: Sequence[str], home: Path, stdin: Path | None = None) -> Timed:
    """A command of the tagger with no LLM behind it. Raises subprocess.CalledProcessError."""
    return run_command(arguments, home=home, stdin=stdin, settings=NO_LLM)


def _answered(tags: Sequence[dict[str, Any]], *, per_second: float, trained: float) -> Answered:
    return Answered(
        [tag["step"] or "" for tag in tags],
        [tag["outcome"] or "" for tag in tags],
        per_second,
        trained,
        confidence=[tag["outcomes"].get(tag["outcome"] or NONE_FITS, tag["confidence"]) for tag in tags],
        step_confidence=[tag["steps"].get(tag["step"] or NONE_FITS, tag["confidence"]) for tag in tags],
        calibrated=True,
        deferred=[tag["deferred"] for tag in tags],
        about=str(tags[0]["model"]),
    )
