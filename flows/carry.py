"""A model for the next version of its job, where the job's own lineage says what became of every label."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from classifiers.artifact import load, save
from classifiers.content import named
from classifiers.model import Model
from classifiers.relabel import relabelled, relabelled_chances, same_groups
from classifiers.scores import LabelSpace
from flows.examination import HELD_OUT
from flows.honest import HELD_OUT_SCORES
from flows.lessons import existing_database
from flows.promotion import put_in_use
from store.jobs import UnknownJobError, read_job
from store.models import ModelShelf
from store.settings import Settings
from tagger.lineage import LineageError, carried_labels
from taxonomy.loader import load_job
from taxonomy.model import Job


@dataclass(frozen=True)
class Carried:
    """A model that was carried over: `renamed` are old labels and what they are called now, where that differs.

    `unknown` are labels of the new version that no old one leads to: the model never gives them.
    """

    model: str
    before: str
    job_version: str
    renamed: dict[str, str]
    unknown: tuple[str, ...]
    in_use: bool


def carry(job: Job, model_id: str | None, *, settings: Settings, by: str, why: str) -> Carried:
    """Make the model in use, or the one named, answer in the words of the job's version in force.

    The new model lies beside the old one, and takes its place where that one is in use. Doing it twice changes
    nothing. Raises NoModelError, ModelFileError, or LineageError where a label was split or retired, or the version
    that the model was trained under is not known here.
    """
    shelf = ModelShelf(settings.models, job.id)
    source = shelf.path(model_id)
    model = load(source, home=settings.home)
    trained_under = str(model.card["job_version"])
    if trained_under == job.stamp:
        raise LineageError(f"model {model.id} belongs to job version {job.stamp} already: nothing is to be done")
    space, heirs = carried_labels(model.space, _version(job.id, trained_under, settings), job)
    card = {**model.card, "job_version": job.stamp, "carried_from": model.id, "carried_from_version": trained_under}
    carried = named(replace(relabelled(model, space, heirs), card=card))
    shelf.add(carried.id, lambda folder: _write(model, carried, heirs, source, folder))
    in_use = shelf.current() == model.id
    if in_use:
        put_in_use(job, carried.id, settings=settings, by=by, why=why)
    unknown = tuple(label for label in space.labels if label not in heirs.values())
    renamed = {old: new for old, new in heirs.items() if old != new}
    return Carried(carried.id, model.id, job.stamp, renamed, unknown, in_use or shelf.current() == carried.id)


def _version(job_id: str, stamp: str, settings: Settings) -> Job:
    """An older version of the job, from the database or from the job files that were kept."""
    database = existing_database(settings)
    if database is not None:
        with database.session() as session:
            try:
                return read_job(session, job_id, stamp=stamp)
            except UnknownJobError:
                pass
    kept = sorted(settings.jobs.glob(f"{job_id}*.yaml")) if settings.jobs.is_dir() else []
    found = [one for one in map(load_job, kept) if one.stamp == stamp]
    if not found:
        raise LineageError(
            f"job version {stamp}, which the model was trained under, is not known here: "
            f"import its file with `headway taxonomy import FILE`, then the new one, and carry again"
        )
    return found[0]


def _write(old: Model, new: Model, heirs: dict[str, str], source: Path, folder: Path) -> None:
    """The model, and what heads that had not seen its training texts said of them, in the new words."""
    save(new, folder)
    if (source / HELD_OUT_SCORES).is_file():
        _write_held_out(source, folder, spaces=(old.space, new.space), heirs=heirs)


def _write_held_out(
    source: Path, folder: Path, *, spaces: tuple[LabelSpace, LabelSpace], heirs: dict[str, str]
) -> None:
    old, new = spaces
    with np.load(source / HELD_OUT_SCORES, allow_pickle=False) as kept:
        parts = {name: kept[name] for name in kept.files}
    parts["probabilities"] = relabelled_chances(parts["probabilities"], old, new, heirs=heirs)
    if "besides" in parts and parts["besides"].size:
        parts["besides"] = parts["besides"][:, same_groups(old, new, heirs) or []]
    np.savez_compressed(folder / HELD_OUT_SCORES, **parts)
    steps = new.to_groups(parts["probabilities"]).argmax(axis=1)
    held = {str(name): new.groups[step] for name, step in zip(parts["names"], steps, strict=True)}
    known = json.loads((source / HELD_OUT).read_text("utf-8"))
    (folder / HELD_OUT).write_text(json.dumps({name: held.get(name, "") for name in known}), "utf-8")
