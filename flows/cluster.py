"""Many contacts read by several processes or machines: a few large partitions, on Dask.

The driver alone touches the database. It hands out words as files, workers hand back tags as files, and each lands as
it comes, by natural keys: a partition that is read twice, because a worker was killed or only slow, changes nothing;
and a driver that was killed goes on with what is not tagged yet.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from uuid import uuid4

from classifiers.model import Model
from flows.cluster_engine import engine, results
from flows.cluster_reader import Errand, Read
from flows.keeping import Keeper, Kept
from flows.progress import Ticker, silent
from store.depot import Depot, new_name
from store.llm_batches import BatchNames, count_waiting, waiting_among
from store.tags import count_untagged, tagged_upto, untagged_words
from tagger.partitions import DamagedPartitionError, read_tags, words_file
from taxonomy.errors import HeadwayError

PARTITION = 4000
"""Contacts of a full partition: about 10 s of a worker's time, and 1 MB of short contacts."""

WAYS = 8
"""Partitions that are filled side by side, by a hash of the row: a run of long contacts is shared out over them."""

AT_ONCE = 2000


class PartitionsFailedError(HeadwayError):
    """Some partitions could not be read by any worker; the others are kept."""


@dataclass
class Spread:
    """What a cluster did: tags kept, partitions that landed, worker processes that read them.

    `given_back` are partitions that were deleted before a worker read them, since somebody was erased meanwhile.
    """

    kept: Kept = field(default_factory=lambda: Kept(0, 0))
    partitions: int = 0
    given_back: int = 0
    processes: set[str] = field(default_factory=set)

    def add(self, kept: Kept) -> None:
        """Count a partition that landed."""
        self.kept += kept
        self.partitions += 1

    @property
    def used(self) -> bool:
        """Whether a cluster was asked at all, by this driver or by one that was killed."""
        return self.partitions + self.given_back > 0

    def counts(self) -> dict[str, int]:
        """The numbers for a report."""
        return {"partitions": self.partitions, "processes": len(self.processes), "given_back": self.given_back}


def tag_on_cluster(
    keeper: Keeper,
    model: Model,
    *,
    cluster: str,
    tick: Ticker = silent,
    size: int = PARTITION,
    batch: BatchNames | None = None,
) -> Spread:
    """Let a cluster read what the model has not read, if that is more than a partition.

    What a driver left that was killed is kept first, whatever is waiting. Where an LLM is configured, what needs none;
    contacts that wait for a `batch` of its answers are left alone. What is left afterwards (given back, arrived
    meanwhile, for the LLM) is for the caller. Raises ClusterError where there is no cluster or no worker,
    PartitionsFailedError at the end if some could not be read.
    """
    workspace, spread = keeper.workspace, Spread()
    land_leftovers(keeper, model, spread)
    if _count_waiting(keeper, batch) <= size:
        return spread
    landing = _Landing(keeper, model, spread)
    run = _place(keeper, model).inside(uuid4().hex)
    encoder = model.embedding.encoder.id
    errand = Errand(run, workspace.job, model.id, encoder, asks_llm=workspace.settings.llm_configured)
    failed: list[str] = []
    try:
        _send_model(keeper, model.id, encoder, run.inside("model"))
        with engine(cluster) as client:
            for name, read in results(client, errand, _partitions(_waiting(keeper, batch), run.inside("words"), size)):
                if isinstance(read, FileNotFoundError):
                    spread.given_back += 1
                elif isinstance(read, BaseException):
                    failed.append(f"{name}: {type(read).__name__}")
                else:
                    landing.land(run, read)
                    run.inside("words").remove(name)
                    tick(read.contacts)
    finally:
        run.clear()
    if failed:
        raise PartitionsFailedError(
            f"{len(failed)} of {len(failed) + spread.partitions} partitions could not be read ({failed[0]}). What was "
            "read is kept; look at the workers' logs and memory, and run the same command again"
        )
    return spread


@dataclass(frozen=True)
class _Landing:
    """Takes files of tags into the database."""

    keeper: Keeper
    model: Model
    spread: Spread

    def land(self, run: Depot, read: Read) -> None:
        """Keep a partition that a worker of this Headway read. Raises PartitionsFailedError for another's."""
        here = version("headway")
        if read.version != here:
            raise PartitionsFailedError(f"a worker runs Headway {read.version}, this is {here}: install the same")
        self.spread.processes.add(read.process)
        self.keep(run.inside("tags"), read.name)

    def keep(self, tags: Depot, name: str) -> None:
        """Keep a file of tags and delete it. Raises DamagedPartitionError, FileNotFoundError."""
        job, settings = self.keeper.workspace.job, self.keeper.workspace.settings
        keys, read = read_tags(tags.read(name), job, model=self.model.id, space=self.model.space)
        self.spread.add(self.keeper.keep_rows(keys, read, sure_only=settings.llm_configured))
        tags.remove(name)


def land_leftovers(keeper: Keeper, model: Model, spread: Spread) -> None:
    """Keep what workers had finished when an earlier driver of this model was killed; delete what it left."""
    landing, place = _Landing(keeper, model, spread), _place(keeper, model)
    for name in place.names():
        tags = place.inside(name, "tags")
        for file in tags.names():
            # One that was being written when it was killed is read again.
            with suppress(DamagedPartitionError, FileNotFoundError):
                landing.keep(tags, file)
        place.inside(name).clear()


def _place(keeper: Keeper, model: Model) -> Depot:
    return Depot.of(keeper.workspace.settings).inside(keeper.workspace.job.id, model.id)


def _partitions(rows: Iterable[tuple[int, str]], words: Depot, size: int) -> Iterator[str]:
    """Write what is to be read as files of at most `size` contacts, one at a time as it is asked for; their names."""
    filling: dict[int, list[tuple[int, str]]] = {way: [] for way in range(WAYS)}
    for row in rows:
        own = filling[zlib.crc32(str(row[0]).encode()) % WAYS]
        own.append(row)
        if len(own) >= size:
            yield words.write(new_name(own[0][0]), words_file(own))
            own.clear()
    for own in filling.values():
        if own:
            yield words.write(new_name(own[0][0]), words_file(own))


def _count_waiting(keeper: Keeper, batch: BatchNames | None) -> int:
    with keeper.workspace.database.session() as session:
        asked = 0 if batch is None else count_waiting(session, batch)
        return count_untagged(session, **asdict(keeper.stamp)) - asked


def _waiting(keeper: Keeper, batch: BatchNames | None) -> Iterator[tuple[int, str]]:
    """Rows of contacts that wait for the model, with their words, a few at a time; not those that wait for a batch."""
    with keeper.workspace.database.session() as session:
        after = tagged_upto(session, **asdict(keeper.stamp))
    while True:
        with keeper.workspace.database.session() as session:
            rows = untagged_words(session, **asdict(keeper.stamp), after=after, limit=AT_ONCE)
            asked = set() if batch is None else waiting_among(session, batch, [key for key, _ in rows])
        if not rows:
            return
        yield from (row for row in rows if row[0] not in asked)
        after = rows[-1][0]


def _send_model(keeper: Keeper, model: str, encoder: str, to: Depot) -> None:
    """Put the model where workers find it, and its encoder, if that lies in the home folder."""
    to.inside(model).send(keeper.workspace.shelf.path(model))
    folder = keeper.workspace.settings.home.absolute() / "encoders" / encoder
    if folder.is_dir():
        to.inside("encoders", encoder).send(folder)
