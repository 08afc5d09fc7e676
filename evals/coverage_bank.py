"""A bank of generated contacts that the trained tagger has read: the population that coverage worlds are drawn from.

Two cores have no time to encode every world. A bank is tagged once; worlds are then drawn from it as whole customers
with replacement, so that the bank's own figures are the truth of every world drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alignment.resolution import LONG_WINDOW_DAYS, first_contact_resolution
from alignment.targets import NONE, Targets, label_targets
from classifiers.encoder_export import default_encoder
from classifiers.model import Model
from classifiers.training import train
from evals.worlds import World, WorldSpec, generate
from tagger.labels import LabelReader, label_space
from tagger.model import Labels
from taxonomy.model import Job

Array = NDArray[np.float64]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Bank:
    """Contacts with their tags, their true targets and everything measured of them.

    `frame` is that of `alignment.fold.Evidence`, with effort NaN where the customer did not answer. `felt` is the
    effort of every contact, answered or not. `probabilities` and `truth` (n, targets). `chance` (n,): how likely the
    customer of the contact is drawn, relative to the others. `order` are the rows' numbers in the world.
    """

    job: Job
    targets: Targets
    frame: pd.DataFrame
    felt: Array
    probabilities: Array
    truth: Array
    chance: Array
    world: World
    order: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """Where each customer's contacts begin; rows are sorted by customer."""
        customer = self.frame["customer"].to_numpy()
        return np.flatnonzero(np.concatenate([[True], customer[1:] != customer[:-1]]))

    @cached_property
    def sizes(self) -> NDArray[np.intp]:
        """Contacts per customer."""
        return np.diff(np.append(self.starts, len(self)))

    @cached_property
    def answered(self) -> NDArray[np.bool_]:
        """Who answered the effort question."""
        return np.asarray(self.frame["effort"].notna())


def tag_bank(spec: WorldSpec, *, home: Path | None, say: Say) -> Bank:
    """Generate contacts, train the tagger on the world's labelled part, and read every contact with it."""
    world = generate(spec)
    job = world.stage.job
    say(f"training on {spec.labelled:,} labelled contacts")
    model = _trained(world, job, home)
    say(f"reading a bank of {len(world):,} contacts")
    probabilities = model.score([_customer_turns(line) for line in world.contacts()]).probabilities
    return bank_of(world, job, probabilities @ label_targets(model.space, Targets.of(job)))


def _trained(world: World, job: Job, home: Path | None) -> Model:
    lines = list(world.labelled())
    reader = LabelReader(job)
    names = [reader.label(Labels(line["labels"]["step"], line["labels"]["outcome"])) for line in lines]
    documents = [_customer_turns(line) for line in lines]
    return train(documents, names, label_space(job), encoder=default_encoder(home))


def _customer_turns(line: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(turn["text"] for turn in line["turns"] if turn["speaker"] == "customer")


def bank_of(world: World, job: Job, probabilities: Array) -> Bank:
    """A bank of the contacts of a world, with these probabilities of the targets, in the order of the world."""
    targets, drawn = Targets.of(job), world.drawn
    order = np.lexsort((drawn.started, drawn.customer))
    frame = _frame(world, job).iloc[order].reset_index(drop=True)
    felt = drawn.effort[order].astype(float)
    frame["effort"] = np.where(drawn.answered[order], felt, np.nan)
    truth = true_targets(world, targets)[order]
    return Bank(job, targets, frame, felt, probabilities[order], truth, np.ones(len(order)), world, order)


def true_targets(world: World, targets: Targets) -> Array:
    """1 where a contact is truly on a target, shape (n, targets), in the order of the world's contacts."""
    drawn, stage = world.drawn, world.stage
    truth = np.zeros((len(drawn), len(targets)))
    on = drawn.outcome >= 0
    steps = np.array([targets.index("step", step) for step in stage.steps])
    outcomes = np.array([targets.index("outcome", outcome) for outcome in stage.outcomes])
    truth[on, steps[drawn.step[on]]] = 1.0
    truth[on, outcomes[drawn.outcome[on]]] = 1.0
    truth[~on, targets.index("step", NONE)] = 1.0
    return truth


def _frame(world: World, job: Job) -> pd.DataFrame:
    """The measured columns of every contact, as of the end of the world."""
    drawn, stage = world.drawn, world.stage
    started = pd.to_datetime(drawn.started, unit="s", utc=True)
    frame = pd.DataFrame(
        {
            "contact": np.arange(len(drawn)).astype(str),
            "customer": drawn.customer,
            "started_at": started,
            "ended_at": pd.to_datetime(drawn.ended, unit="s", utc=True),
            "abandoned": drawn.abandoned,
            "day": started.date,
            "channel": np.array(stage.channels)[drawn.channel],
            "transfers": drawn.transfers.astype(float),
            "time": drawn.minutes,
            "cost": drawn.cost,
        }
    )
    frame["segment"] = frame["circumstance"] = [()] * len(frame)
    for name, days in (("fcr", job.friction.fcr.window_days), ("fcr_long", LONG_WINDOW_DAYS)):
        frame[name] = first_contact_resolution(frame, window_days=days, as_of=world.spec.ends)
    return frame
