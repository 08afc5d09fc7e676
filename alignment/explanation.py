"""The index written out with its numbers, so that a reader can redo it by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alignment.formula import COMPONENTS, IndexFormula
from alignment.scorecard import AlignmentIndex

_FORMS = {
    "arithmetic": "A = 100 (w1 C1 + w2 C2 + w3 C3)",
    "geometric": "A = 100 C1^w1 C2^w2 C3^w3, each C at least 0.01",
}
_OPPORTUNITY = {
    False: "importance + (importance - satisfaction)",
    True: "importance + max(importance - satisfaction, 0)",
}


def explain(formula: IndexFormula, index: AlignmentIndex) -> str:
    """Formula, parameters, inputs and arithmetic as text."""
    lines = [f"Alignment Index of {formula.job} ({formula.job_version}), formula {formula.version}", ""]
    lines += [_FORMS[formula.aggregation], "norm(x) = (x - worst) / (best - worst), kept between 0 and 1"]
    lines += [f"opportunity = {_OPPORTUNITY[formula.floor]}, pulled towards the mean by empirical Bayes"]
    lines += [f"baseline: {formula.start or 'first contact'} to {formula.end or 'last contact'}, epoch {formula.epoch}"]
    lines += [f"note: {note}" for note in formula.notes]
    for number, name in enumerate(COMPONENTS, start=1):
        rows = [row for row in index.inputs if row["component"] == name]
        lines += ["", f"C{number} {name.replace('_', ' ')}, w{number} = {formula.weights[name]:g}"]
        lines += [f"  {_term(row)}" for row in rows]
        lines.append(f"  C{number} = {_sum(rows)}{_shown(index.components[name].value)}")
    return "\n".join([*lines, "", _total(formula, index)])


def _term(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return f"{row['id']}: no value, {row['reason']}"
    above = f"{row['value']:.4g} - {row['worst']:.4g}"
    whole = f"{row['best']:.4g} - {row['worst']:.4g}"
    return f"{row['id']}: norm = ({above}) / ({whole}) = {row['norm']:.4f}, weight {row['weight']:.4f}"


def _sum(rows: list[Mapping[str, Any]]) -> str:
    products = [f"{row['weight']:.4f} x {row['norm']:.4f}" for row in rows if row["norm"] is not None]
    return " + ".join(products) + " = " if products else ""


def _shown(value: float | None) -> str:
    return "missing" if value is None else f"{value:.4f}"


def _total(formula: IndexFormula, index: AlignmentIndex) -> str:
    if index.index.value is None:
        return f"A is not published: {index.reason}"
    values = [(formula.weights[name], index.components[name].value) for name in COMPONENTS]
    used = [(weight, value) for weight, value in values if value is not None]
    if formula.aggregation == "geometric":
        sums = " x ".join(f"{max(value, 0.01):.4f}^{weight:g}" for weight, value in used)
        text = f"A = 100 x {sums} = {index.index.value:.2f}"
    else:
        text = f"A = 100 ({' + '.join(f'{w:g} x {v:.4f}' for w, v in used)}) = {index.index.value:.2f}"
    if index.index.low is not None and index.index.high is not None:
        text += f", 95 % interval {index.index.low:.2f} to {index.index.high:.2f}"
    if index.method_band is not None:
        text += f"; other choices of method give {index.method_band[0]:.2f} to {index.method_band[1]:.2f}"
    return text if index.reason is None else f"{text}\nnote: {index.reason}"
