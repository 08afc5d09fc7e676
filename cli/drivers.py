"""Effort drivers by step, in the terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.output import print_table, shown

if TYPE_CHECKING:
    from store.driver_shares import ByStep
    from taxonomy.model import Job

TITLE = "Effort drivers (share of a step's contacts; what is said in unusual words is missed)"


def drivers_json(shares: ByStep) -> dict[str, Any]:
    """Every share by step and driver."""
    return {step: {name: share.as_json() for name, share in found.items()} for step, found in shares.items()}


def print_drivers(job: Job, shares: ByStep) -> None:
    """The share of each step's contacts that has each effort driver. `~` marks what no review corrects."""
    names = list(next(iter(shares.values()), {}))
    rows = [
        [job.step_by_id[step].name, *(shown(found[name], scale=100, digits=0, unit="%") for name in names)]
        for step, found in shares.items()
    ]
    print_table(TITLE, ("step", *(name.replace("-", " ") for name in names)), rows)
