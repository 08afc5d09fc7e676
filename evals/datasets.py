"""Public data sets as contacts, for development and tests only: they are read in place and never shipped."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tagger.labels import LabelReader
from tagger.model import Contact, Labels, Turn
from taxonomy.errors import BadInputError
from taxonomy.model import Job

Row = dict[str, Any]
NEAR_BANKING = ("banking", "credit_cards")


class DataSetError(BadInputError):
    """A data set is not in the folder given, or has no reader."""


def present(data_dir: Path) -> bool:
    """Whether the public data are at hand; what needs them is skipped where they are not."""
    return (data_dir / "banking77_train.jsonl.gz").is_file()


def banking77(data_dir: Path) -> tuple[list[list[str]], list[str], list[str]]:
    """Banking77's documents, outcome labels and step labels, by the ids of its job map."""
    intents = _map(data_dir, "banking77_job_map.yaml")["intent_map"]
    rows = list(rows_of(data_dir, "banking77_train"))
    places = [intents[row["label"]] for row in rows]
    return [[row["text"]] for row in rows], [one["outcome"] for one in places], [one["step"] for one in places]


def contacts(name: str, data_dir: Path, *, job: Job | None = None) -> Iterator[Contact]:
    """The contacts of one data set; labels in the ids of `job`, found through its aliases, where a map exists.

    banking77 (retail-banking), abcd (online-order), clinc-far (labelled as fitting no step), multidogo and
    multidogo-finance (no labels of a job). Raises DataSetError for another name or a missing file.
    """
    if name not in READERS:
        raise DataSetError(f"no data set is called {name!r}: {', '.join(READERS)}.")
    return READERS[name](data_dir, job)


def contact_line(contact: Contact) -> Row:
    """The contact in the form of CONTRACTS, what is unknown left out."""
    line: Row = {"id": contact.id}
    if contact.channel:
        line["channel"] = contact.channel
    line["turns"] = [{"speaker": turn.speaker, "text": turn.text} for turn in contact.turns]
    if contact.labels is not None:
        line["labels"] = {"step": contact.labels.step, "outcome": contact.labels.outcome}
    return line


def abcd_utterances(data_dir: Path, job: Job) -> Iterator[tuple[Row, dict[str, str | None]]]:
    """ABCD's single utterances, each with the labels of its whole dialogue in the ids of `job`.

    Raises DataSetError if the files are not there.
    """
    places = _map(data_dir, "abcd_job_map.yaml")["subflow_map"]
    for row in rows_of(data_dir, "abcd_utterances"):
        if place := places.get(row["labels"]["subflow"]):
            labels = _labels(place, job)
            yield row, {"step": labels.step, "outcome": labels.outcome}


def _labels(place: Mapping[str, str], job: Job | None) -> Labels:
    original = Labels(place["step"], place["outcome"])
    return LabelReader(job).resolve(original) if job else original


def _said(text: str) -> tuple[Turn, ...]:
    return (Turn("customer", text),)


def _turns(row: Row) -> tuple[Turn, ...]:
    return tuple(Turn(turn["speaker"], turn["text"]) for turn in row["turns"])


def rows_of(data_dir: Path, name: str) -> Iterator[Row]:
    """The rows of one file as they are. Raises DataSetError if it is not there."""
    path = data_dir / f"{name}.jsonl.gz"
    if not path.is_file():
        raise DataSetError(f"{path} is not there; this data set is not shipped, name the folder that holds it.")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _map(data_dir: Path, name: str) -> Any:
    path = data_dir / name
    if not path.is_file():
        raise DataSetError(f"{path} is not there; this data set is not shipped, name the folder that holds it.")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _banking77(data_dir: Path, job: Job | None) -> Iterator[Contact]:
    places = _map(data_dir, "banking77_job_map.yaml")["intent_map"]
    for row in rows_of(data_dir, "banking77_train"):
        yield Contact(row["id"], _said(row["text"]), labels=_labels(places[row["label"]], job))


def _abcd(data_dir: Path, job: Job | None) -> Iterator[Contact]:
    places = _map(data_dir, "abcd_job_map.yaml")["subflow_map"]
    for row in rows_of(data_dir, "abcd_dev30"):
        place = places.get(row["labels"]["subflow"])
        yield Contact(row["id"], _turns(row), channel="chat", labels=_labels(place, job) if place else None)


def _clinc_far(data_dir: Path, _job: Job | None) -> Iterator[Contact]:
    for row in rows_of(data_dir, "clinc150_val"):
        if row["domain"] not in NEAR_BANKING:
            yield Contact(row["id"], _said(row["text"]), labels=Labels(None))


def _multidogo(data_dir: Path, _job: Job | None) -> Iterator[Contact]:
    for row in rows_of(data_dir, "multidogo_train"):
        yield Contact(row["id"], _turns(row), channel="chat")


def _multidogo_finance(data_dir: Path, job: Job | None) -> Iterator[Contact]:
    return (contact for contact in _multidogo(data_dir, job) if contact.id.startswith("multidogo-finance"))


READERS: Mapping[str, Callable[[Path, Job | None], Iterator[Contact]]] = {
    "banking77": _banking77,
    "abcd": _abcd,
    "clinc-far": _clinc_far,
    "multidogo": _multidogo,
    "multidogo-finance": _multidogo_finance,
}
