"""Which reviews teach the tagger and which measure it: a contact that trained a model may not correct it (METHODS 2).

All reviews of a customer are on one side, by a stable hash, whatever reason brought the contact into the queue: only
then do those held back speak for the others too. Models are compared on those held back; a model whose taught contacts
cannot all be read by heads that had not seen them is corrected by those alone as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tagger.review_reads import stable_share

MEASURING_SHARE = 0.5
"""h: share of customers whose reviews are held back from training."""


def measures(job_id: str, *, customer: str | None, contact: str, share: float = MEASURING_SHARE) -> bool:
    """Whether reviews of this customer (of this contact, where nobody knows whose it is) are held back."""
    return stable_share("measures", job_id, customer or contact) < share


@dataclass(frozen=True)
class Learned:
    """What a model learned from reviews: decisions recorded up to `until`, of all but `share` of the customers."""

    until: datetime
    share: float

    def factor(self, *, measuring: bool, came_at: datetime) -> float:
        """What the weight xi / pi of a review is multiplied by.

        A contact that came after the model was trained cannot have taught it: its review counts as it is. One that
        was there is held back with probability h, so pi is multiplied by h; on the other side it does not count.
        """
        if came_at > self.until:
            return 1.0
        return 1 / self.share if measuring else 0.0
