"""What a new version of a job changes, which tags follow, which are orphaned, which must be read again.

Steps and outcomes are followed by their names: an id together with its aliases. A new outcome that
lists an old id among its aliases takes over its tags. Two old ones whose names meet in one new one
were merged; one whose names went to several was split; one whose names are gone was retired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from taxonomy.document import RESERVED_ID
from taxonomy.model import DesiredOutcome, Job, JobStep
from taxonomy.statement import normalised

Level = Literal["step", "outcome"]
Kind = Literal["added", "removed", "merged", "split", "renamed", "restated", "moved", "criticality"]

Item = TypeVar("Item", JobStep, DesiredOutcome)

_SETTINGS = ("statement", "segments", "circumstances", "friction", "index", "tagging", "redaction", "glossary", "scale")


@dataclass(frozen=True)
class Change:
    """One change of a step or outcome.

    `old` and `new` are ids, empty where there is none; `before` and `after` say what changed: ids,
    wording, stage or step.
    """

    level: Level
    kind: Kind
    old: str
    new: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Lineage:
    """The new ids that carry on each old id, by old id: none (retired), one, or several (split)."""

    steps: Mapping[str, tuple[str, ...]]
    outcomes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Reread:
    """Tags of the old outcome `outcome` (`_none`: of none) must be read again, for `reason`."""

    outcome: str
    reason: str


@dataclass(frozen=True)
class JobDiff:
    """The difference between two versions of a job.

    `settings` names the changed fields outside the steps. `orphaned` are old outcome ids whose tags have
    no place in the new version. `version_problem` is "" or says why the version number is wrong.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    settings: tuple[str, ...]
    lineage: Lineage
    orphaned: tuple[str, ...]
    read_again: tuple[Reread, ...]
    version_problem: str


def diff_jobs(old: Job, new: Job) -> JobDiff:
    """Compare two versions of a job, `old` and `new`."""
    line = lineage(old, new)
    changes = (*_step_changes(old, new, line), *_outcome_changes(old, new, line))
    return JobDiff(
        old=old.stamp,
        new=new.stamp,
        changes=changes,
        settings=tuple(name for name in _SETTINGS if getattr(old, name) != getattr(new, name)),
        lineage=line,
        orphaned=tuple(outcome for outcome, heirs in line.outcomes.items() if not heirs),
        read_again=_read_again(new, line, changes),
        version_problem=_version_problem(old, new),
    )


def lineage(old: Job, new: Job) -> Lineage:
    """Follow every old step and outcome into the new version by ids and aliases."""
    return Lineage(
        steps=_follow(old.steps, new.steps),
        outcomes=_follow(tuple(old.outcome_by_id.values()), tuple(new.outcome_by_id.values())),
    )


def _follow(
    old: Sequence[JobStep] | Sequence[DesiredOutcome], new: Sequence[JobStep] | Sequence[DesiredOutcome]
) -> dict[str, tuple[str, ...]]:
    names = {item.id: {item.id, *item.aliases} for item in new}
    return {item.id: tuple(id_ for id_ in names if names[id_] & {item.id, *item.aliases}) for item in old}


def _step_changes(old: Job, new: Job, line: Lineage) -> list[Change]:
    changes = _family_changes("step", line.steps, new_ids=tuple(new.step_by_id))
    for before, after in _kept(line.steps, old.step_by_id, new.step_by_id):
        wording = (f"{before.name}: {before.statement}", f"{after.name}: {after.statement}")
        changes += _restated("step", before, after, wording)
        if before.stage != after.stage:
            changes.append(Change("step", "moved", before.id, after.id, before.stage, after.stage))
        changes += _criticality("step", before, after)
    return changes


