"""Outcome-survey files, long or wide, as one row for each respondent and outcome."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from tagger.formats.outcome import Rejected
from tagger.formats.people import People
from tagger.formats.problems import UnreadableFileError
from tagger.formats.rows import Row, read_rows
from tagger.formats.survey_wide import is_real, wide_survey
from taxonomy.model import Job

LONG = ("respondent_id", "answered_at", "outcome", "importance", "satisfaction")


def read_survey(path: Path, job: Job) -> Iterator[Row | Rejected]:
    """Each answer with its line number, or why a line cannot be read.

    A file with a column `outcome` is long: one row for each answer. Any other is wide: one row a respondent. Raises
    UnreadableFileError where columns do not say what was asked.
    """
    names: list[str] = []

    def check(found: list[str]) -> None:
        names.extend(found)
        absent = [name for name in LONG if name not in found]
        if absent and "outcome" in found:
            raise UnreadableFileError(f"{path}: column {', '.join(absent)} is missing; its first line says: {found}")

    rows = read_rows(path, check=check)
    first = next(rows, None)
    if first is None:
        return iter(())
    rows = chain([first], rows)
    titles = names or ([] if isinstance(first, Rejected) else list(first[1]))
    if not titles or "outcome" in titles:
        return rows
    return _wide(path, titles, rows, job)


def _wide(path: Path, names: list[str], rows: Iterator[Row | Rejected], job: Job) -> Iterator[Row | Rejected]:
    first = next(rows)
    titles = {} if isinstance(first, Rejected) else first[1]
    try:
        survey = wide_survey(names, titles, job)
    except UnreadableFileError as error:
        raise UnreadableFileError(f"{path}: {error}") from error
    heading = True
    for row in chain([first], rows):
        if isinstance(row, Rejected):
            yield row
            continue
        line, values = row
        heading = heading and survey.is_heading(values)
        if heading:
            continue
        if not is_real(values):
            yield Rejected(
                line,
                "not-a-customer",
                "Status says preview, test or spam",
                _nameless(values, survey.respondent),
                people=People.of(customer=values.get(survey.respondent)),
            )
            continue
        yield from ((line, answer) for answer in survey.answers(values))


def _nameless(values: Mapping[str, Any], respondent: str) -> str:
    return json.dumps({name: value for name, value in values.items() if name != respondent}, default=str)
