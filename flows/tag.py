"""Tag what the model in use has not read yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from classifiers.artifact import load
from classifiers.embedding_cache import EmbeddingCache
from classifiers.llm import AidedModel
from classifiers.model import Model
from flows.cluster import PARTITION, tag_on_cluster
from flows.drivers import catch_up
from flows.honest import honest
from flows.keeping import Keeper, Kept
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
from store.review_queueing import Stamp
from store.tags import count_untagged, note_tagged, save_label_space, tagged_upto, untagged
from tagger.model import Contact
from tagger.tag import Reader, Tagged, document_of, tag_contacts

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


@dataclass(frozen=True)
class SpreadCounts(TaggedCounts):
    """The same where a cluster read: partitions that landed, processes that read them, partitions given back."""

    cluster: Mapping[str, int]


@dataclass(frozen=True)
class AidedSpreadCounts(AidedCounts):
    """The same where a cluster read and an LLM was asked about the rest."""

    cluster: Mapping[str, int]


def waiting(workspace: Workspace) -> int:
    """How many contacts the model in use has still to read; 0 where no model is in use."""
    job, model = workspace.job, workspace.shelf.current()
    if model is None:
        return 0
    with workspace.database.session() as session:
        return count_untagged(session, job_id=job.id, job_version=job.stamp, model_id=model)


def tag(
    workspace: Workspace, *, tick: Ticker = silent, partition: int = PARTITION, llm_batch: bool = False
) -> TaggedCounts:
    """Tag every contact of the job that the model in use has not read; a batch a unit of work.

    Where HEADWAY_CLUSTER names processes, and more than a `partition` of contacts waits, these read first. With
    `llm_batch` what would be asked of an LLM goes into a batch, and such contacts stay untagged until that is back; a
    later run collects it, with or without. Raises NoModelError without a model, JobVersionError if it belongs to
    another version of the job, ClusterError, NoLlmError.
    """
    job, settings = workspace.job, workspace.settings
    folder = workspace.shelf.path()
    model = load(folder, home=settings.home, cache=EmbeddingCache(settings.embeddings))
    check_version(model, job)
    examples = reviewed_examples(job, model, settings=settings) if settings.llm_configured else None
    reader = aided(model, job, settings=settings, folder=folder, examples=examples)
    keeper, witness = keeper_of(workspace, model), honest(reader, folder)
    desk = open_desk(workspace, reader, taking=llm_batch)
    done, cluster = Kept(0, 0), None
    if settings.cluster:
        batch = desk.names if desk else None
        spread = tag_on_cluster(keeper, model, cluster=settings.cluster, tick=tick, size=partition, batch=batch)
        done, cluster = spread.kept, spread.counts() if spread.used else None
    for keyed in _unread(keeper, desk):
        done += _read(keeper, reader, witness, keyed, desk)
        tick(len(keyed))
    if desk is not None:
        desk.close()
    catch_up(workspace)
    with workspace.database.session() as session:
        note_tagged(session, **asdict(keeper.stamp))
    return _counted(TaggedCounts(done.tagged, done.deferred, model.id), reader, cluster, desk)


def keeper_of(workspace: Workspace, model: Model) -> Keeper:
    """What keeps the model's tags, once the job and the model's labels are on record."""
    job = workspace.job
    workspace.record_job()
    with workspace.database.session() as session:
        save_label_space(session, model.id, model.space)
        save_learned(session, model.id, learned_of(model.card))
        floor = floor_of(session, job.id, model.id)
    return Keeper(workspace, Stamp(job.id, job.stamp, model.id), floor)


def _unread(keeper: Keeper, desk: BatchDesk | None) -> Iterator[list[tuple[int, Contact]]]:
    """The contacts that the model has not read, some at a time; those that wait for a batch are left alone."""
    with keeper.workspace.database.session() as session:
        after = tagged_upto(session, **asdict(keeper.stamp))
    while True:
        with keeper.workspace.database.session() as session:
            keys = untagged(session, **asdict(keeper.stamp), after=after, limit=BATCH)
            waits = waiting_among(session, desk.names, keys) if desk else set()
            keyed = read_contacts(session, [key for key in keys if key not in waits])
        if not keys:
            return
        after = keys[-1]
        if keyed:
            yield keyed


def _read(
    keeper: Keeper,
    reader: Model | AidedModel,
    witness: Reader,
    keyed: Sequence[tuple[int, Contact]],
    desk: BatchDesk | None,
) -> Kept:
    """Tag some contacts and keep it; what waits for a batch is put aside."""
    read = tag_contacts(keeper.workspace.job, witness, [contact for _, contact in keyed])
    if not isinstance(reader, AidedModel):
        return keeper.keep(keyed, read)
    rows = range(len(keyed)) if desk is None else desk.put_aside(keyed, reader)
    keyed = [keyed[row] for row in rows]
    read = Tagged(tuple(read.tags[row] for row in rows), read.probabilities[list(rows)])
    return keeper.keep(keyed, read, disagreed=[reader.disagreed(document_of(contact)) for _, contact in keyed])


def _counted(
    counts: TaggedCounts, reader: Model | AidedModel, cluster: Mapping[str, int] | None, desk: BatchDesk | None
) -> TaggedCounts:
    """The counts with what an LLM and a cluster did, where there were any."""
    known = asdict(counts)
    if not isinstance(reader, AidedModel):
        return counts if cluster is None else SpreadCounts(**known, cluster=cluster)
    llm = {**reader.stage.counts(), **({} if desk is None else {"batches": desk.counts()})}
    return AidedCounts(**known, llm=llm) if cluster is None else AidedSpreadCounts(**known, llm=llm, cluster=cluster)
