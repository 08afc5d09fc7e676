"""Outcome survey answers as a frame: which count in a view, and one row per respondent and outcome."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pandas as pd

from alignment.scorecard import View
from taxonomy.errors import BadInputError

SURVEY_COLUMNS = ("respondent", "answered_at", "outcome", "importance", "satisfaction", "weight")


class FrameColumnsError(BadInputError):
    """A frame of survey answers or events lacks columns."""


def require_columns(frame: pd.DataFrame, columns: tuple[str, ...], *, what: str) -> None:
    """Raise FrameColumnsError naming the columns that are absent."""
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise FrameColumnsError(f"{what}: column {', '.join(absent)} is absent; expected {', '.join(columns)}")


def known_by(times: pd.Series[pd.Timestamp], view: View) -> pd.Series[bool]:
    """Which moments lie before the view's end and not after its `as_of`. Its start does not cut."""
    moments = pd.to_datetime(times, utc=True)
    known = moments <= pd.Timestamp(view.as_of)
    if view.end is not None:
        known &= moments < pd.Timestamp(datetime.combine(view.end, time.min, UTC))
    return known


def inside_filters(frame: pd.DataFrame, view: View) -> pd.Series[bool]:
    """Which rows match the view's `segment.*` and `circumstance.*` filters, held in columns of that name.

    A channel filter does not apply: people are surveyed, not contacts. Without the column nothing matches.
    """
    inside = pd.Series(True, index=frame.index)
    for name, wanted in view.filters.items():
        if name != "channel":
            inside &= (frame[name] == wanted) if name in frame.columns else False
    return inside


def current_answers(survey: pd.DataFrame, view: View) -> pd.DataFrame:
    """Each respondent's latest complete answer per outcome, known by the end of the view.

    The view's start does not cut, since people are surveyed seldom: an answer holds until a newer one.
    Rows without importance, satisfaction or a positive weight are left out. Answers of 1 to 5 are mapped (`on_ten`).
    """
    require_columns(survey, SURVEY_COLUMNS, what="survey")
    kept = survey[known_by(survey["answered_at"], view) & inside_filters(survey, view)]
    kept = kept.dropna(subset=["importance", "satisfaction"])
    kept = on_ten(kept.assign(weight=kept["weight"].fillna(1.0).astype(float)))
    kept = kept[kept["weight"] > 0].sort_values("answered_at", kind="stable")
    return kept.drop_duplicates(["respondent", "outcome"], keep="last")


MAPPED = {
    "1-5-top-two": "asked from 1 to 5, counted as 10 x the share of 4 and 5",
    "1-5-linear": "asked from 1 to 5, stretched linearly to 1 to 10",
}
"""What to say of figures whose answers were given on another scale."""


def on_ten(answers: pd.DataFrame) -> pd.DataFrame:
    """Importance and satisfaction on 1 to 10, by the `scale` of each row (a frame without one is on 1-10).

    `1-5-top-two`: 10 for an answer of 4 or 5, else 0, so that a mean is 10 x the share in the top two boxes (ODI's
    convention); `1-5-linear`: 1 + (x - 1) 9 / 4.
    """
    if "scale" not in answers.columns or (answers["scale"] == "1-10").all():
        return answers
    boxes, linear = answers["scale"] == "1-5-top-two", answers["scale"] == "1-5-linear"
    mapped = {}
    for name in ("importance", "satisfaction"):
        given = answers[name].astype(float)
        mapped[name] = given.mask(boxes, 10.0 * (given >= 4)).mask(linear, 1 + (given - 1) * 9 / 4)
    return answers.assign(**mapped)
