"""Taggers that a server keeps open: a model is read once, and again only when another one is in use."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from store.models import ModelShelf
from store.settings import Settings
from taxonomy.errors import HeadwayError
from taxonomy.model import Job

if TYPE_CHECKING:
    from store.predictor import Predictor

KEPT = 4
PATIENCE = 20.0
"""Seconds that a request waits for the tagger when others use it."""


class TaggerBusyError(HeadwayError):
    """Too many ask the tagger at once."""


class Predictors:
    """The taggers of a server by job version and model; one batch is tagged at a time, as each uses every core."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: dict[tuple[str, str, str], Predictor] = {}
        self._lock = Lock()

    def lines(self, job: Job, batch: Sequence[tuple[int, bytes]], *, model: str | None = None) -> list[dict[str, Any]]:
        """What `headway predict` writes for these numbered lines. Raises NoModelError, TaggerBusyError."""
        if not self._lock.acquire(timeout=PATIENCE):
            raise TaggerBusyError("the tagger is busy with other requests: try again in a moment")
        try:
            return self._predictor(job, model).lines(batch)
        finally:
            self._lock.release()

    def _predictor(self, job: Job, model: str | None) -> Predictor:
        from store.predictor import Predictor  # brings scikit-learn, which the server need not load to start

        folder = ModelShelf(self._settings.models, job.id).path(model)
        key = (job.id, job.stamp, folder.name)
        found = self._open.pop(key, None) or Predictor.open(job, settings=self._settings, model=folder.name)
        self._open[key] = found  # the one used last goes last
        while len(self._open) > KEPT:
            del self._open[next(iter(self._open))]
        return found
