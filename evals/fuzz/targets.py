"""The readers that are tried, each as the product calls it, with its cases."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from evals.fuzz import bombs, seeds
from evals.fuzz.case import Case, Counts, Target
from evals.fuzz.hostile import hostile_bytes, hostile_record
from evals.fuzz.tables import mutated_parquet, parquet_cases
from tagger.formats.reading import Rejected, read_contacts
from taxonomy.loader import load_job

NOW = datetime(2026, 6, 1, tzinfo=UTC)
GOOD_BESIDE = 3
"""Honest records before and after each mutated line of a file of lines."""


def contacts(path: Path) -> Counts:
    """Contacts of a file."""
    refused = 0
    accepted = 0
    for item in read_contacts(path, now=NOW):
        refused += isinstance(item, Rejected)
        accepted += not isinstance(item, Rejected)
    return Counts(accepted, refused)


def job(path: Path) -> Counts:
    """A job file."""
    load_job(path)
    return Counts(1, 0)


def mutated_lines(name: str, record: Mapping[str, Any], number: int) -> Case:
    """Honest lines around one mutated record; in every other case its bytes are damaged too, within the line."""
    rng = random.Random(f"{name}:{number}")  # noqa: S311 - draws a test case
    data = escaped(hostile_record(dict(record), rng))
    if number % 2:
        data = hostile_bytes(data, rng).replace(b"\n", b" ")
    honest = [as_line(dict(record), f"good-{at}") for at in range(2 * GOOD_BESIDE)]
    parts = [*honest[:GOOD_BESIDE], data, *honest[GOOD_BESIDE:]]
    return Case(f"mutation {number}", bombs.written(name, b"\n".join(parts) + b"\n"), good=2 * GOOD_BESIDE)


def mutated_document(name: str, record: Mapping[str, Any], number: int) -> Case:
    """One mutated JSON document a file, its bytes damaged in every other case."""
    rng = random.Random(f"{name}:{number}")  # noqa: S311 - draws a test case
    data = escaped(hostile_record(dict(record), rng))
    return Case(f"mutation {number}", bombs.written(name, hostile_bytes(data, rng) if number % 2 else data))


def mutated_text(name: str, text: str, number: int) -> Case:
    """A damaged text file."""
    rng = random.Random(f"{name}:{number}")  # noqa: S311 - draws a test case
    return Case(f"mutation {number}", bombs.written(name, hostile_bytes(text.encode(), rng, changes=6)))


def as_line(record: dict[str, Any], name: str) -> bytes:
    """An honest record under another name, whatever its format calls that."""
    for key in ("id", "uuid", "JobName", "event_id", "respondent_id"):
        if key in record:
            record[key] = name
            break
    return json.dumps(record).encode()


def escaped(record: Any) -> bytes:
    """A record as JSON of plain ASCII, so that lone surrogates survive; too deep or too long numbers are cut out."""
    try:
        return json.dumps(record).encode()
    except (RecursionError, ValueError):
        return b'{"id":"x","text":"t","x":' + b"[" * 3000 + b"]" * 3000 + b"}"


def _csv_text() -> str:
    turns = json.dumps(seeds.CONTACT["turns"]).replace('"', '""')
    row = f'c-1,k-1,"hello, ""you""",2026-02-01,1,5,yes,gold\nc-2,,"two\nlines",,,,,\nc-3,k,"{turns}",,0,1,no,silver\n'
    return "id,customer_id,text,started_at,transfers,survey.effort,survey.resolved,segment.tier\n" + row


def _yaml_cases() -> Iterator[Case]:
    laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    yield Case("billion laughs", bombs.written("a.yaml", laughs), refuse=True)
    for number, text in enumerate(
        ("!!python/object/apply:os.system ['id']", "!!python/name:os.system", "!!binary aGk=", "x: !<tag:y> 1")
    ):
        yield Case(f"tag {number}", bombs.written("b.yaml", text), refuse=True)
    yield Case("deep flow lists", bombs.written("c.yaml", "[" * 900_000), refuse=True)
    yield Case("deep blocks", bombs.written("d.yaml", "".join(" " * at + "a:\n" for at in range(1500))), refuse=True)
    yield Case("100,000 keys", bombs.written("e.yaml", "".join(f"k{at}: 1\n" for at in range(100_000))), refuse=True)
    yield Case("merge of itself", bombs.written("f.yaml", "a: &a\n  <<: *a\n"), refuse=True)
    yield Case("3 MB", bombs.written("g.yaml", "#" * 3_000_000), refuse=True)
    yield Case("NULs", bombs.written("h.yaml", b"id: a\0b\nversion: 1\n"), refuse=True)
    yield Case("utf-16", bombs.written("i.yaml", seeds.JOB.encode("utf-16")), refuse=True)
    for odd in ("../../x", "/etc/passwd", ".hidden", "a/b", "-rf", "con:1", "a\u202eb", "\u2024\u2024/"):
        yield Case(f"id {odd!r}", bombs.written("j.yaml", seeds.JOB.replace("fuzz-job", json.dumps(odd))), refuse=True)
    yield Case("honest", bombs.written("k.yaml", seeds.JOB), good=1)


def _none() -> Iterator[Case]:
    return iter(())


def _json_cases(line_of: int) -> Iterator[Case]:
    yield from bombs.json_lines_cases(line_of=line_of)
    yield from bombs.gzip_cases(size=line_of)


def reading_targets(*, line_of: int = 1024 * bombs.MB) -> dict[str, Target]:
    """Every reader below flows, by name. `line_of`: bytes of a line, or of packed zeros, that are far too many."""
    documents = {
        "vcon": ("a.vcon", seeds.VCON),
        "contact-lens": ("a.json", seeds.CONTACT_LENS),
        "transcribe": ("b.json", seeds.TRANSCRIBE),
        "zendesk": ("c.jsonl", seeds.ZENDESK),
    }
    found = [
        Target("jsonl", contacts, partial(_json_cases, line_of), partial(mutated_lines, "m.jsonl", seeds.CONTACT)),
        Target("json", contacts, bombs.document_cases, partial(mutated_document, "m.json", seeds.CONTACT)),
        Target("csv", contacts, bombs.csv_cases, partial(mutated_text, "m.csv", _csv_text())),
        Target("parquet", contacts, parquet_cases, mutated_parquet),
        Target("webvtt", contacts, bombs.webvtt_cases, partial(mutated_text, "m.vtt", seeds.WEBVTT)),
        *(_document_target(name, file, record) for name, (file, record) in documents.items()),
        Target("job", job, _yaml_cases, partial(mutated_text, "m.yaml", seeds.JOB)),
    ]
    return {target.name: target for target in found}


def _document_target(name: str, file: str, record: Mapping[str, Any]) -> Target:
    mutate: Callable[[int], Case] = partial(mutated_document, file, record)
    return Target(name, contacts, _none, mutate)
