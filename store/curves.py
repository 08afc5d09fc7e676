"""The learning curve that was kept beside a model, read back."""

from __future__ import annotations

import json
from dataclasses import dataclass

from store.models import ModelShelf
from store.settings import Settings
from taxonomy.errors import BadInputError

CURVE = "learning_curve.json"


class NoCurveError(BadInputError):
    """A model has no learning curve."""


@dataclass(frozen=True)
class CurvePoint:
    """After so many reviews, of which `taught` taught: step accuracy with its 95 % interval, on all reviews held back.

    `half_width`: half the 95 % interval of a step's share as the drawn reviews held back until then correct it, mean
    over steps, as a share; None with too few. What the contacts' own number leaves open is not in it.
    """

    reviews: int
    taught: int
    accuracy: float
    low: float
    high: float
    half_width: float | None


@dataclass(frozen=True)
class KeptCurve:
    """What reviews had bought when a model was trained; `seconds` is what finding that out cost."""

    model: str
    points: tuple[CurvePoint, ...]
    seconds: float


def find_curve(job_id: str, *, settings: Settings) -> KeptCurve | None:
    """The curve of the model trained last that has one, or None."""
    try:
        return read_curve(job_id, None, settings=settings)
    except NoCurveError:
        return None


def read_curve(job_id: str, model_id: str | None, *, settings: Settings) -> KeptCurve:
    """The curve of a model, or of the one trained last that has one. Raises NoModelError, NoCurveError."""
    shelf = ModelShelf(settings.models, job_id)
    folders = [shelf.path(name) for name in ([model_id] if model_id else shelf.known())]
    kept = [folder / CURVE for folder in folders if (folder / CURVE).is_file()]
    if not kept:
        raise NoCurveError(
            f"no model of job {job_id!r} has a learning curve: it is made by `headway train` once 50 reviews of "
            "customers held back are decided"
        )
    newest = max(kept, key=lambda path: path.stat().st_mtime)
    said = json.loads(newest.read_text("utf-8"))
    return KeptCurve(newest.parent.name, tuple(CurvePoint(**point) for point in said["points"]), said["seconds"])
