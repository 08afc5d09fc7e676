"""A draw that a run stored and was killed, or cut off, before it could say so: asked again it is not made twice."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.tables import review_draws, review_items, stage_runs

STAGE = "draw"
BROKEN = ("killed", "failed")


def unsaid_draw(session: Session, job_id: str, *, budget: int, tau: float) -> tuple[str, int] | None:
    """Policy and items of the draw with this budget and tau that broken runs stored since one ended well."""
    mine = (stage_runs.c.stage == STAGE, stage_runs.c.job_id == job_id)
    well = select(func.max(stage_runs.c.pk)).where(*mine, stage_runs.c.status == "done").scalar_subquery()
    broken = (*mine, stage_runs.c.status.in_(BROKEN), stage_runs.c.pk > func.coalesce(well, 0))
    began = session.scalar(select(func.min(stage_runs.c.started_at)).where(*broken))
    if began is None:
        return None
    same = (review_draws.c.budget == budget, review_draws.c.tau == tau, review_draws.c.job_id == job_id)
    stored = (
        select(review_items.c.policy, func.count())
        .join(review_draws, review_draws.c.policy == review_items.c.policy)
        .where(*same, review_items.c.job_id == job_id, review_items.c.drawn, review_items.c.created_at >= began)
        .group_by(review_items.c.policy)
    )
    found = session.execute(stored).first()
    return None if found is None else (str(found[0]), int(found[1]))
