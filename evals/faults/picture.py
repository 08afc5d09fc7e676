"""What a database holds, by natural keys: rows that are missing, there twice, or not as in an undisturbed run.

Row numbers and the times of the work itself are left out: they differ between any two runs. Where rows are only ever
added, the newest of a key is what counts.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import create_engine, text

NEAR = 1e-9
"""Sums and figures that differ by less are equal."""

SHOWN = 120
NEAR_REPLICATES = 1e-5
"""Bootstrap replicates are kept with seven digits; relative."""

TIMES = frozenset(
    {
        "ingested_at",
        "tagged_at",
        "recorded_at",
        "created_at",
        "drawn_at",
        "loaded_at",
        "seen_at",
        "as_of",
        "pulled_at",
        "path",
        "digest",
        "fingerprint",
        "survey_recorded_at",
        "read_at",
        "raised_at",
    }
)
"""Columns that say when or from where, and hashes over such."""


@dataclass(frozen=True)
class Held:
    """A table and its natural key; `contact` stands for the contact's own. `newest`: only the last row of a key is."""

    table: str
    key: tuple[str, ...]
    newest: bool = False


HELD = (
    Held("contacts", ("source", "contact_id")),
    Held("transcripts", ("contact",)),
    Held("outcome_answers", ("job_id", "respondent", "outcome", "answered_at")),
    Held("product_events", ("job_id", "event_id")),
    Held("quarantine", ("input_kind", "source", "line", "reason", "raw")),
    Held("jobs", ("job_id", "stamp")),
    Held("label_spaces", ("model_id",)),
    Held("tags", ("contact", "job_id", "job_version", "model_id")),
    Held("contact_drivers", ("contact", "job_id")),
    Held("review_draws", ("policy",)),
    Held("review_probabilities", ("contact", "job_id")),
    Held("review_items", ("contact", "job_id", "reason")),
    Held("review_decisions", ("item", "by", "at")),
    Held("moments", ("job_id", "job_version", "model_id", "slice_key"), newest=True),
    Held("replicates", ("job_id", "job_version", "model_id", "week"), newest=True),
    Held("response_models", ("job_id", "job_version", "model_id", "period"), newest=True),
    Held("models_in_force", ("job_id", "job_version", "model_id")),
    Held("formulas", ("job_id", "version")),
    Held("published", ("job_id", "formula", "content")),
    Held("alerts", ("alert",)),
)


@dataclass(frozen=True)
class Compared:
    """Rows of one table in the undisturbed run, and of these lost, doubled (too many of a key), different."""

    table: str
    rows: int
    lost: int
    doubled: int
    different: int

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return not (self.lost or self.doubled or self.different)

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Picture = Mapping[str, Rows]
"""By table, by natural key: the rows."""


def picture_of(address: str) -> Picture:
    """Everything that counts in a database."""
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            names = {
                row.pk: f"{row.source}/{row.contact_id}"
                for row in connection.execute(text("SELECT pk, source, contact_id FROM contacts"))
            }
            items: dict[str, str] = {}
            return {held.table: _rows(held, connection, names, items) for held in HELD}
    finally:
        engine.dispose()


def compare(undisturbed: Picture, found: Picture) -> list[Compared]:
    """Table by table."""
    return [_compared(held.table, undisturbed[held.table], found[held.table]) for held in HELD]


@dataclass(frozen=True)
class Figures:
    """The largest difference of any number, and places where anything else differs, with what stands there."""

    differ_by: float = 0.0
    odd: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return self.differ_by <= NEAR and not self.odd


def compare_figures(undisturbed: Any, found: Any) -> Figures:
    """Two documents of figures, without the moments that they were made at."""
    worst, odd = 0.0, []
    for where, one, other in _pairs(timeless(undisturbed), timeless(found)):
        if isinstance(one, int | float) and isinstance(other, int | float):
            worst = max(worst, abs(float(one) - float(other)))
        elif one != other:
            odd.append(f"{where}: {str(one)[:SHOWN]} | {str(other)[:SHOWN]}")
    return Figures(worst, tuple(odd))


