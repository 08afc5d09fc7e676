"""SetFit in a virtual environment of its own, because it brings other versions of what Headway runs on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from classifiers.encoder_export import checked_weights
from evals.bench import setfit_run
from evals.bench.answered import Answered
from evals.bench.baselines import by_scores
from evals.bench.split import Split, texts
from taxonomy.errors import HeadwayError

PACKAGES = ("setfit>=1.1", "torch==2.13.0")
STEPS = 250
BATCH = 16


class SetFitError(HeadwayError):
    """The virtual environment of SetFit could not be made, or its run failed."""


@dataclass(frozen=True)
class SetFit:
    """SetFit on MiniLM, contrastive for `steps` steps of 2 x 16 texts, then logistic regression."""

    python: Path
    steps: int = STEPS

    def __call__(self, split: Split) -> Answered:
        """Train and answer in its own process. Raises SetFitError."""
        task = {
            "weights": str(checked_weights()),
            "texts": texts(split.train),
            "labels": [line["labels"]["outcome"] or "" for line in split.train],
            "asked": texts(split.test),
            "steps": self.steps,
            "batch": BATCH,
            "seed": split.seed,
        }
        # -P: or this very file would be found under the name of the library
        answer = _output([str(self.python), "-P", str(Path(setfit_run.__file__))], given=json.dumps(task))
        done = json.loads(answer.splitlines()[-1])
        return by_scores(
            split,
            done["classes"],
            np.array(done["probabilities"]),
            per_second=done["per_second"],
            trained=done["train_seconds"],
            calibrated=True,
        )


def setfit_in(folder: Path, *, steps: int, say: Callable[[str], None]) -> SetFit:
    """SetFit in the environment in `folder`, which is made on first use (1.8 GB, some minutes). Raises SetFitError."""
    folder = folder.absolute()
    python = folder / "bin" / "python"
    if not (folder / "ready").is_file():
        say(f"installing {' and '.join(PACKAGES)} in {folder}")
        _output([sys.executable, "-m", "venv", "--clear", str(folder)])
        _output([str(python), "-m", "pip", "install", "--quiet", *PACKAGES])
        (folder / "ready").touch()
    return SetFit(python, steps)


def _output(command: list[str], *, given: str | None = None) -> str:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    with TemporaryDirectory() as scratch:  # SetFit leaves checkpoints where it runs
        done = subprocess.run(  # noqa: S603 - our own command
            command,
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=environment,
            cwd=scratch,
            check=False,
        )
    if done.returncode != 0:
        raise SetFitError(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}")
    return done.stdout
