"""Dask as far as Headway uses it: open a cluster, keep its workers busy with a few partitions, give back results."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from typing import Any

from flows.cluster_reader import Errand, Read, read_partition
from taxonomy.errors import BadInputError, HeadwayError

LOCAL = "local:"
AHEAD = 2
"""Partitions for each worker thread that are handed out at one time: one is read, one waits."""

PATIENCE_SECONDS = 60


class ClusterError(HeadwayError):
    """The cluster cannot be reached, has no worker, or was lost."""


class ClusterNotInstalledError(BadInputError):
    """A cluster is named, and Dask is not installed."""


@contextmanager
def engine(cluster: str) -> Iterator[Any]:
    """A Dask client: of `local:N`, N processes of this machine for as long as the block lasts, else of an address.

    Processes of this machine speak TLS with keys of their own, so that no other user can hand them work.
    Raises ClusterNotInstalledError, ClusterError.
    """
    dask = _dask()
    if not cluster.startswith(LOCAL):
        with _client(dask, cluster) as client:
            yield client
        return
    workers, alone = int(cluster.removeprefix(LOCAL)), {"threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    with (
        dask.LocalCluster(n_workers=workers, security=True, silence_logs=logging.CRITICAL, **alone) as made,
        dask.Client(made, set_as_default=False) as client,
    ):
        yield client


def _dask() -> Any:
    try:
        return import_module("distributed")
    except ImportError as error:
        raise ClusterNotInstalledError(
            "HEADWAY_CLUSTER is set and Dask is not installed: pip install 'headway[cluster]', or unset it"
        ) from error


def _client(dask: Any, address: str) -> Any:
    try:
        return dask.Client(address, timeout=PATIENCE_SECONDS, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise ClusterError(f"{address} does not answer: {error}. Start a Dask scheduler there") from error


def results(client: Any, errand: Errand, partitions: Iterator[str]) -> Iterator[tuple[str, Read | BaseException]]:
    """What became of each partition, as they are done: what was read, or why it could not be.

    A partition whose worker dies is read by another one, three times at most. Raises ClusterError where no worker
    comes within a minute, or the scheduler is lost.
    """
    try:
        client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
        under_way: dict[Any, str] = {}
        done = _dask().as_completed([], loop=client.loop, raise_errors=False)
        while True:
            wanted = AHEAD * max(1, sum(client.nthreads().values())) - len(under_way)
            for name in islice(partitions, max(0, wanted)):
                future = client.submit(read_partition, errand, name, key=f"headway-{name}", pure=False)
                under_way[future] = name
                done.add(future)
            if not under_way:
                return
            future = next(done)
            yield under_way.pop(future), _outcome(future)
    except (OSError, TimeoutError) as error:
        raise ClusterError(f"the cluster was lost or has no worker: {error}. What landed is kept; run again") from error


def _outcome(future: Any) -> Read | BaseException:
    if future.status == "cancelled":
        raise ClusterError("the scheduler was lost. What landed is kept; run the same command again")
    failure: BaseException | None = future.exception()
    if failure is not None:
        return failure
    read: Read = future.result()
    return read
