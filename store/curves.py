"""The learning curve that was kept beside a model, read back."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flows.learning_curve import CURVE, CurvePoint
from store.models import ModelShelf
from store.settings import Settings
from taxonomy.errors import BadInputError
from taxonomy.model import Job


class NoCurveError(BadInputError):
    """A model has no learning curve."""


@dataclass(frozen=True)
class KeptCurve:
    """What reviews had bought when a model was trained; `seconds` is what finding that out cost."""

    model: str
    points: tuple[CurvePoint, ...]
    seconds: float


def read_curve(job: Job, model_id: str | None, *, settings: Settings) -> KeptCurve:
    """The curve of a model, or of the one trained last that has one. Raises NoModelError, NoCurveError."""
    shelf = ModelShelf(settings.models, job.id)
    folders = [shelf.path(name) for name in ([model_id] if model_id else shelf.known())]
    kept = [folder / CURVE for folder in folders if (folder / CURVE).is_file()]
    if not kept:
        raise NoCurveError(
            f"no model of job {job.id!r} has a learning curve: it is made by `headway train` once 50 reviews of "
            "customers held back are decided"
        )
    newest = max(kept, key=lambda path: path.stat().st_mtime)
    said = json.loads(newest.read_text("utf-8"))
    return KeptCurve(newest.parent.name, tuple(CurvePoint(**point) for point in said["points"]), said["seconds"])
