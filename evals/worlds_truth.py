"""The true value of every figure that Headway estimates, from what was drawn.

Nothing here uses the estimators: figures are plain counts and means over all contacts, with the
true step of each and the effort that each customer felt, whether they answered or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.worlds_draw import Drawn, draw_contacts
from evals.worlds_stage import DAY, Stage
from taxonomy.model import FrictionRule, Goalposts

LONG_WINDOW = 30
REFERENCE_CONTACTS = 200_000
REFERENCE_STREAM = 9

Figures = dict[str, float | int | None]


@dataclass(frozen=True)
class Chains:
    """First contact resolution within `days`: which contacts count, and which of those stood alone.

    A contact counts if it is the first of a chain (the customer's previous one on the job ended more
    than `days` before, or there is none) and its own window had closed when the world ended. The others of a chain
    `follow`; of these some were `switched`: the contact before them came over another channel.
    """

    counts: NDArray[np.bool_]
    resolved: NDArray[np.bool_]
    follows: NDArray[np.bool_]
    switched: NDArray[np.bool_]


def chains(drawn: Drawn, *, days: int, as_of: float) -> Chains:
    """Chains of contacts per customer; contacts that fit no step belong to none."""
    order = np.lexsort((drawn.started, drawn.customer))
    order = order[drawn.step[order] >= 0]
    customer, started, ended = drawn.customer[order], drawn.started[order], drawn.ended[order]
    same = customer[1:] == customer[:-1]
    before = np.concatenate([[np.inf], np.where(same, started[1:] - _latest(customer, ended)[:-1], np.inf)])
    after = np.concatenate([np.where(same, started[1:] - ended[:-1], np.inf), [np.inf]])
    counts, resolved, follows, switched = (np.zeros(len(drawn), dtype=bool) for _ in range(4))
    counts[order] = (before > days * DAY) & (ended + days * DAY <= as_of)
    resolved[order] = (after > days * DAY) & ~drawn.abandoned[order]
    follows[order] = before <= days * DAY
    switched[order[1:]] = follows[order[1:]] & (drawn.channel[order[1:]] != drawn.channel[order[:-1]])
    return Chains(counts, resolved, follows, switched)


def _latest(customer: NDArray[np.int64], ended: NDArray[np.int64]) -> NDArray[np.int64]:
    """The latest end so far of each customer's contacts: a long one may outlast the one after it."""
    # A customer's times are lifted above all those of the customers before, so one running maximum serves all.
    lift = (np.cumsum(np.concatenate([[0], customer[1:] != customer[:-1]])) if len(customer) else customer) * (1 << 40)
    return np.asarray(np.maximum.accumulate(ended + lift) - lift)


def attained(value: float, goalposts: Goalposts) -> float:
    """Where a value stands between the worst (0) and the best (1) of its scale (METHODS 3)."""
    share = (value - goalposts.worst) / (goalposts.best - goalposts.worst)
    return min(1.0, max(0.0, share))


def friction_of(figures: Mapping[str, float | int | None], rule: FrictionRule) -> float | None:
    """Friction from 0 to 100 by the job's weights and goalposts; None where a measure is missing."""
    total = 0.0
    for measure, weight in rule.weights.items():
        value = figures[measure]
        if value is None:
            return None
        total += weight * attained(float(value), rule.goalposts[measure])
    return 100.0 * (1.0 - total)


