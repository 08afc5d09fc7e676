"""The label sets of the model that tagged an item, from its card; read once for each model."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from classifiers.label_sets import LabelSets, label_sets_of
from store.models import ModelShelf, NoModelError
from store.settings import Settings


def sets_of(settings: Settings, job_id: str, model_id: str) -> LabelSets | None:
    """Which labels this model cannot rule out; None where it is not on the shelf or was not measured."""
    return _sets(settings.models, job_id, model_id) if model_id else None


@lru_cache(maxsize=64)
def _sets(models: Path, job_id: str, model_id: str) -> LabelSets | None:
    try:
        return label_sets_of(ModelShelf(models, job_id).card(model_id))
    except NoModelError:
        return None
