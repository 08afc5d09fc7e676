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
    Rows without importance, satisfaction or a positive weight are left out.
    """
    require_columns(survey, SURVEY_COLUMNS, what="survey")
    kept = survey[known_by(survey["answered_at"], view) & inside_filters(survey, view)]
    kept = kept.dropna(subset=["importance", "satisfaction"])
    kept = kept.assign(weight=kept["weight"].fillna(1.0).astype(float))
    kept = kept[kept["weight"] > 0].sort_values("answered_at", kind="stable")
    return kept.drop_duplicates(["respondent", "outcome"], keep="last")
