"""Labelled contacts to learn from and to be measured on, and their job: what the bench of the tagger runs on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from evals.datasets import contact_line, contacts, present, rows_of
from evals.worlds import WorldSpec, generate
from taxonomy.loader import find_job
from taxonomy.model import Job

Line = dict[str, Any]
FEW = 8
HELD_OUT_FIFTH = 5
FEWEST_CHATS = 25
SMALL_TALK = frozenset(
    (
        *("greeting", "openinggreeting", "closinggreeting", "thankyou"),
        *("confirmation", "rejection", "contentonly", "outofdomain"),
    )
)


@dataclass(frozen=True)
class Split:
    """Contacts as JSON lines. `budget` says how many labels: "all", "8 a label" or "none"."""

    name: str
    job: Job
    train: Sequence[Line]
    test: Sequence[Line]
    budget: str = "all"


def splits(data: Path | None, folder: Path) -> list[Callable[[], Split]]:
    """The generated sample, and what public data are at hand; jobs made for them are written to `folder`."""
    found: list[Callable[[], Split]] = [_sample]
    if data is not None and present(data):
        banking = _banking77(data)
        found += [lambda: banking, lambda: few(banking), lambda: replace(banking, train=(), budget="none")]
        found += [lambda: _clinc150(data, folder), lambda: _multidogo(data, folder)]
    return found


def few(split: Split, count: int = FEW) -> Split:
    """The same with only the first `count` contacts of each label to learn from."""
    taken: dict[str, list[Line]] = {}
    for line in split.train:
        taken.setdefault(f"{line['labels']['step']}/{line['labels']['outcome']}", []).append(line)
    return replace(split, train=[line for own in taken.values() for line in own[:count]], budget=f"{count} a label")


def _sample() -> Split:
    world = generate(WorldSpec(job="online-order", contacts=100))
    return Split("generated sample", find_job("online-order"), [*world.labelled()], [*world.heldout()])


def _banking77(data: Path) -> Split:
    job = find_job("retail-banking")
    lines = [contact_line(contact) for contact in contacts("banking77", data, job=job)]
    order = np.random.default_rng(0).permutation(len(lines))
    cut = len(lines) // HELD_OUT_FIFTH
    return Split("Banking77, held-out fifth", job, [lines[i] for i in order[cut:]], [lines[i] for i in order[:cut]])


def _clinc150(data: Path, folder: Path) -> Split:
    """150 intents as outcomes, ten domains as steps."""
    parts = [[row for row in rows_of(data, f"clinc150_{part}") if row["domain"] != "oos"] for part in ("train", "val")]
    place = {row["label"]: row["domain"] for row in parts[0]}
    job = _job("clinc150", place, folder)
    train, test = ([_said(row, row["text"], row["label"], place) for row in part] for part in parts)
    return Split("CLINC150, 150 outcomes", job, train, test)


def _multidogo(data: Path, folder: Path) -> Split:
    """Whole chats: the first intent of a chat that says what the customer came for; domains as steps."""
    parts = [[row for row in rows_of(data, f"multidogo_{part}") if _task(row)] for part in ("train", "dev")]
    seen = Counter(_task(row) for row in parts[0])
    place = {_task(row): row["labels"]["domain"] for row in parts[0] if seen[_task(row)] >= FEWEST_CHATS}
    job = _job("multidogo", place, folder)
    train, test = (
        [_said(row, [turn["text"] for turn in row["turns"]], _task(row), place) for row in part if _task(row) in place]
        for part in parts
    )
    return Split("MultiDoGO, first task of a chat", job, train, test)


def _task(row: Mapping[str, Any]) -> str:
    """The domain and first intent that is no dialogue act, or "" where there is none."""
    for turn in row["turns"]:
        for intent in turn.get("intents") or [turn.get("intent") or ""]:
            if intent and intent not in SMALL_TALK:
                return f"{row['labels']['domain']}-{intent}"
    return ""


def _said(row: Mapping[str, Any], text: str | list[str], label: str, place: Mapping[str, str]) -> Line:
    turns = [text] if isinstance(text, str) else text
    return {
        "id": row["id"],
        "turns": [{"speaker": "customer", "text": turn} for turn in turns],
        "labels": {"step": _id(place[label]), "outcome": _id(label)},
    }


def _job(name: str, place: Mapping[str, str], folder: Path) -> Job:
    """A job file whose outcomes are the data set's labels; it is not one that anybody should copy."""
    steps = {
        step: [
            {"id": _id(label), "statement": f"minimize the time it takes to get help with {_words(label)}"}
            for label in sorted(place)
            if place[label] == step
        ]
        for step in sorted(set(place.values()))
    }
    content = {
        "id": name,
        "version": 1,
        "statement": f"Get done what {name} is about",
        "steps": [
            {"id": _id(step), "stage": "execute", "name": _words(step), "outcomes": outcomes}
            for step, outcomes in steps.items()
        ],
    }
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    return find_job(str(path))


def _id(label: str) -> str:
    return label.lower().replace("_", "-").replace(" ", "-")


def _words(label: str) -> str:
    return label.replace("_", " ").replace("-", " ")
