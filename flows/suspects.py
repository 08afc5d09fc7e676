"""Decisions that are likely wrong go back into the review queue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classifiers.model import Model
from classifiers.suspects import suspects
from flows.lessons import Lessons, closed, existing_database
from store.models import NoModelError
from store.reviews import enqueue
from store.settings import Settings
from taxonomy.model import Job

MOST = 50
SETTLED = ("again", "adjudicated", "gold")
"""Answers that were given with care already: another look is no news."""


@dataclass(frozen=True)
class Suspected:
    """Likely wrong labels: decisions put in the queue (of these new), and ids of labelled contacts of the file."""

    decisions: int
    queued: int
    in_file: tuple[str, ...]


def queue_suspects(job: Job, model: Model, lessons: Lessons, *, settings: Settings) -> Suspected:
    """Ask for another look at decisions that the new model, without having seen them, holds for wrong.

    Only decisions that teach: looking again at those that measure, where the model disagrees, would bend the
    measurement towards the model. The likeliest first, at most MOST.
    """
    labelled = lessons.labelled
    if labelled is None or model.held_out is None:
        return Suspected(0, 0, ())
    rows = np.array(model.held_out_rows)
    names = [labelled.names[row] for row in rows]
    found = [int(rows[one.row]) for one in suspects(model.held_out.probabilities, names, model.space.labels)]
    first = len(labelled.contacts) - len(lessons.taught)
    decided = [lessons.taught[row - first] for row in found if row >= first]
    keys = [one.key for one in decided if one.rank not in SETTLED][:MOST]
    in_file = tuple(labelled.contacts[row].id for row in found if row < first)[:MOST]
    return Suspected(len(keys), _queued(job, keys, settings), in_file)


def _queued(job: Job, keys: list[int], settings: Settings) -> int:
    database = existing_database(settings) if keys else None
    if database is None:
        return 0
    with closed(database), database.session() as session:
        try:
            return enqueue(session, job.id, keys, "suspect")
        except NoModelError:
            return 0  # nothing is tagged, so there is no queue yet
