"""Taxonomy gaps: groups of contacts that fit no step of a job, how large they truly are, and their names over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alignment.effort import EffortScale
from alignment.estimate import Estimate
from alignment.figures import target_estimates
from alignment.fold import Evidence, fold
from alignment.moments import Moments
from alignment.scorecard import View
from alignment.targets import Targets

SAME_CENTRE = 0.85
"""Cosine of two centres from which a group without common contacts is the same one; other topics stayed under 0.75."""

SAME_SHARE = 0.3
"""Share of the smaller group's contacts that both hold, from which they are the same."""


@dataclass(frozen=True)
class GapExample:
    """A contact of a group in its own redacted words."""

    contact_id: str
    source: str
    text: str
    decided: bool
    started_at: datetime | None


@dataclass(frozen=True)
class Gap:
    """One group. `size` contacts, of which analysts said of `decided` that they fit no step; the others are strange.

    `share` of all contacts; `terms` set its texts apart; `examples` are the nearest to its centre.
    """

    gap: str
    terms: tuple[str, ...]
    size: int
    decided: int
    share: Estimate
    first_at: datetime | None
    last_at: datetime | None
    examples: tuple[GapExample, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The group as JSON."""
        moments = {name: value.isoformat() if value else None for name, value in self._moments().items()}
        examples = [{**asdict(one), "started_at": _iso(one.started_at)} for one in self.examples]
        head = {"gap": self.gap, "terms": list(self.terms), "size": self.size, "decided": self.decided}
        return {**head, "share": self.share.as_json(), **moments, "examples": examples}

    def _moments(self) -> dict[str, datetime | None]:
        return {"first_at": self.first_at, "last_at": self.last_at}


@dataclass(frozen=True)
class GapReport:
    """The groups as they were found at `made_at`, largest first; `alone` contacts are in none of them."""

    job: str
    job_version: str
    model: str
    made_at: datetime
    decided: int
    novel: int
    alone: int
    gaps: tuple[Gap, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as JSON."""
        head = {name: getattr(self, name) for name in ("job", "job_version", "model", "decided", "novel", "alone")}
        return {**head, "made_at": self.made_at.isoformat(), "gaps": [gap.as_json() for gap in self.gaps]}


@dataclass(frozen=True)
class Known:
    """A group of an earlier run: its name, its contacts, its centre (None where another encoder made it)."""

    gap: str
    members: Set[int]
    centre: NDArray[np.float32] | None


def keep_names(
    earlier: Sequence[Known], members: Sequence[Set[int]], centres: NDArray[np.float32], *, used: int
) -> list[str]:
    """A name for each new group: that of the earlier group it carries on, else the next number after `used`.

    Groups are the same where enough contacts are in both, or where their centres point the same way; of several
    candidates the most alike pair is matched first, and no name is given twice.
    """
    alike = sorted(
        (
            (-_alike(old, mine, centres[new]), new, place)
            for new, mine in enumerate(members)
            for place, old in enumerate(earlier)
        )
    )
    names: dict[int, str] = {}
    taken: set[int] = set()
    for likeness, new, place in alike:
        if likeness < 0 and new not in names and place not in taken:
            names[new] = earlier[place].gap
            taken.add(place)
    fresh = iter(range(used + 1, used + 1 + len(members)))
    return [names.get(new) or f"gap-{next(fresh)}" for new in range(len(members))]


def _alike(old: Known, members: Set[int], centre: NDArray[np.float32]) -> float:
    """Above 0 where two groups are the same: by common contacts first, then by centres."""
    common = len(old.members & members) / max(1, min(len(old.members), len(members)))
    if common >= SAME_SHARE:
        return 1 + common
    cosine = 0.0 if old.centre is None else float(old.centre @ centre)
    return cosine if cosine >= SAME_CENTRE else 0.0


def gap_shares(
    parts: Iterable[Evidence],
    names: Sequence[str],
    *,
    strange: Mapping[int, str],
    decided: Mapping[int, str],
    scale: EffortScale,
    as_of: datetime,
) -> dict[str, Estimate]:
    """The share of all contacts that is truly in each group, by its name (METHODS 2, as for a step).

    By `pk` of the evidence, which comes in any number of parts: `strange` contacts are those that the model alone would
    put in a group, `decided` those that an analyst said fit no step and that are in one. Without drawn reviews the
    share is uncorrected.
    """
    targets = Targets(tuple(names), ())
    moments = Moments(targets, {})
    for part in parts:
        said, true = (_memberships(groups, targets, part.frame["pk"]) for groups in (strange, decided))
        moments += fold(replace(part, probabilities=said, truth=true), targets)
    found = target_estimates(moments.folds(View(as_of=as_of)), targets, scale=scale, as_of=as_of)
    return {name: found[place].share for place, name in enumerate(names)}


def _memberships(groups: Mapping[int, str], targets: Targets, keys: pd.Series[int]) -> NDArray[np.float64]:
    """1 in the column of each contact's group, in the last one where it has none; shape (n, groups + 1)."""
    matrix = np.zeros((len(keys), len(targets)))
    columns = {key: targets.index("step", name) for key, name in groups.items()}
    matrix[np.arange(len(keys)), [columns.get(key, len(targets) - 1) for key in keys]] = 1.0
    return matrix


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
