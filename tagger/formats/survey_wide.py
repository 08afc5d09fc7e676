"""Outcome surveys as survey tools export them: one row a respondent, two columns an outcome.

A column says which outcome it asks about by its name (`importance.know-arrival`, `know-arrival_sat`) or by the text of
its question in the second row, as Qualtrics writes it: the outcome's statement, and importan... or satisf...
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tagger.formats.problems import UnreadableFileError
from taxonomy.model import Job

RESPONDENT = ("respondent_id", "ResponseId", "Response ID", "ResponseID")
ANSWERED = ("answered_at", "EndDate", "RecordedDate", "End Date", "Recorded Date")
WEIGHT = ("weight", "Weight")
NOT_REAL = frozenset(("survey preview", "survey test", "spam", "1", "4", "8"))
"""Values of Qualtrics' `Status` for answers that no customer gave."""

_WORDS = {"importance": ("importance", "important", "imp"), "satisfaction": ("satisfaction", "satisfied", "sat")}
_STEMS = {"importance": "importan", "satisfaction": "satisf"}
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)\b")


@dataclass(frozen=True)
class WideSurvey:
    """Which columns hold what. `asked` is per outcome its importance and its satisfaction column."""

    respondent: str
    answered: str
    weight: str | None
    asked: Mapping[str, tuple[str, str]]

    def answers(self, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """One row for each outcome that the respondent said anything about; choices such as `5 - Very` count as 5."""
        head = {"respondent_id": row.get(self.respondent), "answered_at": row.get(self.answered)}
        if self.weight is not None:
            head["weight"] = row.get(self.weight)
        carried = {name: value for name, value in row.items() if name.split(".")[0] in ("segment", "circumstance")}
        for outcome, (importance, satisfaction) in self.asked.items():
            given = {"importance": _choice(row.get(importance)), "satisfaction": _choice(row.get(satisfaction))}
            if given["importance"] or given["satisfaction"]:
                yield {**head, "outcome": outcome, **given, **carried}

    def is_heading(self, row: Mapping[str, Any]) -> bool:
        """Whether a row holds question texts or ids rather than answers: its date has no digit of a year."""
        return re.search(r"\d{4}", str(row.get(self.answered, ""))) is None and bool(row)


def is_real(row: Mapping[str, Any]) -> bool:
    """Whether a customer gave these answers, not somebody who tried the survey out."""
    return str(row.get("Status", "")).strip().lower() not in NOT_REAL


def wide_survey(names: Sequence[str], titles: Mapping[str, Any], job: Job) -> WideSurvey:
    """What the columns hold. Raises UnreadableFileError where they ask for no outcome of the job, or half of one."""
    found: dict[str, dict[str, str]] = {}
    for name in names:
        asked = _by_name(name, job) or _by_title(str(titles.get(name, "")), job)
        if asked is not None:
            found.setdefault(asked[0], {}).setdefault(asked[1], name)
    half = [outcome for outcome, columns in found.items() if len(columns) < len(_WORDS)]
    respondent, answered = (_first(names, known) for known in (RESPONDENT, ANSWERED))
    if half:
        raise UnreadableFileError(f"importance or satisfaction is not asked for {', '.join(sorted(half))}")
    if not found or respondent is None or answered is None:
        raise UnreadableFileError(_unusable(names, found, respondent, answered))
    asked_columns = {outcome: (found[outcome]["importance"], found[outcome]["satisfaction"]) for outcome in found}
    return WideSurvey(respondent, answered, _first(names, WEIGHT), asked_columns)


def _unusable(names: Sequence[str], found: Mapping[str, Any], respondent: str | None, answered: str | None) -> str:
    lacking = [] if found else ["a column for an outcome, such as importance.ID and satisfaction.ID"]
    lacking += [] if respondent else [f"one of {', '.join(RESPONDENT)}"]
    lacking += [] if answered else [f"one of {', '.join(ANSWERED)}"]
    shown = ", ".join(names)[:300]
    neither = "neither a long survey (a column `outcome`) nor a wide one"
    return f"{neither}: there is not {'; not '.join(lacking)}; columns: {shown}"


def _by_name(name: str, job: Job) -> tuple[str, str] | None:
    plain = _plain(name)
    for outcome in job.outcome_by_id.values():
        for known in (outcome.id, *outcome.aliases):
            for measure, words in _WORDS.items():
                if plain in {f"{word}-{_plain(known)}" for word in words} | {
                    f"{_plain(known)}-{word}" for word in words
                }:
                    return outcome.id, measure
    return None


def _by_title(title: str, job: Job) -> tuple[str, str] | None:
    plain = _plain(title)
    measures = [measure for measure, stem in _STEMS.items() if stem in plain]
    about = [outcome.id for outcome in job.outcome_by_id.values() if _plain(outcome.statement) in plain]
    return (about[0], measures[0]) if len(measures) == 1 and len(about) == 1 else None


def _first(names: Sequence[str], known: Sequence[str]) -> str | None:
    return next((name for name in known if name in names), None)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _choice(cell: Any) -> Any:
    found = _NUMBER.match(cell) if isinstance(cell, str) else None
    return found[1] if found else cell
