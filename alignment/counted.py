"""Counts behind figures that come from surveys and product events, so that anybody can add them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from alignment.heart import attempts, in_period
from alignment.scorecard import View
from alignment.survey import current_answers


@dataclass(frozen=True)
class AnswerCount:
    """How many people gave an outcome this importance and this satisfaction; `answer` is rounded to a whole number."""

    answer: int
    importance: int
    satisfaction: int


@dataclass(frozen=True)
class StartCount:
    """Starts of a step in a month, and how many of them were completed."""

    month: date
    starts: int
    completed: int


def answer_counts(survey: pd.DataFrame | None, *, outcome: str, view: View) -> tuple[AnswerCount, ...]:
    """Of the answers that the outcome's scores rest on; each column sums to their n."""
    if survey is None or survey.empty:
        return ()
    answers = current_answers(survey, view)
    mine = answers[answers["outcome"] == outcome]
    counts = {name: mine[name].round().astype(int).value_counts() for name in ("importance", "satisfaction")}
    given = sorted(set(counts["importance"].index) | set(counts["satisfaction"].index))
    return tuple(
        AnswerCount(int(one), *(int(counts[name].get(one, 0)) for name in ("importance", "satisfaction")))
        for one in given
    )


def start_counts(events: pd.DataFrame | None, *, step: str, view: View) -> tuple[StartCount, ...]:
    """Of the starts that the step's task success rests on; `starts` sum to its n."""
    if events is None or events.empty:
        return ()
    table = in_period(attempts(events, view=view), view)
    mine = table[table["step"] == step]
    months = pd.to_datetime(mine["started"], utc=True).dt.strftime("%Y-%m-01")
    return tuple(
        StartCount(date.fromisoformat(str(month)), len(part), int(part["success"].sum()))
        for month, part in mine.groupby(months, sort=True)
    )
