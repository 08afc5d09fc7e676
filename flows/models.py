"""The models of a job: which there are, what each is worth, which is in use, and putting another in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifiers.artifact import load
from classifiers.unlearning import erased_texts
from flows.promotion import put_in_use
from store.job_version import check_version
from store.models import ModelShelf, NoModelError, Promotion
from store.settings import Settings
from taxonomy.model import Job


class NoEarlierModelError(NoModelError):
    """There is nothing to go back to."""


@dataclass(frozen=True)
class ShelvedModel:
    """One model of a job: its card, whether it is in use, and whether it belongs to the job's version in force."""

    id: str
    in_use: bool
    fits: bool
    card: Mapping[str, Any]

    @property
    def made_at(self) -> str:
        """When it was trained, as the card has it."""
        return str(self.card.get("made_at", "unknown"))

    @property
    def contacts(self) -> int:
        """How many labelled contacts it learned from."""
        return int(self.card.get("trained_on", {}).get("documents", 0))

    @property
    def erased_texts(self) -> int:
        """How many of the texts that it learned from were erased since."""
        return erased_texts(self.card)

    @property
    def accuracy(self) -> Mapping[str, float] | None:
        """Step accuracy with its 95 % interval on contacts its heads had not seen; None where nothing was measured."""
        held_out = self.card.get("held_out") or {}
        found: Mapping[str, float] | None = held_out.get("cascade", {}).get("group")
        return found


def shelved(job: Job, *, settings: Settings) -> tuple[ShelvedModel, ...]:
    """Every model of the job, the newest first."""
    shelf = ModelShelf(settings.models, job.id)
    models = [read_model(job, name, settings=settings) for name in shelf.known()]
    return tuple(sorted(models, key=lambda model: (model.made_at, model.id), reverse=True))


def read_model(job: Job, model_id: str | None, *, settings: Settings) -> ShelvedModel:
    """One model of the job; the one in use where none is named. Raises NoModelError."""
    shelf = ModelShelf(settings.models, job.id)
    folder = shelf.path(model_id)
    card = shelf.card(folder.name)  # a damaged model is listed, and refused where it is to be used
    return ShelvedModel(folder.name, folder.name == shelf.current(), card.get("job_version") == job.stamp, card)


def history(job: Job, *, settings: Settings) -> list[Promotion]:
    """Every promotion of the job, oldest first."""
    return ModelShelf(settings.models, job.id).promotions()


def promote(job: Job, model_id: str, *, settings: Settings, by: str, why: str) -> str | None:
    """Put a model in use and say which was before; one that is in use already is not promoted again.

    Raises NoModelError if it is not there, ModelFileError if it is damaged, JobVersionError if it belongs to another
    version of the job.
    """
    shelf = ModelShelf(settings.models, job.id)
    before = shelf.current()
    check_version(load(shelf.path(model_id), home=settings.home), job)
    if before != model_id:
        put_in_use(job, model_id, settings=settings, by=by, why=why)
    return before


def roll_back(job: Job, *, settings: Settings, by: str, why: str) -> tuple[str, str]:
    """Put the model that was in use before the present one back in use; (present one, the one before).

    Rolling back twice undoes itself. Raises NoEarlierModelError, or as `promote` does.
    """
    used = [promotion.model for promotion in history(job, settings=settings)]
    earlier = [model for model in used if model != used[-1]]
    if not earlier:
        raise NoEarlierModelError(f"job {job.id!r} has had no other model in use: see `headway model list`")
    promote(job, earlier[-1], settings=settings, by=by, why=why)
    return used[-1], earlier[-1]
