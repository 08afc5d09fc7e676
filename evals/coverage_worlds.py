"""Worlds drawn from a bank: whole customers with replacement, reviewed as the review policy draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from alignment.fold import Evidence
from alignment.response import response_weights
from evals.coverage_bank import Array, Bank
from evals.worlds_experience import answered
from tagger.review import draw_probabilities, expected_effect

TAU = 0.5
"""The uniform share of a draw's budget, as `headway review sample` has it."""


@dataclass(frozen=True)
class Drawn:
    """One world: the rows of the bank that it holds, its evidence, and the contacts whose truth a person looked up.

    `unsure` are the rows that the common practice would have corrected with the same budget: the least sure ones.
    """

    rows: NDArray[np.intp]
    evidence: Evidence
    unsure: NDArray[np.intp]


def draw_world(bank: Bank, *, contacts: int, reviews: int, seed: int) -> Drawn:
    """About `contacts` contacts of whole customers, of which about `reviews` were drawn and all decided."""
    rng = np.random.default_rng(seed)
    rows, customer = _customers(bank, rng, contacts)
    frame = bank.frame.iloc[rows].reset_index(drop=True)
    frame["customer"] = customer
    frame["contact"] = np.char.mod("%06d", np.arange(len(rows)))
    probabilities = bank.probabilities[rows]
    steps = probabilities[:, bank.targets.partition]
    top = steps.max(axis=1)
    effect = expected_effect(top, bank.answered[rows])
    pi = draw_probabilities(effect, budget=reviews, tau=TAU)
    weight = np.where(rng.random(len(rows)) < pi, 1 / pi, 0.0)
    response = response_weights(frame, steps).weights
    # One slice a day: figures do not depend on how finely contacts are sliced, and the fold is faster.
    frame["channel"] = None
    evidence = Evidence(frame, probabilities, bank.truth[rows], weight, response)
    return Drawn(rows, evidence, np.argsort(top, kind="stable")[: int((weight > 0).sum())])


def _customers(bank: Bank, rng: np.random.Generator, contacts: int) -> tuple[NDArray[np.intp], NDArray[np.str_]]:
    """Rows of customers drawn with replacement; each draw is a customer of its own."""
    chance = bank.chance[bank.starts]
    chance = chance / chance.sum()
    count = round(contacts / float(chance @ bank.sizes))
    drawn = rng.choice(len(chance), size=count, p=chance)
    sizes = bank.sizes[drawn]
    offsets = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.repeat(bank.starts[drawn], sizes) + offsets, np.char.mod("%06d", np.repeat(np.arange(count), sizes))


Scenario = Callable[[Bank], Bank]


def shipped(bank: Bank) -> Bank:
    """The tagger as it was trained."""
    return bank


def weak_tagger(bank: Bank) -> Bank:
    """A tagger that answers at random for three contacts in ten, and is as sure of it as ever."""
    rng = np.random.default_rng(1)
    wrong = np.flatnonzero(rng.random(len(bank)) < 0.3)
    probabilities = bank.probabilities.copy()
    probabilities[wrong] = bank.probabilities[rng.permutation(wrong)]
    return replace(bank, probabilities=probabilities)


def biased_step(bank: Bank) -> Bank:
    """Half of the second largest step's contacts are surely tagged as the largest step, with its outcomes."""
    return _sent_elsewhere(bank, np.random.default_rng(2).random(len(bank)) < 0.5)


def drift(bank: Bank) -> Bank:
    """In the last third of the period customers of one step use new words: all of it is tagged as another step."""
    days = np.array([day.toordinal() for day in bank.frame["day"]])
    return _sent_elsewhere(bank, days > np.quantile(days, 2 / 3))


def _sent_elsewhere(bank: Bank, which: NDArray[np.bool_]) -> Bank:
    steps = bank.truth[:, : len(bank.targets.steps)]
    largest, second = np.argsort(-steps.sum(axis=0), kind="stable")[:2]
    rng = np.random.default_rng(3)
    moved = np.flatnonzero(which & (steps[:, second] > 0))
    donors = rng.choice(np.flatnonzero(steps[:, largest] > 0), size=len(moved))
    probabilities = bank.probabilities.copy()
    probabilities[moved] = bank.probabilities[donors]
    return replace(bank, probabilities=probabilities)


def effort_response(bank: Bank) -> Bank:
    """Who answers the survey depends on the effort itself, which nothing else tells: +0.3 log-odds a point."""
    world = bank.world
    stage = replace(world.stage, spec=replace(world.spec, response=replace(world.spec.response, effort=0.3)))
    drawn = world.drawn
    names = ("channel", "resolved", "transfers", "effort", "abandoned", "started", "ended")
    columns = {name: getattr(drawn, name).copy() for name in names}
    who = answered(stage, np.random.default_rng(4), columns)["answered"][bank.order]
    return replace(bank, frame=bank.frame.assign(effort=np.where(who, bank.felt, np.nan)))


def rare_steps(bank: Bank) -> Bank:
    """Customers of the three smallest steps come a fifth as often: steps of about one contact in a hundred."""
    steps = bank.truth[:, : len(bank.targets.steps)]
    small = np.argsort(steps.sum(axis=0), kind="stable")[:3]
    customer = np.repeat(np.arange(len(bank.starts)), bank.sizes)
    has = np.maximum.reduceat(steps[:, small].max(axis=1), bank.starts)[customer] > 0
    return replace(bank, chance=np.where(has, 0.2, 1.0))


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "shipped": shipped,
        "weak-tagger": weak_tagger,
        "biased-step": biased_step,
        "drift": drift,
        "effort-response": effort_response,
        "rare-steps": rare_steps,
    }
)
"""What the coverage study tries, by name."""


def true_means(bank: Bank, values: Array) -> Array:
    """The mean of a value on every target of the population that worlds are drawn from; NaN is left out."""
    known = np.isfinite(values)
    weight = np.where(known, bank.chance, 0.0)
    size = weight @ bank.truth
    return np.asarray((weight * np.where(known, values, 0.0)) @ bank.truth / np.where(size > 0, size, np.nan))


def true_shares(bank: Bank) -> Array:
    """Every target's share of all contacts in the population that worlds are drawn from."""
    return np.asarray(bank.chance @ bank.truth / bank.chance.sum())
