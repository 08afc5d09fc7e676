"""The bench's plots: learning curves, calibration, and risk against coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from evals.bench.drawing import Axis, Series, line_chart, percent_axis
from evals.bench.split import BUDGETS

Row = Mapping[str, Any]
PLACES = {budget: float(place) for place, budget in enumerate(reversed(BUDGETS))}
"""Where a label budget stands on the axis of a learning curve: 0, 4, 8, 16, 64, all."""

SYSTEMS = (
    "ours",
    "ours-fast",
    "tfidf-svc",
    "tfidf-minilm-svc",
    "minilm-svc",
    "minilm-logistic",
    "setfit",
    "prototypes",
    "llm",
)
ASIDE = 0.05
"""Systems stand a little beside each other on a learning curve, so that their intervals can be told apart."""


def plots(rows: Sequence[Row]) -> dict[str, str]:
    """File name without ending to SVG."""
    drawn = {}
    for name, own in groupby(rows, key=lambda row: row["data_set"]):
        of_set = list(own)
        title = of_set[0]["title"]
        if len({row["labels"] for row in of_set}) > 1:
            for level in ("step", "outcome"):
                drawn[f"{name}-learning-{level}"] = learning_curve(title, of_set, level)
        for budget, same in groupby(of_set, key=lambda row: row["labels"]):
            drawn |= _of_budget(f"{name}-{budget}", _titled(title, budget), list(same))
    return drawn


def learning_curve(title: str, rows: Sequence[Row], level: str) -> str:
    """Accuracy against labels per outcome, with 95 % intervals."""
    key = f"{level}_accuracy"
    series: list[Series] = []
    for system in sorted({row["system"] for row in rows}, key=_look):
        own = sorted((row for row in rows if row["system"] == system), key=lambda row: PLACES[row["labels"]])
        aside = ASIDE * (len(series) - 3)
        points = [(PLACES[row["labels"]] + aside, row[key]["value"]) for row in own]
        bars = [(row[key]["low"], row[key]["high"]) for row in own]
        series.append(Series(system, points, bars, _look(system)))
    least = min(low for one in series for low, _ in one.bars)
    x = Axis("labels per outcome", -0.3, len(PLACES) - 0.7, [(place, budget) for budget, place in PLACES.items()])
    y = percent_axis(f"{level} right", low=int(10 * least) / 10, high=1.0)
    return line_chart(f"{title}: {level}", series, x=x, y=y)


def calibration_plot(title: str, rows: Sequence[Row], level: str) -> str:
    """Share right against mean probability, in groups of equal size."""
    series = [_series(row, [(said, right) for said, right, _ in row["calibration"][level]["bins"]]) for row in rows]
    x = percent_axis(f"probability given to the {level}", low=0.0, high=1.0)
    return line_chart(title, series, x=x, y=percent_axis("share right", low=0.0, high=1.0), diagonal=True)


def risk_plot(title: str, rows: Sequence[Row]) -> str:
    """Share of wrong outcomes among the surest answers, against the share of answers kept."""
    series = [_series(row, [(kept, risk) for kept, risk in row["risk"]["curve"]]) for row in rows]
    most = max(risk for one in series for kept, risk in one.points if kept > 0.1)
    x = percent_axis("share of contacts kept", low=0.0, high=1.0)
    return line_chart(title, series, x=x, y=percent_axis("wrong among the kept", low=0.0, high=_round_up(most)))


def _series(row: Row, points: Sequence[tuple[float, float]]) -> Series:
    return Series(row["system"], points, look=_look(row["system"]))


def _look(system: str) -> int:
    """The place of a system on every chart."""
    return SYSTEMS.index(system) if system in SYSTEMS else len(SYSTEMS)


def _of_budget(name: str, title: str, rows: Sequence[Row]) -> dict[str, str]:
    drawn = {f"{name}-risk": risk_plot(f"{title}: risk and coverage", rows)}
    told = [row for row in rows if row["calibration"]["outcome"]]
    if told:
        for level in ("step", "outcome"):
            drawn[f"{name}-calibration-{level}"] = calibration_plot(f"{title}: {level}, calibration", told, level)
    return drawn


def _titled(title: str, budget: str) -> str:
    labels = {"all": "all", "0": "no"}.get(budget, budget)
    return f"{title.partition(',')[0]}, {labels} labels"


def _round_up(value: float) -> float:
    return next((top for top in (0.05, 0.1, 0.2, 0.3, 0.5) if value <= top), 1.0)