@dataclass(frozen=True)
class Ledger:
    """A world's contacts with their chains, ready to be summed over any part of them."""

    stage: Stage
    drawn: Drawn
    short: Chains
    long: Chains

    @classmethod
    def of(cls, stage: Stage, drawn: Drawn) -> Ledger:
        """Work out the chains once, as of the end of the world."""
        as_of = stage.spec.ends.timestamp()
        days = stage.job.friction.fcr.window_days
        return cls(stage, drawn, chains(drawn, days=days, as_of=as_of), chains(drawn, days=LONG_WINDOW, as_of=as_of))

    def figures(self, rows: NDArray[np.bool_]) -> Figures:
        """The figures of the contacts chosen by `rows`; shares and burden are added by the caller."""
        drawn, who = self.drawn, rows & self.drawn.answered
        figures: Figures = {
            "volume": int(rows.sum()),
            "effort": mean(drawn.effort, rows),
            "effort_of_those_who_answered": mean(drawn.effort, who),
            "response_rate": mean(drawn.answered, rows),
            "fcr": mean(self.short.resolved, rows & self.short.counts),
            "fcr_contacts": int((rows & self.short.counts).sum()),
            "fcr_long": mean(self.long.resolved, rows & self.long.counts),
            "fcr_long_contacts": int((rows & self.long.counts).sum()),
            "resolved": mean(drawn.resolved, rows),
            "transfers": mean(drawn.transfers, rows),
            "time": mean(drawn.minutes, rows),
            "cost": mean(drawn.cost, rows),
            "abandoned": mean(drawn.abandoned, rows),
        }
        return {**figures, "friction": friction_of(figures, self.stage.job.friction)}

    def steps(self, rows: NDArray[np.bool_]) -> dict[str, Figures]:
        """Figures per step among `rows`, with each step's share and burden."""
        return self._by(self.stage.steps, self.drawn.step, rows)

    def outcomes(self, rows: NDArray[np.bool_]) -> dict[str, Figures]:
        """Figures per outcome among `rows`, with each outcome's share and burden."""
        return self._by(self.stage.outcomes, self.drawn.outcome, rows)

    def _by(self, names: tuple[str, ...], positions: NDArray[np.int64], rows: NDArray[np.bool_]) -> dict[str, Figures]:
        on_job, everything = int((rows & (positions >= 0)).sum()), int(rows.sum())
        found: dict[str, Figures] = {}
        for number, name in enumerate(names):
            figures = self.figures(rows & (positions == number))
            share = (figures["volume"] or 0) / on_job if on_job else None
            friction = figures["friction"]
            found[name] = {
                **figures,
                "share": (figures["volume"] or 0) / everything if everything else None,
                "share_of_fitting": share,
                "burden": None if friction is None or share is None else friction * share,
            }
        return found


def mean(values: NDArray[np.generic], rows: NDArray[np.bool_]) -> float | None:
    """The mean over the chosen rows, None where there are none."""
    return float(values[rows].mean()) if rows.any() else None


def months(drawn: Drawn) -> NDArray[np.str_]:
    """The calendar month that each contact started in, such as `2026-05`."""
    return np.asarray(drawn.started.astype("datetime64[s]").astype("datetime64[M]").astype(str))


def realised(ledger: Ledger) -> dict[str, Any]:
    """Figures of exactly these contacts: overall, and of steps by channel, month and attribute."""
    drawn, stage = ledger.drawn, ledger.stage
    everything = np.ones(len(drawn), dtype=bool)
    month = months(drawn)
    by: dict[str, object] = {
        "by_channel": {name: ledger.steps(drawn.channel == number) for number, name in enumerate(stage.channels)},
        "by_month": {str(name): ledger.steps(month == name) for name in np.unique(month)},
    }
    for attribute, values in stage.attributes.items():
        by[f"by_{attribute}"] = {
            value: ledger.steps(drawn.attributes[attribute] == number) for number, value in enumerate(values)
        }
    return {
        "contacts": len(drawn),
        "fits_no_step": int((drawn.step < 0).sum()),
        "job": ledger.figures(drawn.step >= 0),
        "steps": ledger.steps(everything),
        "outcomes": ledger.outcomes(everything),
        **by,
    }


def superpopulation(stage: Stage) -> dict[str, Any]:
    """Figures of the process itself: what a world of this kind has on average.

    Measured on another, far larger draw of the same process (no text is made), so each carries the
    small chance error of that many contacts.
    """
    factor = REFERENCE_CONTACTS / stage.spec.contacts
    larger = replace(
        stage.spec, contacts=REFERENCE_CONTACTS, customers=max(1, round(stage.spec.customer_count * factor))
    )
    big = replace(stage, spec=larger)
    return realised(Ledger.of(big, draw_contacts(big, stream=REFERENCE_STREAM)))


def planted(stage: Stage) -> list[dict[str, object]]:
    """The planted changes as plain values."""
    return [{one.name: _plain(getattr(change, one.name)) for one in fields(change)} for change in stage.spec.changes]


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def iso(seconds: float) -> str:
    """A moment as CONTRACTS writes it, UTC with Z."""
    return datetime.fromtimestamp(int(seconds), tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
