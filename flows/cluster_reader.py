"""A worker's side of a back-fill: one partition of words in, one of tags out. It knows no database.

The model and its encoder are fetched once for each worker process and stay loaded.
"""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp

from classifiers.artifact import load
from classifiers.encoder_export import encoder_named
from flows.honest import honest
from store.depot import Depot, new_name
from tagger.partitions import read_words, tags_file
from tagger.tag import Reader, tag_contacts
from taxonomy.model import Job

BATCH = 2000
"""Contacts that are read at one time: as where one process reads them all."""


@dataclass(frozen=True)
class Errand:
    """What a worker is told: where the partitions of a run lie, which job they are read for, by which model.

    `encoder` is the id of the model's encoder. `asks_llm`: what the trained stages are not sure of is left to others.
    """

    run: Depot
    job: Job
    model: str
    encoder: str
    asks_llm: bool


@dataclass(frozen=True)
class Read:
    """A partition that was read: the file of its tags, how long that took (seconds), by which Headway and process."""

    name: str
    contacts: int
    seconds: float
    version: str
    process: str


def read_partition(errand: Errand, name: str) -> Read:
    """Read the contacts of one file of words and put their tags beside it under a name of its own.

    Raises FileNotFoundError where the file was deleted meanwhile: somebody was erased.
    """
    began = time.perf_counter()
    reader = _reader(errand.run, errand.model, errand.encoder, errand.asks_llm)
    keys, contacts = read_words(errand.run.inside("words").read(name))
    parts = [tag_contacts(errand.job, reader, contacts[at : at + BATCH]) for at in range(0, len(contacts), BATCH)]
    written = errand.run.inside("tags").write(new_name(name.removesuffix(".parquet")), tags_file(keys, parts))
    return Read(written, len(keys), time.perf_counter() - began, version("headway"), f"{platform.node()}:{os.getpid()}")


@lru_cache(maxsize=1)
def _reader(run: Depot, name: str, encoder: str, asks_llm: bool) -> Reader:
    """The model, and over it what is said of contacts that taught it, from the worker's scratch folder."""
    folder = Path(mkdtemp(prefix="model-", dir=_scratch()))
    run.inside("model").fetch(folder)
    # One thread: there are as many workers as cores.
    model = load(folder / name, encoder=encoder_named(encoder, home=folder, threads=1))
    return honest(model, folder / name, doubting=asks_llm)


def _scratch() -> str:
    """The folder that Dask deletes when the worker ends, also for one that was killed."""
    from distributed import get_worker

    return str(get_worker().local_directory)
