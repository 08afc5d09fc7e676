"""The statistics page of a review queue."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup

from alignment.agreement import GOOD, TENTATIVE, Agreement
from api.access import require
from api.deps import DbSession
from api.headers import page_answer
from api.learning_chart import learning_chart
from api.pages.review_card import in_words
from api.pages.review_reasons import REASONS
from api.rendering import render
from store.curves import KeptCurve, find_curve
from store.jobs import read_job
from store.review_bulk import bulk_reports
from store.review_promise import read_checks
from store.review_queue import reviewed_job
from store.review_stats import read_agreement, read_stats
from taxonomy.model import Job

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])


@router.get("/review/stats")
def review_stats(
    request: Request, session: DbSession, job: Annotated[str | None, Query(description="Which job's queue.")] = None
) -> Response:
    """Size, age, speed, agreement, the pull of suggestions, and the promise on kept tags."""
    found, now = read_job(session, reviewed_job(session, job)), datetime.now(UTC)
    html = render(
        "review_stats.html",
        job=found,
        stats=read_stats(session, found, now=now),
        agreement=[(_name(row, found), row, verdict(row)) for row in read_agreement(session, found, now=now)],
        reasons=REASONS,
        checks=read_checks(session, found.id, limit=4),
        bulks=[(in_words(found, row.step, row.outcome), row) for row in bulk_reports(session, found.id, now=now)],
        curve=_drawn(find_curve(found.id, settings=request.app.state.settings)),
        now=now,
        json_url=f"/v1/review/stats?job={found.id}",
    )
    return page_answer(request, html)


def _drawn(curve: KeptCurve | None) -> Markup | None:
    return None if curve is None else learning_chart([asdict(point) for point in curve.points])


def verdict(row: Agreement) -> str:
    """Krippendorff's marks in words, by the low end of the interval, so that a small sample is not praised."""
    figure = row.ac1 if row.ac1 is not None and row.ac1.value is not None else row.alpha
    if figure.value is None or figure.low is None:
        return ""
    if figure.low >= GOOD:
        return "good"
    return "tentative" if figure.low >= TENTATIVE else "not shown to be enough"


def _name(row: Agreement, job: Job) -> str:
    if row.step is None:
        return "All steps"
    return in_words(job, row.step, None)
