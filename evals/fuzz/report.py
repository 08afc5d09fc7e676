"""What was tried, how many, what got through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from evals.fuzz.case import BAD, Verdict

SHOWN = 40
"""Failed cases that the text names; the JSON has all of them."""


def fuzz_json(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Counts by reader, the slowest and the largest case, and every case that went wrong."""
    by_target: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_target.setdefault(verdict.target, []).append(verdict)
    readers = {name: _counted(found) for name, found in by_target.items()}
    wrong = [asdict(verdict) for verdict in verdicts if verdict.fate in BAD]
    return {"cases": len(verdicts), "wrong": len(wrong), "readers": readers, "failures": wrong}


def _counted(found: Sequence[Verdict]) -> dict[str, Any]:
    fates = Counter(verdict.fate for verdict in found)
    slowest, largest = max(found, key=lambda one: one.seconds), max(found, key=lambda one: one.megabytes)
    return {
        "cases": len(found),
        **{fate: fates.get(fate, 0) for fate in ("read", "refused", *BAD)},
        "slowest": {"case": slowest.case, "seconds": round(slowest.seconds, 1)},
        "largest": {"case": largest.case, "megabytes": round(largest.megabytes)},
    }


def fuzz_text(result: dict[str, Any]) -> str:
    """The same for people."""
    head = f"{'reader':14s} {'cases':>6s} {'read':>6s} {'refused':>8s} " + " ".join(f"{fate:>8s}" for fate in BAD)
    lines = [f"{head}   slowest, largest growth"]
    for name, one in result["readers"].items():
        bad = " ".join(f"{one[fate]:8d}" for fate in BAD)
        slow, large = one["slowest"], one["largest"]
        lines.append(
            f"{name:14s} {one['cases']:6d} {one['read']:6d} {one['refused']:8d} {bad}   "
            f"{slow['seconds']} s ({slow['case']}), {large['megabytes']} MB ({large['case']})"
        )
    lines += [
        f"  {failure['target']}: {failure['case']}: {failure['fate']}: {failure['detail']}"
        for failure in result["failures"][:SHOWN]
    ]
    lines.append(f"{result['cases']} cases, {result['wrong']} went wrong")
    return "\n".join(lines)