def _outcome_changes(old: Job, new: Job, line: Lineage) -> list[Change]:
    changes = _family_changes("outcome", line.outcomes, new_ids=tuple(new.outcome_by_id))
    for before, after in _kept(line.outcomes, old.outcome_by_id, new.outcome_by_id):
        changes += _restated("outcome", before, after, (before.statement, after.statement))
        old_step, new_step = old.step_of[before.id], new.step_of[after.id]
        if new_step not in line.steps[old_step]:
            changes.append(Change("outcome", "moved", before.id, after.id, old_step, new_step))
        changes += _criticality("outcome", before, after)
    return changes


def _family_changes(level: Level, line: Mapping[str, tuple[str, ...]], *, new_ids: tuple[str, ...]) -> list[Change]:
    """Ids that came, went, were renamed, merged or split."""
    changes: list[Change] = []
    parents = {id_: [parent for parent, heirs in line.items() if id_ in heirs] for id_ in new_ids}
    for old_id, heirs in line.items():
        match heirs:
            case ():
                changes.append(Change(level, "removed", old_id, "", old_id, ""))
            case (heir,) if len(parents[heir]) > 1:
                changes.append(Change(level, "merged", old_id, heir, ", ".join(parents[heir]), heir))
            case (heir,) if heir != old_id:
                changes.append(Change(level, "renamed", old_id, heir, old_id, heir))
            case (_,):
                pass
            case _:
                changes.append(Change(level, "split", old_id, "", old_id, ", ".join(heirs)))
    changes += [Change(level, "added", "", id_, "", id_) for id_ in new_ids if not parents[id_]]
    return changes


def _kept(
    line: Mapping[str, tuple[str, ...]], old: Mapping[str, Item], new: Mapping[str, Item]
) -> list[tuple[Item, Item]]:
    """Old and new of everything that has exactly one heir."""
    return [(old[id_], new[heirs[0]]) for id_, heirs in line.items() if len(heirs) == 1]


def _restated(level: Level, before: Item, after: Item, wording: tuple[str, str]) -> list[Change]:
    if normalised(wording[0]) == normalised(wording[1]):
        return []
    return [Change(level, "restated", before.id, after.id, *wording)]


def _criticality(level: Level, before: Item, after: Item) -> list[Change]:
    words = {True: "critical", False: "not critical"}
    if before.critical == after.critical:
        return []
    return [Change(level, "criticality", before.id, after.id, words[before.critical], words[after.critical])]


def _read_again(new: Job, line: Lineage, changes: Sequence[Change]) -> tuple[Reread, ...]:
    """Tags that may now belong elsewhere: of split and restated outcomes, and beside an added one."""
    reasons: dict[str, str] = {}
    for change in changes:
        if change.level == "outcome" and change.kind == "split":
            reasons[change.old] = f"was split into {change.after}"
        elif change.level == "outcome" and change.kind == "restated":
            reasons.setdefault(change.old, "its statement changed")
    added = {new.step_of[change.new]: change.new for change in changes if _is_new_outcome(change)}
    for old_id, heirs in line.outcomes.items():
        for heir in heirs:
            if new.step_of[heir] in added:
                reasons.setdefault(old_id, f"{added[new.step_of[heir]]} was added to its step")
    if added:
        reasons[RESERVED_ID] = f"they may fit {', '.join(added.values())}, which is new"
    return tuple(Reread(outcome, reasons[outcome]) for outcome in (*line.outcomes, RESERVED_ID) if outcome in reasons)


def _is_new_outcome(change: Change) -> bool:
    return change.level == "outcome" and change.kind == "added"


def _version_problem(old: Job, new: Job) -> str:
    if old.id != new.id:
        return f"these are two jobs, {old.id!r} and {new.id!r}, not two versions of one"
    if new.version < old.version:
        return f"the version went back from {old.version} to {new.version}; raise it to {old.version + 1} or more"
    same = replace(old, version=0, digest="") == replace(new, version=0, digest="")
    if new.version == old.version and not same:
        return f"the content changed but the version is still {new.version}; raise it to {old.version + 1}"
    return ""
