"""The whole bench: every system on every data set and label budget, finished parts kept, one result."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from evals.bench.answered import Answered, System
from evals.bench.cells import OUR_CODE, SEVERAL_CODE, SPEED_CODE, Cells, code_digest, system_digest
from evals.bench.rows import Measured
from evals.bench.sets import budgets_of, folds_of
from evals.bench.several import MultiSystem, several_folds, several_rows
from evals.bench.split import NONE, Split, shortened, with_budget
from evals.datasets import DataSetError
from taxonomy.errors import HeadwayError

Say = Callable[[str], None]
Answers = Mapping[str, Sequence[Sequence[Answered]]]
"""Per system: for each seed, what it answered in each fold."""

OURS = ("ours", "ours-fast")
NO_LABELS = ("ours-unlabelled", "prototypes")
LLM = "llm"
FEW_ONLY = ("setfit",)
FEW = ("16", "8", "4")
SEVERAL = "nlupp"
SPEED_SETS = ("sample", "dialogues", "banking77", "multidogo")
SPEED_TEST = 2000
QUICK_TRAIN, QUICK_TEST = 500, 300


@dataclass(frozen=True)
class Plan:
    """What is run: data sets, label budgets (None = those of each set), seeds of the draws, and how much of each."""

    data: Path | None
    sets: Sequence[str]
    budgets: Sequence[str] | None = None
    seeds: int = 1
    folds: int | None = None
    quick: bool = False
    llm_contacts: int = 200
    machine_hour: float = 0.10
    speed: bool = False
    run: bool = True

    @property
    def most_folds(self) -> int | None:
        """How many folds of a cross-validation are measured, None for all."""
        return self.folds or (1 if self.quick else None)


@dataclass
class Bench:
    """One run of a plan; `skipped` and `failed` say what is not in its result and why."""

    plan: Plan
    systems: Mapping[str, System]
    several: Mapping[str, MultiSystem]
    cells: Cells
    home: Path
    say: Say
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def result(self) -> dict[str, Any]:
        """All rows; a cell that fails is named and left out, and the rest goes on."""
        began = time.perf_counter()
        digests = {name: system_digest(name) for name in self.systems}
        rows = [row for name in self.plan.sets if name != SEVERAL for row in self._rows(name, digests)]
        several = self._several() if SEVERAL in self.plan.sets else []
        speeds = [self._speed(name) for name in self.plan.sets if name in SPEED_SETS] if self.plan.speed else []
        return {
            "rows": rows,
            "several_labels": several,
            "speed": [report for report in speeds if report],
            "skipped": self.skipped,
            "failed": self.failed,
            "machine": machine(),
            "machine_hour": self.plan.machine_hour,
            "quick": self.plan.quick,
            "seconds": round(time.perf_counter() - began, 1),
        }

    def _rows(self, name: str, digests: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        try:
            folds = self._shortened(folds_of(name, self.plan.data))
        except DataSetError as error:
            self.skipped.append(f"{name}: {error}")
            return
        for budget in self.plan.budgets or budgets_of(name):
            answers = {
                system: found
                for system in self.systems
                if self._usable(system, budget) and (found := self._answers(folds, budget, system, digests[system]))
            }
            yield from self._graded([with_budget(fold, budget, seed=0) for fold in folds], answers)
            if LLM in self.systems and budget == NONE:
                asked = with_budget(folds[0], budget, seed=0)
                yield from self._beside_llm(asked, answers, digests[LLM])

    def _usable(self, system: str, budget: str) -> bool:
        """Without labels the tuned and the fast tagger are the same: it is measured once."""
        twice = system == "ours-fast" and "ours" in self.systems
        return usable(system, budget) and not (budget == NONE and twice)

    def _graded(self, folds: Sequence[Split], answers: Answers) -> list[dict[str, Any]]:
        return Measured(folds, answers).rows(against=OURS, machine_hour=self.plan.machine_hour)

    def _beside_llm(self, split: Split, answers: Answers, digest: str) -> list[dict[str, Any]]:
        """The LLM is paid by the contact: it and the others on the first few contacts only."""
        count = min(self.plan.llm_contacts, len(split.test))
        few = replace(split, name=f"{split.name}-llm", title=f"{split.title}, first {count}", test=split.test[:count])
        said = self._cell(few, LLM, digest)
        if said is None:
            return []
        others = {system: [[seeds[0][0].first(count)]] for system, seeds in answers.items()}
        return self._graded([few], {**others, LLM: [[said]]})

    def _shortened(self, folds: list[Split]) -> list[Split]:
        kept = folds[: self.plan.most_folds]
        return [shortened(fold, train=QUICK_TRAIN, test=QUICK_TEST) for fold in kept] if self.plan.quick else kept

    def _answers(self, folds: Sequence[Split], budget: str, system: str, digest: str) -> list[list[Answered]]:
        """Per seed the answers of every fold; nothing if one of them could not be had."""
        seeds = range(self.plan.seeds if budget in FEW else 1)
        found = [[self._cell(with_budget(fold, budget, seed=seed), system, digest) for fold in folds] for seed in seeds]
        whole = [[one for one in answers if one is not None] for answers in found]
        return whole if all(len(answers) == len(folds) for answers in whole) else []

    def _cell(self, split: Split, system: str, digest: str) -> Answered | None:
        parts = (split.name, str(split.fold), system, split.budget, str(split.seed))
        cell = self._kept("-".join(parts), f"{split.digest}-{digest}", lambda: self.systems[system](split).as_json())
        return None if cell is None else Answered(**cell)

    def _several(self) -> list[dict[str, Any]]:
        if self.plan.data is None:
            self.skipped.append(f"{SEVERAL}: it is a public data set: name the folder that holds it with --data.")
            return []
        try:
            folds = several_folds(self.plan.data)[: self.plan.most_folds]
        except DataSetError as error:
            self.skipped.append(f"{SEVERAL}: {error}")
            return []
        cells = {name: [self._fold(name, system, fold) for fold in folds] for name, system in self.several.items()}
        whole = {name: [part for part in parts if part] for name, parts in cells.items() if all(parts)}
        return several_rows(folds, whole)

    def _fold(self, name: str, system: MultiSystem, fold: Any) -> dict[str, Any] | None:
        digest = f"{code_digest(SEVERAL_CODE)}-{system_digest(name)}"
        return self._kept(f"{SEVERAL}-{fold.number}-{name}", digest, lambda: system(fold))

    def _speed(self, name: str) -> dict[str, Any] | None:
        """The tagger and the strong baseline in turns, so that both meet the same machine."""
        from evals.tagger_speed import tagger_speed

        try:
            fold = self._shortened(folds_of(name, self.plan.data))[0]
        except DataSetError:
            return None  # named already, where its rows should be
        short = shortened(fold, train=len(fold.train), test=SPEED_TEST)
        fingerprint = f"{short.digest}-{code_digest(SPEED_CODE + OUR_CODE)}"
        measure = partial(tagger_speed, short, home=self.home, say=self.say)
        return self._kept(f"speed-{name}", fingerprint, lambda: measure().as_json())

    def _kept(self, name: str, fingerprint: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
        if not self.plan.run and not self.cells.has(name, fingerprint):
            self.skipped.append(f"{name}: not finished")
            return None
        if self.plan.run and not self.cells.has(name, fingerprint):
            self.say(f"{datetime.now():%H:%M:%S} {name}")
        try:
            return self.cells.get(name, fingerprint, make)
        except (HeadwayError, subprocess.CalledProcessError) as error:
            self.failed.append(f"{name}: {error}")
            return None


def usable(system: str, budget: str) -> bool:
    """Whether a system can be built with so many labels: with none only the tagger and prototypes can.

    The LLM is asked apart, about fewer contacts.
    """
    if system == LLM:
        return False
    if budget == NONE:
        return system in OURS or system in NO_LABELS
    if system in FEW_ONLY:
        return budget in FEW
    return system not in NO_LABELS


def machine() -> dict[str, Any]:
    """Where and when the figures were measured."""
    cpu = next((line.split(":")[1].strip() for line in _cpu_lines() if line.startswith("model name")), "")
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cores": len(os.sched_getaffinity(0)),
        "processor": cpu or platform.processor(),
        "python": platform.python_version(),
    }


def _cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text("utf-8").splitlines() if path.is_file() else []
