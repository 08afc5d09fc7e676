"""Two periods side by side: rows of figures before and after, with their difference and a plain verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alignment.comparison import Comparison
from alignment.differences import Change, Word
from alignment.estimate import Estimate
from alignment.scorecard import Scorecard
from api.address import Links
from api.change_chart import Told, signed, told
from api.figures import EFFORT, FRICTION, INDEX, SCALES, SCORE, SHARE, Scale
from api.index_sentence import period

MODE_MEASURES = {
    "burden": ("Burden", SCORE),
    "effort": ("Effort", EFFORT),
    "fcr": ("Resolved, 7 days", SHARE),
    "cost": ("Cost a contact", SCALES["cost"]),
}


@dataclass(frozen=True)
class PairRow:
    """One figure in both periods. `of` names it as the comparison's JSON does."""

    name: str
    href: str
    scale: str
    before: Estimate
    after: Estimate
    difference: str
    said: Told
    of: str


@dataclass(frozen=True)
class PairGroup:
    """Rows that belong together."""

    name: str
    rows: Sequence[PairRow]


@dataclass(frozen=True)
class SideBySide:
    """The table: the periods in words, and its groups."""

    before: str
    after: str
    groups: Sequence[PairGroup]
    moved: int


def side_by_side(card: Scorecard, found: Comparison, links: Links, *, modes: Sequence[str]) -> SideBySide:
    """Index, every step, the failure modes named, and task success."""
    groups = [
        PairGroup("Alignment Index", _index_rows(found, links)),
        PairGroup("Friction by step", _step_rows(card, found, links)),
        *(PairGroup(*_mode(card, found, links, mode)) for mode in modes if mode in found.modes),
        PairGroup("Task success on critical steps", _success_rows(card, found, links)),
    ]
    known = [one for one in groups if one.rows]
    moved = sum(row.said.word not in ("level", "unknown") for one in known for row in one.rows)
    return SideBySide(period(found.before), period(found.after), known, moved)


def _index_rows(found: Comparison, links: Links) -> list[PairRow]:
    if found.index is None:
        return []
    one, value = found.index, found.index.difference.value or 0.0
    word: Word = "level" if not one.moved else "better" if value > 0 else "worse"
    change = Change(one.before.index, one.after.index, one.difference, word)
    return [_row("Alignment Index", links.index(), change, INDEX, of="index")]


def _step_rows(card: Scorecard, found: Comparison, links: Links) -> list[PairRow]:
    steps = sorted(card.steps, key=lambda one: -(one.burden.value or -1.0))
    return [
        _row(card.job.step_by_id[one.step].name, links.step(one.step), found.steps[one.step]["friction"], FRICTION,
             of=f"steps.{one.step}.friction")
        for one in steps
        if one.step in found.steps and one.step in card.job.step_by_id
    ]  # fmt: skip


def _mode(card: Scorecard, found: Comparison, links: Links, mode: str) -> tuple[str, list[PairRow]]:
    """A failure mode's name and its rows."""
    outcome = card.job.outcome_by_id.get(mode)
    rows = [
        _row(words, links.failure_mode(mode), found.modes[mode][measure], scale, of=f"modes.{mode}.{measure}")
        for measure, (words, scale) in MODE_MEASURES.items()
    ]
    return f"Failure mode: {outcome.statement if outcome else mode}", rows


def _success_rows(card: Scorecard, found: Comparison, links: Links) -> list[PairRow]:
    return [
        _row(card.job.step_by_id[step].name, links.step(step), one, SHARE, of=f"task_success.{step}")
        for step, one in found.task_success.items()
        if step in card.job.step_by_id
    ]


def _row(name: str, href: str, found: Change, scale: Scale, *, of: str) -> PairRow:
    difference = "" if found.difference.value is None else signed(found.difference, scale)
    return PairRow(name, href, scale.name, found.before, found.after, difference, told(found, scale), of)
