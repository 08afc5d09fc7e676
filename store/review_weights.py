"""Reviews as they correct figures: each decided contact's truth and its weight xi / pi (METHODS 2, "Review draws")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from alignment.targets import NONE, Targets
from store.reviews import latest_decisions
from store.tables import review_items
from tagger.review import CANNOT_TELL, finished_prefix

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Review:
    """A drawn contact's decision, the policy of its draw, and its weight xi / pi."""

    policy: str
    step: str | None
    outcome: str | None
    weight: float


def read_reviews(session: Session, job_id: str, as_of: datetime) -> dict[int, Review]:
    """Decided items of each draw's finished prefix t, by row of their contact, each weighing 1 / (pi t).

    The prefix is that of the draw: a new draw that nobody has worked on yet takes nothing from an older one.
    """
    decided = latest_decisions(session, job_id, as_of=as_of)
    columns = (
        review_items.c.item,
        review_items.c.contact_pk,
        review_items.c.u,
        review_items.c.pi,
        review_items.c.policy,
    )
    draws: dict[str, list[Row[Any]]] = {}
    for item in session.execute(select(*columns).where(review_items.c.job_id == job_id, review_items.c.drawn)):
        draws.setdefault(item.policy, []).append(item)
    reviews = {}
    for items in draws.values():
        t = finished_prefix([item.u / item.pi for item in items], [item.item in decided for item in items])
        for item in items:
            if item.item in decided and item.u / item.pi < t:
                decision = decided[item.item]
                reviews[item.contact_pk] = Review(item.policy, decision.step, decision.outcome, 1 / (item.pi * t))
    return reviews


def truth_and_weight(reviews: Mapping[int, Review], keys: pd.Series[int], targets: Targets) -> tuple[Array, Array]:
    """1{Y = target}, shape (n, targets), and xi / pi, shape (n,), of the contacts of these rows."""
    truth, weight = np.zeros((len(keys), len(targets))), np.zeros(len(keys))
    for row, key in enumerate(keys):
        review = reviews.get(key)
        if review is None:
            continue
        weight[row] = review.weight
        if review.step != CANNOT_TELL:
            truth[row, targets.index("step", review.step or NONE)] = 1.0
        if review.outcome is not None:
            truth[row, targets.index("outcome", review.outcome)] = 1.0
    return truth, weight
