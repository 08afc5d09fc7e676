"""Many contacts as one Parquet file and back, for readers in other processes: what was said, and what was read.

A file of words holds the row number of each contact and its redacted turns, nothing else: no id, no customer, no
survey. A file of tags holds no word at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from classifiers.scores import LabelSpace
from tagger.model import Contact, EvidenceSpan, Secondary, Tag, Turn
from tagger.tag import Tagged, as_shares
from taxonomy.errors import HeadwayError
from taxonomy.model import Job

WORDS = pa.schema([("row", pa.int64()), ("turns", pa.string())])
READ = pa.schema([
    ("row", pa.int64()),
    ("step", pa.string()),
    ("outcome", pa.string()),
    ("confidence", pa.float64()),
    ("deferred", pa.bool_()),
    ("suspicious", pa.bool_()),
    ("novelty", pa.float64()),
    ("evidence", pa.string()),
    ("secondary", pa.string()),
    ("probabilities", pa.binary()),
])  # fmt: skip


class DamagedPartitionError(HeadwayError):
    """A file of a partition was not written to its end, or is not one."""


def words_file(rows: Iterable[tuple[int, str]]) -> bytes:
    """A file of contacts by row: their turns as JSON, `[[speaker, redacted text, at], ...]`."""
    known = list(rows)
    return _written(pa.table({"row": [key for key, _ in known], "turns": [said for _, said in known]}, schema=WORDS))


def read_words(content: bytes) -> tuple[list[int], list[Contact]]:
    """The rows of a file of words, and their contacts as far as a tagger looks at them; the id is the row.

    Raises DamagedPartitionError.
    """
    table = _read(content, WORDS)
    keys: list[int] = table["row"].to_pylist()
    said = [json.loads(turns) for turns in table["turns"].to_pylist()]
    contacts = [
        Contact(str(key), tuple(Turn(speaker, text) for speaker, text, _ in turns))
        for key, turns in zip(keys, said, strict=True)
    ]
    return keys, contacts


def tags_file(keys: Sequence[int], parts: Sequence[Tagged]) -> bytes:
    """A file of tags by row with the label probabilities behind them, to the last digit."""
    chances = [row.astype("<f8").tobytes() for part in parts for row in part.probabilities]
    tags = [tag for part in parts for tag in part.tags]
    columns = {
        "row": list(keys),
        **{name: [getattr(tag, name) for tag in tags] for name in READ.names[1:7]},
        "evidence": [json.dumps([[span.turn, span.start, span.end] for span in tag.evidence]) for tag in tags],
        "secondary": [json.dumps([[one.step, one.outcome, one.confidence] for one in tag.secondary]) for tag in tags],
        "probabilities": chances,
    }
    return _written(pa.table(columns, schema=READ))


def read_tags(content: bytes, job: Job, *, model: str, space: LabelSpace) -> tuple[list[int], Tagged]:
    """The rows of a file of tags, and the tags as a tagger in this process would have given them.

    Raises DamagedPartitionError.
    """
    table = _read(content, READ)
    records = table.to_pylist()
    blobs = [record["probabilities"] for record in records]
    chances = np.frombuffer(b"".join(blobs), dtype="<f8").reshape(len(records), len(space.labels)).astype(float)
    groups = space.to_groups(chances)
    tags = tuple(
        Tag(
            contact_id=str(record["row"]),
            **{name: record[name] for name in READ.names[1:7]},
            source="classifier",
            steps=as_shares(space.groups, groups[number]),
            outcomes=as_shares(space.labels, chances[number]),
            evidence=tuple(EvidenceSpan(*span) for span in json.loads(record["evidence"])),
            secondary=tuple(Secondary(*one) for one in json.loads(record["secondary"])),
            model=model,
            job=job.id,
            job_version=job.stamp,
        )
        for number, record in enumerate(records)
    )
    return table["row"].to_pylist(), Tagged(tags, chances)


def _written(table: pa.Table) -> bytes:
    file = BytesIO()
    pq.write_table(table, file, compression="zstd")
    return file.getvalue()


def _read(content: bytes, schema: Any) -> pa.Table:
    try:
        return pq.read_table(BytesIO(content), schema=schema)
    except (pa.ArrowInvalid, OSError) as error:
        raise DamagedPartitionError(f"a partition of {len(content):,} bytes cannot be read: {error}") from error
