"""Redo the index from its export, by the published formula and nothing of Headway: `python3 redo.py [FOLDER]`."""

from __future__ import annotations

import csv
import json
import math
import sys
from pathlib import Path
from statistics import fmean, variance
from typing import Any

Table = list[dict[str, str]]
SHRINKABLE = 3


def redo(folder: Path) -> float:
    """A, 0 to 100, from formula.json, survey.csv, opportunity_errors.csv, attempts.csv and contacts.csv.

    index.json says which inputs had evidence; those without are left out of their component.
    """
    formula = _json(folder, "formula")
    used = {row["id"] for row in _json(folder, "index")["inputs"] if row["norm"] is not None}
    opportunity = _opportunity(formula, used, _rows(folder, "survey"), _rows(folder, "opportunity_errors"))
    task_success = _task_success(formula, used, _rows(folder, "attempts"))
    components = {"opportunity": opportunity, "task_success": task_success}
    components["service"] = _service(formula, used, _rows(folder, "contacts"))
    weights: dict[str, float] = formula["weights"]
    if formula["aggregation"] == "geometric":
        return 100 * math.exp(sum(weight * math.log(max(components[name], 0.01)) for name, weight in weights.items()))
    return 100.0 * sum(weight * components[name] for name, weight in weights.items())


def _norm(value: float, worst: float, best: float) -> float:
    return min(max((value - worst) / (best - worst), 0.0), 1.0)


def _opportunity(formula: dict[str, Any], used: set[str], survey: Table, errors: Table) -> float:
    """Mean over the frozen outcomes of how far the opportunity has come from its worst to its target."""
    scores = _shrunk(formula, survey, {row["outcome"]: float(row["error"]) for row in errors})
    goals = [goal for goal in formula["outcomes"] if f"opportunity:{goal['outcome']}" in used]
    return fmean(_norm(scores[g["outcome"]], 2 * g["baseline"] - g["target"], g["target"]) for g in goals)


def _shrunk(formula: dict[str, Any], survey: Table, errors: dict[str, float]) -> dict[str, float]:
    """Opportunity by outcome, pulled towards the mean: m + B (x - m), B = between / (between + error^2)."""
    sums: dict[str, list[float]] = {}
    for row in survey:
        weight, importance, satisfaction = (float(row[name]) for name in ("weight", "importance", "satisfaction"))
        total = sums.setdefault(row["outcome"], [0.0, 0.0, 0.0])
        for at, part in enumerate((weight, weight * importance, weight * satisfaction)):
            total[at] += part
    means = {}
    for outcome in errors:
        size, importance, satisfaction = sums[outcome]
        gap = (importance - satisfaction) / size
        means[outcome] = importance / size + (max(gap, 0.0) if formula["floor"] else gap)
    if len(means) < SHRINKABLE:
        return means
    middle = fmean(means.values())
    between = max(variance(means.values()) - fmean(error**2 for error in errors.values()), 0.0)
    found = {}
    for outcome, mean in means.items():
        whole = between + errors[outcome] ** 2
        found[outcome] = middle + (between / whole if whole > 0 else 1.0) * (mean - middle)
    return found


def _task_success(formula: dict[str, Any], used: set[str], attempts: Table) -> float:
    """Completions over starts of each critical step, between the goalposts, weighted."""
    posts = formula["goalposts"]["task_success"]
    done: dict[str, list[bool]] = {}
    for row in attempts:
        done.setdefault(row["step"], []).append(row["success"] in ("True", "1", "1.0"))
    weights = {step: weight for step, weight in formula["step_weights"].items() if f"task_success:{step}" in used}
    norms = {step: _norm(fmean(done[step]), posts["worst"], posts["best"]) for step in weights}
    total: float = sum(weight * norms[step] for step, weight in weights.items()) / sum(weights.values())
    return total


def _service(formula: dict[str, Any], used: set[str], contacts: Table) -> float:
    """Mean over failure modes and their two measures of sum(value z) / sum(z), between the goalposts."""
    sums: dict[tuple[str, str], list[float]] = {}
    for row in contacts:
        value, f, on = float(row["value"]), float(row["f"]), float(row["on"])
        weight, response, lam = float(row["weight"]), float(row["response"]), float(row["lam"])
        z = response * (lam * f + weight * (on - lam * f))
        total = sums.setdefault((row["mode"], row["measure"]), [0.0, 0.0])
        total[0] += value * z
        total[1] += z
    norms = []
    for (mode, measure), (summed, size) in sums.items():
        if f"{measure}:{mode}" in used:
            posts = formula["goalposts"][measure]
            norms.append(_norm(summed / size, posts["worst"], posts["best"]))
    return fmean(norms)


def _rows(folder: Path, name: str) -> Table:
    return list(csv.DictReader((folder / f"{name}.csv").read_text("utf-8").splitlines()))


def _json(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return found


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    sys.stdout.write(f"redone    {redo(where):.9f}\npublished {_json(where, 'index')['index']:.9f}\n")
