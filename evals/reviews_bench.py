"""What reviewing buys when reviewers err: coverage and error of published figures over many worlds, per practice.

Every practice spends the same number of reads. Worlds are drawn from a bank of contacts that one tagger has read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alignment.fold import fold
from alignment.fold_replicates import fold_replicates
from alignment.moments import Moments
from evals.coverage import ESTIMANDS, coverage_line, practised, step_intervals, true_figures, world_estimates
from evals.coverage_bank import Array, Bank
from evals.coverage_worlds import Drawn, draw_world
from evals.reviewers import TEAM, Analyst, Codes, reads_per_contact, team_reading
from tagger.review_reads import SECOND_SHARE

Say = Callable[[str], None]
SHOWN = ("share", "effort", "fcr", "friction")


@dataclass(frozen=True)
class Practice:
    """How reads are spent: `second` share read twice, disagreements settled; `drawn` by chance, or the unsure ones.

    `team` None: analysts who never err.
    """

    name: str
    drawn: bool
    second: float = 0.0
    erring: bool = True


PRACTICES = (
    Practice("tagger alone, counted", drawn=False, second=-1.0),
    Practice("fix the unsure ones, count", drawn=False),
    Practice("drawn, one read each", drawn=True),
    Practice("drawn, as Headway reviews", drawn=True, second=SECOND_SHARE),
    Practice("drawn, all read twice", drawn=True, second=1.0),
    Practice("drawn, nobody errs", drawn=True, erring=False),
)
"""The first reads nothing at all."""


def reviews_study(
    bank: Bank, *, worlds: int, contacts: int, reads: int, team: Sequence[Analyst] = TEAM, say: Say
) -> dict[str, Any]:
    """Per practice and estimand: coverage of 95 % intervals, share published, width, bias and absolute error."""
    began, truth = time.perf_counter(), true_figures(bank)
    rates = {practice.name: _rate(bank, practice, team) for practice in PRACTICES}
    found: dict[str, list[Array]] = {practice.name: [] for practice in PRACTICES}
    for world in range(worlds):
        if world % 25 == 0:
            say(f"world {world} of {worlds}")
        for practice in PRACTICES:
            spent = round(reads / rates[practice.name])
            found[practice.name].append(_figures(bank, practice, team, contacts=contacts, reviews=spent, seed=world))
    return {
        "worlds": worlds,
        "contacts": contacts,
        "reads": reads,
        "team": {analyst.name: analyst.error for analyst in team},
        "seconds": round(time.perf_counter() - began, 1),
        "practices": {
            name: {
                "contacts_read": 0 if name == PRACTICES[0].name else round(reads / rates[name]),
                **_summary(np.stack(rows), truth),
            }
            for name, rows in found.items()
        },
    }


def _rate(bank: Bank, practice: Practice, team: Sequence[Analyst]) -> float:
    steps = bank.targets.partition
    if practice.second <= 0 or not practice.erring:
        return 1.0
    return reads_per_contact(
        bank.truth[:, steps].argmax(axis=1), bank.probabilities[:, steps], team, second=practice.second
    )


def _figures(
    bank: Bank, practice: Practice, team: Sequence[Analyst], *, contacts: int, reviews: int, seed: int
) -> Array:
    """Intervals of one world under a practice, shape (estimands, steps, 3)."""
    drawn = draw_world(bank, contacts=contacts, reviews=reviews, seed=seed)
    if practice.second < 0:
        return practised(bank, drawn, corrected=False)
    if practice.erring:
        drawn = as_read(bank, drawn, team, second=practice.second, seed=seed, by_chance=practice.drawn)
    if not practice.drawn:
        return practised(bank, drawn, corrected=True)
    folded = fold(drawn.evidence, bank.targets)
    moments = Moments(bank.targets, folded.slices, fold_replicates(drawn.evidence, bank.targets))
    return step_intervals(bank, world_estimates(bank, moments))


def as_read(bank: Bank, drawn: Drawn, team: Sequence[Analyst], *, second: float, seed: int, by_chance: bool) -> Drawn:
    """The world with what the team said in place of the truth, where it read: drawn contacts, or the unsure ones."""
    evidence, steps = drawn.evidence, bank.targets.partition
    rows = np.flatnonzero(evidence.weight > 0) if by_chance else drawn.unsure
    true = evidence.truth[rows, steps].argmax(axis=1)
    rng = np.random.default_rng([seed, 2])
    read = team_reading(true, evidence.probabilities[rows, steps], team, second=second, rng=rng)
    return replace(drawn, evidence=replace(evidence, truth=_relabelled(evidence.truth, rows, true, read.steps, steps)))


def _relabelled(truth: Array, rows: Codes, true: Codes, said: Codes, steps: slice) -> Array:
    """Another step where somebody erred; an outcome of the true step is lost with it."""
    changed, wrong = truth.copy(), said != true
    where = rows[wrong]
    changed[where] = 0.0
    changed[where, steps.start + said[wrong]] = 1.0
    return changed


def _summary(figures: Array, truth: Array) -> dict[str, dict[str, float]]:
    """Per estimand over worlds and steps; `error` is the mean distance of the published value from the truth."""
    found = {}
    for name in SHOWN:
        place = ESTIMANDS.index(name)
        mine = figures[:, place]
        line = coverage_line(mine, mine, truth[place])
        away = np.abs(mine[..., 0] - truth[place])
        kept = {key: line[key] for key in ("coverage", "coverage_se", "worst_step", "published", "width", "bias")}
        found[name] = {**kept, "error": float(away[np.isfinite(mine[..., 1])].mean())}
    return found


def study_text(result: Mapping[str, Any]) -> str:
    """The study as lines for people."""
    team = ", ".join(f"{name} {100 * error:.0f} %" for name, error in result["team"].items())
    head = f"{result['worlds']} worlds of {result['contacts']:,} contacts, {result['reads']} reads each"
    lines = [
        f"{head}; analysts err: {team}; {result['seconds']} s",
        f"{'practice':28s} {'read':>5s} " + " ".join(f"{name:>30s}" for name in SHOWN),
        f"{'':34s} " + " ".join(f"{'holds':>9s} {'+-':>6s} {'off by':>7s} {'shown':>5s}" for _ in SHOWN),
    ]
    for name, row in result["practices"].items():
        cells = [_cell(row[estimand], estimand) for estimand in SHOWN]
        lines.append(f"{name:28s} {row['contacts_read']:5d} " + " ".join(cells))
    return "\n".join(lines)


def _cell(row: Mapping[str, float], estimand: str) -> str:
    scale = 100 if estimand in ("share", "fcr") else 1
    return (
        f"{100 * row['coverage']:7.1f} % {scale * row['width'] / 2:6.2f} {scale * row['error']:7.2f} "
        f"{100 * row['published']:4.0f}%"
    )
