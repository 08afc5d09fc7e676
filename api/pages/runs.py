"""Runs and data health: what ran, how fresh figures are, what was refused, who answers, which model reads."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from api.access import require
from api.address import Asked, Links
from api.deps import DbSession
from api.headers import page_answer
from api.pages.review_reasons import REASONS
from api.rendering import render
from store.data_health import Run, read_data_health
from store.jobs import read_job

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])

STAGES = {
    "pull": "fetch files",
    "ingest": "read contacts in",
    "tag": "tag them",
    "draw": "draw reviews",
    "measure": "measure",
    "publish": "publish the index",
    "watch": "look for alerts",
    "retag": "tag again",
    "train": "train the tagger",
}
STATUS = {"done": "done", "failed": "failed", "killed": "was killed", "running": "at work"}
MINUTE = 60
SHOWN_COUNTS = 6


@router.get("/jobs/{job}/health")
def health(request: Request, session: DbSession, job: str) -> Response:
    """The page."""
    found, now = read_job(session, job), datetime.now(UTC)
    report = read_data_health(session, found, request.app.state.settings, now=now)
    links = Links(found.id, Asked())
    html = render(
        "runs.html",
        job=found,
        links=links,
        here="health",
        json_url=links.plain("health", api=True),
        health=report,
        runs=[
            (run, lasted(run.seconds), [stage_words(run, at) for at in range(len(run.stages))]) for run in report.runs
        ],
        reasons=REASONS,
        statuses=STATUS,
        now=now,
        ago=lambda moment: lasted((now - moment).total_seconds()),
    )
    return page_answer(request, html)


def stage_words(run: Run, at: int) -> str:
    """One stage in a line: what it did, how long it took, what it counted."""
    stage = run.stages[at]
    counted = [
        f"{name.replace('_', ' ')} {count:,}"
        for name, count in stage.counts.items()
        if isinstance(count, int) and not isinstance(count, bool) and count
    ]
    told = f": {', '.join(counted[:SHOWN_COUNTS])}" if counted else ""
    went = "" if stage.status == "done" else f" {STATUS.get(stage.status, stage.status)}"
    return f"{STAGES.get(stage.stage, stage.stage)}{went}, {lasted(stage.seconds)}{told}"


def lasted(seconds: float | None) -> str:
    """A length of time in the two units that matter."""
    if seconds is None:
        return "no end known"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{max(seconds, 0):.1f} s"
    minutes, rest = divmod(whole, MINUTE)
    hours, left = divmod(minutes, MINUTE)
    days, of_day = divmod(hours, 24)
    if days:
        return f"{days} d {of_day} h"
    return f"{hours} h {left} min" if hours else f"{minutes} min {rest} s"