def timeless(data: Any) -> Any:
    """A document without the moment that it was made at."""
    if isinstance(data, Mapping):
        return {key: timeless(value) for key, value in data.items() if key not in TIMES and key != "published_at"}
    return [timeless(value) for value in data] if isinstance(data, list) else data


def _rows(held: Held, connection: Any, names: Mapping[int, str], items: dict[str, str]) -> Rows:
    """The rows of a table by key. `items` gets the natural names of review items: their own are hashes of numbers."""
    order = " ORDER BY pk" if held.newest else ""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in connection.execute(text(f'SELECT * FROM "{held.table}"{order}')).mappings():  # noqa: S608 - our own names
        plain = dict(row)
        if held.table == "review_items":
            items[plain.pop("item")] = f"{names.get(plain['contact_pk'])}/{plain['reason']}"
            plain.pop("place")
            # who gets a second read is drawn by the item's id, which is made of a row number
            plain["waits_for"] = "done" if plain["waits_for"] == "second" else plain["waits_for"]
        elif "item" in plain:
            plain["item"] = items.get(plain["item"], "no item")
        if "contact_pk" in plain:
            plain["contact"] = names.get(plain.pop("contact_pk"), "no contact")
        if "content" in plain:
            plain["content"] = _undated(plain["content"])
        key = json.dumps([plain.get(name) for name in held.key], default=str)
        kept = {name: value for name, value in plain.items() if name not in TIMES and name != "pk"}
        found[key] = [kept] if held.newest else [*found.get(key, []), kept]
    return found


def _undated(content: Any) -> Any:
    data = json.loads(content) if isinstance(content, str) and content.startswith("{") else content
    return json.dumps(_rounded(timeless(data)), sort_keys=True, default=str) if isinstance(data, dict) else data


def _rounded(data: Any) -> Any:
    """Documents are compared as text: their figures to seven digits, since the last hang on the order of rows."""
    if isinstance(data, dict):
        return {key: _rounded(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_rounded(value) for value in data]
    return float(f"{round(data, 9) + 0.0:.7g}") if isinstance(data, float) else data


def _compared(table: str, undisturbed: Rows, found: Rows) -> Compared:
    lost = sum(max(0, len(rows) - len(found.get(key, ()))) for key, rows in undisturbed.items())
    doubled = sum(max(0, len(rows) - len(undisturbed.get(key, ()))) for key, rows in found.items())
    pairs = ((rows, found[key]) for key, rows in undisturbed.items() if len(found.get(key, ())) == len(rows))
    different = sum(not _alike(one, other) for rows, others in pairs for one, other in _matched(rows, others))
    return Compared(table, sum(map(len, undisturbed.values())), lost, doubled, different)


def _matched(rows: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Any, Any]]:
    return zip(sorted(rows, key=str), sorted(others, key=str), strict=True)


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one.keys() == other.keys() and all(_near(value, other[name]) for name, value in one.items())


def _near(one: Any, other: Any) -> bool:
    if isinstance(one, bytes) and isinstance(other, bytes):
        return one == other or _near_sums(one, other)
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= NEAR or one == other
    return bool(one == other)


def _near_sums(one: bytes, other: bytes) -> bool:
    try:
        left, right = (np.frombuffer(zlib.decompress(data), "<f8") for data in (one, other))
        return left.size == right.size and bool(np.allclose(left, right, rtol=0, atol=NEAR, equal_nan=True))
    except zlib.error:  # replicates and scores are plain float32
        left, right = np.frombuffer(one, "<f4"), np.frombuffer(other, "<f4")
    near = partial(np.allclose, rtol=NEAR_REPLICATES, atol=NEAR_REPLICATES, equal_nan=True)
    return left.size == right.size and bool(near(left, right))


def _pairs(one: Any, other: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every value of two documents side by side, with where it stands."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key, value in one.items():
            yield from _pairs(value, other[key], f"{where}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _pairs(left, right, f"{where}/{number}")
    else:
        yield where, one, other
