"""Offer contacts to the review draw."""

from __future__ import annotations

from dataclasses import dataclass

from flows.promise import check_tags
from flows.workspace import Workspace
from store.in_force import ready_model
from store.models import NoModelError
from store.reviews import Drawn, draw, last_policy, unoffered
from store.unsaid_draws import unsaid_draw


@dataclass(frozen=True)
class Kept:
    """Contacts newly offered to the draw, and review items that came of it."""

    offered: int
    added: int


def draw_reviews(workspace: Workspace, *, budget: int, tau: float = 0.5) -> Drawn:
    """Draw about `budget` contacts for review among those tagged by the model used last.

    Raises NoModelError where nothing is tagged yet.
    """
    job = workspace.job
    with workspace.database.session() as session:
        newest = ready_model(session, job, in_use=workspace.shelf.current())
        if newest is None:
            raise NoModelError(f"no contact of job {job.id!r} is tagged yet: run `headway tag --job {job.id}`")
        version, model = newest
        return draw(session, job_id=job.id, job_version=version, model_id=model, budget=budget, tau=tau)


def draw_once(workspace: Workspace, *, budget: int, tau: float) -> dict[str, int | str]:
    """Draw, unless a run that was killed or cut off has drawn just this and could not say so; the counts.

    Raises NoModelError where nothing is tagged yet.
    """
    with workspace.database.session() as session:
        unsaid = unsaid_draw(session, workspace.job.id, budget=budget, tau=tau)
    if unsaid is not None:
        policy, items = unsaid
        return {"offered": 0, "drawn": 0, "added": 0, "policy": policy, "drawn_before_it_was_cut_off": items}
    done = draw_reviews(workspace, budget=budget, tau=tau)
    return {"offered": done.offered, "drawn": done.drawn, "added": done.added, "policy": done.policy.version}


def keep_drawing(workspace: Workspace) -> Kept:
    """Offer contacts that came since the last draw, at that draw's rate; nothing where there was no draw yet.

    Without it new contacts would stand outside the audited population and outside every figure.
    """
    job = workspace.job
    with workspace.database.session() as session:
        last = last_policy(session, job.id)
        newest = ready_model(session, job, in_use=workspace.shelf.current())
        waiting = 0 if newest is None else unoffered(session, job_id=job.id, job_version=newest[0], model_id=newest[1])
    if last is None or not waiting:
        return Kept(0, 0)
    rate = last.budget / last.population
    done = draw_reviews(workspace, budget=max(1, round(rate * waiting)), tau=last.tau)
    return Kept(done.offered, done.added)


@dataclass(frozen=True)
class Tended(Kept):
    """What became of the queue: new contacts offered, and the weekly check of the promise on kept tags.

    `promise`: holds, breach, unknown or not due; `put_aside`: kept tags that a breach sent to review.
    """

    promise: str
    put_aside: int


def tend_queue(workspace: Workspace) -> Tended:
    """Offer new contacts to the draw; once a week check what analysts decided against the tagger's promise."""
    kept, check = keep_drawing(workspace), check_tags(workspace)
    if check is None:
        return Tended(kept.offered, kept.added, "not due", 0)
    return Tended(kept.offered, kept.added, check.state, check.aside)
