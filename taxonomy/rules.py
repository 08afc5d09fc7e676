"""The optional numbers of a job file: friction, index and tagging, each field with a default."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Literal, cast

from taxonomy.document import Cursor, hint
from taxonomy.model import FcrRule, FrictionRule, Goalposts, IndexRule, RedactionRule, TaggingRule

OPPORTUNITY_RANGE = (-8.0, 19.0)
"""The least and greatest opportunity: importance + (importance - satisfaction) on scales 1 to 10."""

_MEASURES = tuple(FrictionRule().weights)
_COMPONENTS = tuple(IndexRule().weights)
_INDEX = tuple(entry.name for entry in fields(IndexRule))
_REDACTION = tuple(entry.name for entry in fields(RedactionRule))
_SHORTEST_TERM = 2
_TAGGING = tuple(entry.name for entry in fields(TaggingRule))
_WEIGHT_SLACK = 1e-6
_MANY = 1000


def read_friction(at: Cursor | None) -> FrictionRule:
    """Read friction's weights (a measure left out does not count), goalposts (left out: default) and FCR rule."""
    default = FrictionRule()
    entries = at.record(("weights", "goalposts", "fcr")) if at else {}
    goalposts = dict(default.goalposts)
    if "goalposts" in entries:
        for measure, posts in entries["goalposts"].record(_MEASURES).items():
            goalposts[measure] = _read_goalposts(posts)
    weights = _read_weights(entries["weights"], _MEASURES) if "weights" in entries else default.weights
    return FrictionRule(weights=weights, goalposts=goalposts, fcr=_read_fcr(entries.get("fcr")))


def read_index(
    at: Cursor | None,
    *,
    outcome_ids: Mapping[str, str],
    step_ids: Mapping[str, str],
    critical: Collection[str],
) -> IndexRule:
    """Read the index's fixed parts. Targets and step weights may use aliases; the result uses ids.

    A component left out of `weights` weighs 0. `critical` are the ids that `step_weights` may name.
    """
    default = IndexRule()
    entries = at.record(_INDEX) if at else {}
    weights = {name: 0.0 for name in _COMPONENTS} | (
        _read_weights(entries["weights"], _COMPONENTS) if "weights" in entries else dict(default.weights)
    )
    aggregation = default.aggregation
    if "aggregation" in entries:
        word = entries["aggregation"].choice(("arithmetic", "geometric"), "an aggregation")
        aggregation = cast(Literal["arithmetic", "geometric"], word)
    return IndexRule(
        weights=weights,
        aggregation=aggregation,
        floor=entries["floor"].flag() if "floor" in entries else default.floor,
        top_outcomes=_count(entries.get("top_outcomes"), default.top_outcomes),
        top_failure_modes=_count(entries.get("top_failure_modes"), default.top_failure_modes),
        targets=_read_targets(entries.get("targets"), outcome_ids),
        default_target_drop=_target_drop(entries.get("default_target_drop"), default.default_target_drop),
        task_success_goalposts=_read_goalposts(entries["task_success_goalposts"])
        if "task_success_goalposts" in entries
        else default.task_success_goalposts,
        step_weights=_read_step_weights(entries.get("step_weights"), step_ids, critical),
    )


def read_tagging(at: Cursor | None) -> TaggingRule:
    """Read the deferral promise and the margin of a new model; all are shares strictly between 0 and 1."""
    entries = at.record(_TAGGING) if at else {}
    return TaggingRule(**{name: entry.number(0, 1, open_ends=True) for name, entry in entries.items()})


def _read_weights(at: Cursor, known: tuple[str, ...]) -> dict[str, float]:
    weights = {name: entry.number(0, 1) for name, entry in at.record(known).items()}
    _check_sum(at, weights)
    return weights


def _check_sum(at: Cursor, weights: Mapping[str, float]) -> None:
    total = sum(weights.values())
    if at.kind == "a mapping" and not math.isnan(total) and abs(total - 1) > _WEIGHT_SLACK:
        at.problem(f"weights sum to {total:g}; they must sum to 1, so give all that count")


def _read_goalposts(at: Cursor) -> Goalposts:
    """[worst, best] or {worst: ..., best: ...}; either may be the larger number."""
    if at.kind == "a list":
        posts = at.items()
        if len(posts) != 2:
            at.problem(f"has {len(posts)} numbers; give two, [worst, best]")
            return Goalposts(0.0, 1.0)
        worst, best = posts
    else:
        entries = at.record(("worst", "best"), required=("worst", "best"))
        if len(entries) < 2:
            return Goalposts(0.0, 1.0)
        worst, best = entries["worst"], entries["best"]
    result = Goalposts(worst.number(), best.number())
    if result.worst == result.best:
        at.problem("worst and best are the same number; a scale needs two different ends")
    return result


def _read_fcr(at: Cursor | None) -> FcrRule:
    default = FcrRule()
    entries = at.record(("window_days", "same")) if at else {}
    window = entries["window_days"].integer(1, 30) if "window_days" in entries else default.window_days
    same = entries["same"].choice(("job", "step"), "what a repeat contact is about") if "same" in entries else "job"
    return FcrRule(window_days=window, same=cast(Literal["job", "step"], same))


def _read_targets(at: Cursor | None, outcome_ids: Mapping[str, str]) -> dict[str, float]:
    targets: dict[str, float] = {}
    for name, entry in at.entries().items() if at else ():
        if name not in outcome_ids:
            entry.problem(f"{name!r} is not an outcome of this job{hint(name, outcome_ids)}")
            continue
        targets[outcome_ids[name]] = entry.number(*OPPORTUNITY_RANGE)
    return targets


def _read_step_weights(at: Cursor | None, step_ids: Mapping[str, str], critical: Collection[str]) -> dict[str, float]:
    if at is None:
        return {}
    weights: dict[str, float] = {}
    for name, entry in at.entries().items():
        step_id = step_ids.get(name)
        if step_id is None:
            entry.problem(f"{name!r} is not a step of this job{hint(name, step_ids)}")
        elif step_id not in critical:
            entry.problem(f"{name!r} is not a critical step; mark the step `critical: true` or leave it out")
        else:
            weights[step_id] = entry.number(0, 1)
    if len(weights) == len(at.entries()):
        _check_sum(at, weights)
    return weights


def _target_drop(at: Cursor | None, default: float) -> float:
    return at.number(0, OPPORTUNITY_RANGE[1] - OPPORTUNITY_RANGE[0], open_ends=True) if at else default


def _count(at: Cursor | None, default: int) -> int:
    return at.integer(1, _MANY) if at else default


def read_redaction(at: Cursor | None) -> RedactionRule:
    """Read the lists of terms that always stay and always go; a term in both is a problem."""
    entries = at.record(_REDACTION) if at else {}
    lists = {name: entries[name].items() if name in entries else [] for name in _REDACTION}
    terms = {name: tuple(_term(item) for item in items) for name, items in lists.items()}
    both = {term.casefold() for term in terms["allow"]} & {term.casefold() for term in terms["deny"]}
    for item in lists["deny"]:
        if item.label().casefold() in both:
            item.problem("is in `allow` too; keep it in one of the two lists")
    return RedactionRule(allow=terms["allow"], deny=terms["deny"])


def _term(at: Cursor) -> str:
    term = " ".join(at.label().split())
    if len(term) < _SHORTEST_TERM or not any(character.isalnum() or character == "#" for character in term):
        at.problem(f"{term!r} is too short; a term has at least two characters, one of them a letter, a digit or #")
    return term
