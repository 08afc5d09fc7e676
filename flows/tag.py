"""Tag what the model in use has not read yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from classifiers.artifact import load
from classifiers.embedding_cache import EmbeddingCache
from classifiers.llm import AidedModel
from classifiers.model import Model
from flows.drivers import catch_up, note_drivers
from flows.honest import honest
from flows.lessons import learned_of
from flows.llm_batch import BatchDesk
from flows.llm_collect import open_desk
from flows.llm_examples import reviewed_examples
from flows.progress import Ticker, silent
from flows.workspace import Workspace
from store.contacts import read_contacts
from store.job_version import check_version
from store.learned import save_learned
from store.llm import aided
from store.llm_batches import waiting_among
from store.review_promise import floor_of
from store.review_queueing import Stamp, queue_contacts
from store.tags import add_tags, count_untagged, save_label_space, untagged
from tagger.model import Contact, Tag
from tagger.review_reasons import Reason, reason_of
from tagger.tag import Tagged, document_of, tag_contacts

BATCH = 2000


@dataclass(frozen=True)
class TaggedCounts:
    """What the tagger did: contacts read, and of these how many it left to analysts."""

    tagged: int
    deferred: int
    model: str


@dataclass(frozen=True)
class AidedCounts(TaggedCounts):
    """The same where an LLM is configured: what it was asked, answered and refused, its tokens and its cost."""

    llm: Mapping[str, Any]


def waiting(workspace: Workspace) -> int:
    """How many contacts the model in use has still to read; 0 where no model is in use."""
    job, model = workspace.job, workspace.shelf.current()
    if model is None:
        return 0
    with workspace.database.session() as session:
        return count_untagged(session, job_id=job.id, job_version=job.stamp, model_id=model)


def tag(workspace: Workspace, *, tick: Ticker = silent, llm_batch: bool = False) -> TaggedCounts:
    """Tag every contact of the job that the model in use has not read; a batch a unit of work.

    With `llm_batch` what would be asked of an LLM goes into a batch, and such contacts stay untagged until that is
    back; a later run collects it, with or without. Raises NoModelError without a model, JobVersionError if it belongs
    to another version of the job, NoLlmError.
    """
    job, database = workspace.job, workspace.database
    folder = workspace.shelf.path()
    cache = EmbeddingCache(workspace.settings.embeddings)
    model = load(folder, home=workspace.settings.home, cache=cache)
    check_version(model, job)
    examples = reviewed_examples(job, model, settings=workspace.settings) if workspace.settings.llm_configured else None
    reader = aided(model, job, settings=workspace.settings, folder=folder, examples=examples)
    witness, desk = honest(reader, folder), open_desk(workspace, reader, taking=llm_batch)
    names = {"job_id": job.id, "job_version": job.stamp, "model_id": model.id}
    stamp = Stamp(**names)
    workspace.record_job()
    with database.session() as session:
        save_label_space(session, model.id, model.space)
        floor = floor_of(session, job.id, model.id)
        save_learned(session, model.id, learned_of(model.card))
    tagged = deferred = after = 0
    while True:
        with database.session() as session:
            keys = untagged(session, **names, after=after, limit=BATCH)
            waits = waiting_among(session, desk.names, keys) if desk else set()
            keyed = read_contacts(session, [key for key in keys if key not in waits])
        if not keys:
            break
        after = keys[-1]
        if not keyed:
            continue
        read = _aside(tag_contacts(job, witness, [contact for _, contact in keyed]), floor)
        keyed, read = _without_waiting(keyed, read, reader, desk)
        reasons = _reasons(reader, keyed, read.tags)
        with database.session() as session:
            pairs = [(key, tag) for (key, _), tag in zip(keyed, read.tags, strict=True)]
            tagged += add_tags(session, pairs, read.probabilities)
            note_drivers(session, job, keyed)
            for reason, waiting_for_it in reasons.items():
                queue_contacts(session, waiting_for_it, reason, stamp=stamp)
        deferred += sum(tag.deferred for tag in read.tags)
        tick(len(keyed))
    if desk is not None:
        desk.close()
    catch_up(workspace)
    return _counted(TaggedCounts(tagged, deferred, model.id), reader, desk)


def _without_waiting(
    keyed: list[tuple[int, Contact]], read: Tagged, reader: Model | AidedModel, desk: BatchDesk | None
) -> tuple[list[tuple[int, Contact]], Tagged]:
    """The contacts whose tags can be kept; those that wait for a batch are put aside."""
    if desk is None or not isinstance(reader, AidedModel):
        return keyed, read
    rows = desk.put_aside(keyed, reader)
    return [keyed[row] for row in rows], Tagged(tuple(read.tags[row] for row in rows), read.probabilities[rows])


def _aside(read: Tagged, floor: float | None) -> Tagged:
    """Since the promise was found broken, what the model is less sure of than `floor` is put aside too."""
    if floor is None:
        return read
    return replace(read, tags=tuple(replace(tag, deferred=tag.deferred or tag.confidence < floor) for tag in read.tags))


def _reasons(
    reader: Model | AidedModel, keyed: Sequence[tuple[int, Contact]], tags: Sequence[Tag]
) -> dict[Reason, list[int]]:
    """Which contacts enter the review queue, by the first reason that holds: one piece of work each."""
    found: dict[Reason, list[int]] = {}
    for (key, contact), tag in zip(keyed, tags, strict=True):
        reason = reason_of(tag, disagreed=isinstance(reader, AidedModel) and reader.disagreed(document_of(contact)))
        if reason is not None:
            found.setdefault(reason, []).append(key)
    return found


def _counted(counts: TaggedCounts, reader: Model | AidedModel, desk: BatchDesk | None) -> TaggedCounts:
    if isinstance(reader, AidedModel):
        batches = {} if desk is None else {"batches": desk.counts()}
        return AidedCounts(**asdict(counts), llm={**reader.stage.counts(), **batches})
    return counts
