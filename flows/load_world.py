"""A database with a million tagged contacts and what was measured of them, filled without reading a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Table, insert, text
from sqlalchemy.orm import Session

from alignment.build import build_scorecard
from alignment.fold import Evidence, fold
from alignment.fold_replicates import fold_replicates
from alignment.formula import BaselineNotReadyError, freeze_formula
from alignment.moments import Moments
from alignment.scorecard import View
from alignment.targets import Targets, label_targets
from evals.measures_world import FIRST, TaggedRows, events_of, labels_of, shards, survey_of, twelve_steps
from store.in_force import put_in_force
from store.jobs import save_job
from store.moments import save_slices
from store.replicates import save_replicates
from store.scores import save_formula
from store.session import Database
from store.tables import contacts, outcome_answers, product_events, review_decisions, review_items, tags, transcripts
from store.tags import save_label_space
from taxonomy.loader import parse_job
from taxonomy.model import Job

Say = Callable[[str], None]
MODEL, DAYS, PIECES, BATCH = "bench", 180, 12, 10_000
DECIDED_EVERY = 200
SAID = "where is my order, it should have been here days ago and nobody tells me anything"
JOB_FILE = """
id: {id}
version: 1
statement: {statement}
segments: {{tier: [free, gold, silver]}}
steps:
{steps}
"""


def load_job() -> Job:
    """The job of twelve steps as it would come from a file, so that the store can keep it."""
    made = twelve_steps()
    steps = "\n".join(
        f"- {{id: {step.id}, stage: {step.stage.value}, name: {step.name}, critical: {str(step.critical).lower()}, "
        f"outcomes: [{', '.join(f'{{id: {one.id}, statement: {one.statement}}}' for one in step.outcomes)}]}}"
        for step in made.steps
    )
    return parse_job(JOB_FILE.format(id=made.id, statement=made.statement, steps=steps), name="load")


def fill(database: Database, *, number: int, say: Say) -> Job:
    """Store contacts with words, tags, some decisions, surveys, events, moments and a formula; the job of them."""
    job, targets = load_job(), Targets.of(load_job())
    matrix, moments = label_targets(labels_of(job), targets), Moments(targets, {})
    first = 1
    for rows in shards(number, days=DAYS, pieces=PIECES):
        say(f"contacts {first:,} to {first + len(rows.frame) - 1:,}")
        with database.session() as session:
            _store(session, job, rows, first=first)
        moments += _folded(rows, matrix, targets)
        first += len(rows.frame)
    say("moments")
    with database.session() as session:
        save_job(session, job)
        save_label_space(session, MODEL, labels_of(job))
        _asked(session, job)
        save_slices(session, job, model_id=MODEL, moments=moments)
        now = datetime.now(UTC)
        save_replicates(session, job, model_id=MODEL, replicates=moments.replicates, weeks=(), now=now)
        put_in_force(session, job, MODEL)
        _freeze(session, job, moments)
    with database.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    return job


def _folded(rows: TaggedRows, matrix: NDArray[np.float64], targets: Targets) -> Moments:
    truth, weight = rows.truth_and_weight(matrix)
    evidence = Evidence(rows.frame, rows.scores @ matrix, truth, weight, rows.response)
    return Moments(targets, fold(evidence, targets).slices, fold_replicates(evidence, targets))


def _freeze(session: Session, job: Job, moments: Moments) -> None:
    """The formula of the index, where there are contacts enough for one."""
    card = build_scorecard(job, moments, view=View(datetime.now(UTC)), survey=survey_of(job), events=events_of(job))
    end = FIRST + timedelta(weeks=13)
    try:
        formula = freeze_formula(job, outcomes=card.outcomes, failure_modes=card.failure_modes, start=None, end=end)
    except BaselineNotReadyError:
        return
    save_formula(session, job.id, formula, by="bench", why="load")


def _store(session: Session, job: Job, rows: TaggedRows, *, first: int) -> None:
    space, now = labels_of(job), datetime.now(UTC)
    top = rows.scores.argmax(axis=1)
    named = {"job_id": job.id, "job_version": job.stamp, "model_id": MODEL, "tagged_at": now}
    for at in range(0, len(rows.frame), BATCH):
        part = rows.frame.iloc[at : at + BATCH].to_dict("records")
        keys = range(first + at, first + at + len(part))
        chosen = [space.labels[label] for label in top[at : at + BATCH]]
        _insert(session, contacts, [_contact(dict(row), pk, now) for pk, row in zip(keys, part, strict=True)])
        _insert(session, transcripts, [_words(pk) for pk in keys])
        scores = rows.scores[at : at + BATCH]
        found = zip(keys, chosen, scores, strict=True)
        _insert(session, tags, [{**named, **_tag(job, pk, label, one)} for pk, label, one in found])
        decided = [(pk, label) for pk, label in zip(keys, chosen, strict=True) if pk % DECIDED_EVERY == 0]
        _decide(session, job, decided, now)


def _insert(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    session.connection().execute(insert(table), list(rows))


def _contact(row: dict[Any, Any], pk: int, now: datetime) -> dict[str, Any]:
    start = datetime.combine(row["day"], datetime.min.time(), UTC) + timedelta(seconds=pk * 7919 % 86_000)
    known = not np.isnan(row["effort"])
    return {
        "pk": pk, "source": "bench", "contact_id": f"b-{pk}", "content_hash": "", "job_id": None,
        "customer": row["customer"], "channel": row["channel"], "started_at": start,
        "ended_at": start + timedelta(minutes=row["time"]), "transfers": int(row["transfers"]), "cost": row["cost"],
        "segment": dict(row["segment"]), "circumstance": {}, "effort": row["effort"] if known else None,
        "effort_scale": "ces2-7" if known else None, "u": 0.5, "ingested_at": now,
    }  # fmt: skip


def _words(pk: int) -> dict[str, Any]:
    return {"contact_pk": pk, "turns": [["customer", f"{SAID} (number {pk})", None]], "extra": {}}


def _tag(job: Job, pk: int, label: str, scores: NDArray[np.float32]) -> dict[str, Any]:
    outcome = label if label in job.step_of else None
    return {
        "contact_pk": pk, "step": job.step_of[outcome] if outcome else None, "outcome": outcome,
        "confidence": float(scores.max()), "deferred": bool(scores.max() < 0.6), "source": "classifier",
        "scores": scores.astype("<f4").tobytes(), "evidence": [[0, 0, 40]], "novelty": 0.0,
    }  # fmt: skip


def _decide(session: Session, job: Job, decided: Sequence[tuple[int, str]], now: datetime) -> None:
    """Every second one moves to the next step."""
    outcomes = list(job.step_of)
    items, decisions = [], []
    for pk, label in decided:
        place = outcomes.index(label) if label in job.step_of else 0
        outcome = outcomes[(place + 3 * (pk % 400 == 0)) % len(outcomes)]
        item = {"item": f"i-{pk}", "contact_pk": pk, "reason": "unsure", "drawn": False, "created_at": now}
        items.append({**item, "job_id": job.id, "job_version": job.stamp, "model_id": MODEL, "waits_for": "done"})
        said = {"item": f"i-{pk}", "step": job.step_of[outcome], "outcome": outcome, "secondary": [], "by": "bench"}
        decisions.append({**said, "at": now, "suggestion_hidden": False, "recorded_at": now})
    if items:
        _insert(session, review_items, items)
        _insert(session, review_decisions, decisions)


def _asked(session: Session, job: Job) -> None:
    """Survey answers and product events, as they would have come in."""
    names = {"job_id": job.id, "recorded_at": datetime.now(UTC), "segment": {}}
    answers = [{**names, "circumstance": {}, **_known(row)} for row in survey_of(job).to_dict("records")]
    happened = [{**names, **_known(row)} for row in events_of(job).to_dict("records")]
    for table, rows in ((outcome_answers, answers), (product_events, happened)):
        for part in _parts(rows):
            _insert(session, table, part)


def _known(row: Mapping[Any, Any]) -> dict[str, Any]:
    found = {str(name): value for name, value in row.items()}
    for name in ("answered_at", "at"):
        if name in found:
            found[name] = found[name].floor("us").to_pydatetime()
    return {name: None if pd.isna(value) else value for name, value in found.items()}


def _parts(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for at in range(0, len(rows), BATCH):
        yield rows[at : at + BATCH]
