"""Labelled contacts to learn from and contacts to be measured on, with their job."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from taxonomy.model import Job

Line = dict[str, Any]
ALL, NONE = "all", "0"
BUDGETS = (ALL, "64", "16", "8", "4", NONE)
"""How many labels per outcome a system may learn from; `0` leaves it the job file alone."""


@dataclass(frozen=True)
class Split:
    """Contacts as JSON lines. `name` is the data set's short name, `fold` counts the parts of a cross-validation.

    `pool` holds the contacts from which those to learn from were taken; of the others nobody knows the labels.
    """

    name: str
    title: str
    job: Job
    train: Sequence[Line]
    test: Sequence[Line]
    fold: int = 0
    budget: str = ALL
    seed: int = 0
    pool: Sequence[Line] = ()

    @property
    def digest(self) -> str:
        """Names everything that an answer depends on: job, contacts to learn from, contacts to answer, seed."""
        content = [self.job.digest, self.seed, [*self.train], [*self.test]]
        if not self.train:
            content.append([*self.pool])
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def truth(self) -> dict[str, list[str]]:
        """The true step and outcome per measured contact, "" where none fits."""
        return {level: [line["labels"][level] or "" for line in self.test] for level in ("step", "outcome")}


def with_budget(split: Split, budget: str, *, seed: int) -> Split:
    """The split with only so many contacts of each outcome to learn from, drawn by the seed.

    `all` keeps everything, `0` nothing.
    """
    split = replace(split, budget=budget, seed=seed, pool=split.train)
    if budget == NONE:
        return replace(split, train=())
    if budget == ALL:
        return split
    most, taken = int(budget), dict[str, list[Line]]()
    for number in np.random.default_rng(seed).permutation(len(split.train)):
        line = split.train[number]
        own = taken.setdefault(f"{line['labels']['step']}/{line['labels']['outcome']}", [])
        if len(own) < most:
            own.append(line)
    return replace(split, train=[line for own in taken.values() for line in own])


def shortened(split: Split, *, train: int, test: int) -> Split:
    """At most so many contacts to learn from and to measure on, drawn without looking at their labels."""
    return replace(split, train=_some(split.train, train), test=_some(split.test, test))


def _some(lines: Sequence[Line], most: int) -> Sequence[Line]:
    if len(lines) <= most:
        return lines
    return [lines[number] for number in np.random.default_rng(0).permutation(len(lines))[:most]]


def texts(lines: Iterable[Line]) -> list[str]:
    """What the customer said of each contact, as one text."""
    return [" ".join(turn["text"] for turn in line["turns"] if turn["speaker"] == "customer") for line in lines]
