"""The result of the bench for people: lines for the terminal, and a folder with JSON, Markdown and plots."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from evals.bench.plots import plots

Row = Mapping[str, Any]
FIGURES = ("step_accuracy", "outcome_accuracy", "step_macro_f1", "outcome_macro_f1")
HEAD = """| system | step | outcome | macro-F1 step | macro-F1 outcome | ours gains, step | ours gains, outcome \
| ours gains, macro-F1 outcome | ECE step, outcome (by chance) | risk area | handed over | messages/s | $ a thousand \
| trained in |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"""
SEVERAL_HEAD = """| system | micro-F1 | macro-F1 | ours gains, micro-F1 | ours gains, macro-F1 |
|---|---|---|---|---|"""
SPEED_HEAD = """| system | messages/s | times sentence-transformers | outcome right | decided by |
|---|---|---|---|---|"""
READING = """Intervals are 95 % percentile bootstrap over the measured contacts (1,000 draws, the same for every \
system, so that differences are paired). `ours` is `headway train --tuned`, `ours-fast` is `--fast`, both by the \
commands in a home folder of their own; "ours gains" is ours less the system of the line, in points. ECE: mean \
distance of probability and share right over groups of equal size, and what a perfectly calibrated tagger would show \
on as many contacts. Risk area: mean share of wrong outcomes \
among the k surest answers over all k. Handed over: share that the tagger leaves to people. Dollars a thousand: the \
machine at ${hour:.2f} an hour, and what an endpoint charged."""


def report_text(result: Mapping[str, Any]) -> str:
    """Everything as lines for a terminal."""
    lines: list[str] = []
    for heading, rows in _groups(result["rows"]):
        lines += [heading, *(f"  {_line(row)}" for row in rows)]
    for row in result["several_labels"]:
        if row["gain"] is None:
            lines.append(_several_heading(row))
        lines.append(f"  {row['system']:17s} micro-F1 {_plain(row['micro_f1'])}  macro-F1 {_plain(row['macro_f1'])}")
    for report in result["speed"]:
        lines.append(
            f"{report['name']}, speed in turns ({report['contacts']:,} contacts of {report['words']:.0f} words)"
        )
        lines += [
            f"  {row['system']:39s} {row['per_second']:8,.0f}/s ({row['times']:.1f} times)" for row in report["rows"]
        ]
    lines += [f"not measured: {line}" for line in result["skipped"]]
    lines += [f"FAILED: {line}" for line in result["failed"]]
    return "\n".join(lines)


def write_report(result: Mapping[str, Any], folder: Path) -> None:
    """`tagger.json`, `tagger.md` and `plots/*.svg` in `folder`, which is made if it is not there."""
    drawn = plots(result["rows"])
    (folder / "plots").mkdir(parents=True, exist_ok=True)
    for name, chart in drawn.items():
        (folder / "plots" / f"{name}.svg").write_text(chart, "utf-8")
    (folder / "tagger.json").write_text(json.dumps(result, indent=1), "utf-8")
    (folder / "tagger.md").write_text("\n".join(_markdown(result, drawn)) + "\n", "utf-8")


def _markdown(result: Mapping[str, Any], drawn: Mapping[str, str]) -> Iterator[str]:
    machine = result["machine"]
    yield "# The tagger and what it is measured against\n"
    yield (
        f"Written {machine['date']} on {machine['cores']} cores ({machine['processor']}), Python {machine['python']}. "
        + ("A quick run on parts of the data: not figures to quote. " if result["quick"] else "")
        + READING.format(hour=result["machine_hour"])
    )
    for heading, rows in _groups(result["rows"]):
        yield f"\n## {heading}\n\n{HEAD}"
        yield from (_table_line(row) for row in rows)
    if result["several_labels"]:
        yield f"\n## {_several_heading(result['several_labels'][0])}\n\n{SEVERAL_HEAD}"
        yield from (_several_line(row) for row in result["several_labels"])
    for report in result["speed"]:
        yield f"\n## Speed in turns: {report['name']}\n\n{SPEED_HEAD}"
        yield from (_speed_line(row) for row in report["rows"])
    yield "\n## Plots\n"
    yield from (f"![{name}](plots/{name}.svg)" for name in drawn)
    for title, key in (("Not measured", "skipped"), ("Failed", "failed")):
        if result[key]:
            yield f"\n## {title}\n"
            yield from (f"- {line}" for line in result[key])


def _groups(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    return [(heading, list(own)) for heading, own in groupby(rows, key=_heading)]


def _heading(row: Row) -> str:
    labels = {"all": "all labels", "0": "no labels"}.get(row["labels"], f"{row['labels']} labels an outcome")
    folds = f", {row['folds']} folds" if row["folds"] > 1 else ""
    return f"{row['title']}, {labels} ({row['train']:,} to learn from, {row['test']:,} measured{folds})"


def _several_heading(row: Row) -> str:
    return f"{row['title']} ({row['train']:,} to learn from, {row['test']:,} measured, {row['folds']} folds)"


def _line(row: Row) -> str:
    gain = ""
    if row["gain"]:
        parts = [f"{level} {_points(row['gain'][f'{level}_accuracy'])}" for level in ("step", "outcome")]
        gain = f"; {row['gain_of']} gains {', '.join(parts)}"
    return (
        f"{row['system']:17s} step {_percent(row['step_accuracy'])}  outcome {_percent(row['outcome_accuracy'])}  "
        f"macro-F1 {row['step_macro_f1']['value']:.3f} {row['outcome_macro_f1']['value']:.3f}  ECE {_ece(row)}  "
        f"{row['per_second']:,.0f}/s  ${_dollars(row)}/1,000  trained in {row['train_seconds']:,.0f} s{gain}"
    )


def _table_line(row: Row) -> str:
    gain = row["gain"] or {}
    gains = [_points(gain[key]) if gain else "" for key in ("step_accuracy", "outcome_accuracy", "outcome_macro_f1")]
    handed = f"{100 * row['deferral']['rate']:.1f} %" if row["deferral"] else ""
    cells = [
        row["system"],
        *(_interval(row[key]) for key in FIGURES[:2]),
        *(_plain(row[key]) for key in FIGURES[2:]),
        *gains,
        _ece(row),
        f"{row['risk']['area']:.4f}",
        handed,
        f"{row['per_second']:,.0f}",
        _dollars(row),
        f"{row['train_seconds']:,.0f} s",
    ]
    return f"| {' | '.join(cells)} |"


def _several_line(row: Row) -> str:
    gains = [_points(row["gain"][key]) if row["gain"] else "" for key in ("micro_f1", "macro_f1")]
    return f"| {row['system']} | {_plain(row['micro_f1'])} | {_plain(row['macro_f1'])} | {' | '.join(gains)} |"


def _speed_line(row: Row) -> str:
    decided = ", ".join(f"{stage} {100 * share:.0f} %" for stage, share in row["decided"].items())
    return (
        f"| {row['system']} | {row['per_second']:,.0f} | {row['times']:.1f} | {100 * row['accuracy']:.1f} % "
        f"| {decided} |"
    )


def _percent(figure: Mapping[str, float]) -> str:
    return f"{100 * figure['value']:.1f} %"


def _interval(figure: Mapping[str, float]) -> str:
    return f"{100 * figure['value']:.1f} % [{100 * figure['low']:.1f}, {100 * figure['high']:.1f}]"


def _plain(figure: Mapping[str, float]) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def _points(figure: Mapping[str, float]) -> str:
    return f"{100 * figure['value']:+.1f} [{100 * figure['low']:+.1f}, {100 * figure['high']:+.1f}]"


def _ece(row: Row) -> str:
    found = [level for level in row["calibration"].values() if level]
    if not found:
        return "none"
    measured, chance = (" ".join(f"{level[key]:.3f}" for level in found) for key in ("ece", "ece_by_chance"))
    return f"{measured} ({chance})"


def _dollars(row: Row) -> str:
    """Two significant digits of machine and endpoint together; an unknown price says so."""
    if row["usd_endpoint"] is None:
        return "unknown"
    return np.format_float_positional(row["usd_machine"] + row["usd_endpoint"], precision=2, fractional=False)
