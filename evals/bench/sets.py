"""The data sets of the bench, each as one split or as the folds of a cross-validation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from evals.bench.jobs import label_id, made_up_job
from evals.bench.split import ALL, BUDGETS, NONE, Line, Split
from evals.datasets import DataSetError, abcd_utterances, contact_line, contacts, rows_of
from evals.worlds import WorldSpec, generate
from evals.worlds_spec import Talk
from taxonomy.loader import find_job

HELD_OUT_FIFTH = 5
NATCS_FOLDS = 5
FEWEST_CHATS = 25
DIALOGUE = Talk(words=160)
SMALL_TALK = frozenset(
    (
        *("greeting", "openinggreeting", "closinggreeting", "thankyou"),
        *("confirmation", "rejection", "contentonly", "outofdomain"),
    )
)
Maker = Callable[[Path], list[Split]]
FEW = (ALL, "8", NONE)
ENDS = (ALL, NONE)


def folds_of(name: str, data: Path | None) -> list[Split]:
    """The split or folds of one data set. Raises DataSetError if its files are not at hand."""
    if name in GENERATED:
        return GENERATED[name]()
    if data is None:
        raise DataSetError(f"{name} is a public data set: name the folder that holds it with --data.")
    return PUBLIC[name](data)


def budgets_of(name: str) -> tuple[str, ...]:
    """The label budgets at which a data set is measured unless others are asked for."""
    return {"banking77": BUDGETS, "natcs": ENDS, "abcd": ENDS}.get(name, FEW)


def _sample() -> list[Split]:
    world = generate(WorldSpec(job="online-order", contacts=100, labelled=1000, heldout=600))
    train, test = [*world.labelled()], [*world.heldout()]
    return [Split(SAMPLE, "generated sample", find_job("online-order"), train, test)]


def _dialogues() -> list[Split]:
    """Long dialogues, most of them small talk and digressions; those measured are worded as those learnt from."""
    learnt, measured = 1500, 600
    world = generate(WorldSpec(job="online-order", contacts=100, labelled=learnt + measured, talk=DIALOGUE))
    lines = [*world.labelled()]
    job = find_job("online-order")
    return [Split("dialogues", "long dialogues, generated", job, lines[:learnt], lines[learnt:])]


def _banking77(data: Path) -> list[Split]:
    """A fifth of the training file is held out; the test file is nobody's to develop on."""
    job = find_job("retail-banking")
    lines = [contact_line(contact) for contact in contacts("banking77", data, job=job)]
    held_out, kept = _fifths(lines, 1)[0]
    return [Split("banking77", "Banking77, held-out fifth", job, kept, held_out)]


def _clinc150(data: Path) -> list[Split]:
    """150 intents as outcomes, ten domains as steps."""
    parts = [[row for row in rows_of(data, f"clinc150_{part}") if row["domain"] != "oos"] for part in ("train", "val")]
    place = {row["label"]: row["domain"] for row in parts[0]}
    job = made_up_job("clinc150", place)
    train, test = ([_said(row, [row["text"]], row["label"], place) for row in part] for part in parts)
    return [Split("clinc150", "CLINC150, 150 outcomes", job, train, test)]


def _multidogo(data: Path) -> list[Split]:
    """Whole chats: the first intent of a chat that says what the customer came for; domains as steps."""
    parts = [[row for row in rows_of(data, f"multidogo_{part}") if _task(row)] for part in ("train", "dev")]
    seen = Counter(_task(row) for row in parts[0])
    place = {_task(row): row["labels"]["domain"] for row in parts[0] if seen[_task(row)] >= FEWEST_CHATS}
    job = made_up_job("multidogo", place)
    train, test = (
        [_said(row, [turn["text"] for turn in row["turns"]], _task(row), place) for row in part if _task(row) in place]
        for part in parts
    )
    return [Split("multidogo", "MultiDoGO, first task of a chat", job, train, test)]


def _task(row: Mapping[str, Any]) -> str:
    """The domain and first intent that is no dialogue act, or "" where there is none."""
    for turn in row["turns"]:
        for intent in turn.get("intents") or [turn.get("intent") or ""]:
            if intent and intent not in SMALL_TALK:
                return f"{row['labels']['domain']}-{intent}"
    return ""


def _natcs(data: Path) -> list[Split]:
    """Spoken utterances, cross-validated. An intent's verb is its step: `GetQuote` is on `get`."""
    rows = [*rows_of(data, "natcs_insurance_dev")]
    place = {row["label"]: label_id(row["label"]).split("-")[0] for row in rows}
    job = made_up_job("natcs-insurance", place)
    lines = [_said(row, [row["text"]], row["label"], place) for row in rows]
    return [
        Split("natcs", "NatCS insurance, spoken", job, train, test, fold)
        for fold, (test, train) in enumerate(_fifths(lines, NATCS_FOLDS))
    ]


def _abcd(data: Path) -> list[Split]:
    """Whole dialogues with agent and system turns; learnt from the opening utterances of other dialogues."""
    job = find_job("online-order")
    measured = [contact_line(one) for one in contacts("abcd", data, job=job) if one.labels is not None]
    seen = {line["id"] for line in measured}
    openings = [
        {"id": row["id"], "turns": [{"speaker": "customer", "text": row["text"]}], "labels": labels}
        for row, labels in abcd_utterances(data, job)
        if row["id"].rsplit("-", 1)[0] not in seen
        and (row["labels"]["first_customer_utt"] or row["labels"]["second_customer_utt"])
    ]
    return [Split("abcd", "ABCD, whole dialogues", job, openings, measured)]


def _fifths(lines: Sequence[Line], count: int) -> list[tuple[list[Line], list[Line]]]:
    """So many held-out fifths of the lines, each with the rest."""
    order = np.random.default_rng(0).permutation(len(lines))
    cuts = np.linspace(0, len(lines), HELD_OUT_FIFTH + 1).astype(int)
    return [
        ([lines[i] for i in order[low:high]], [lines[i] for i in (*order[:low], *order[high:])])
        for low, high in islice(pairwise(cuts), count)
    ]


def _said(row: Mapping[str, Any], turns: Sequence[str], label: str, place: Mapping[str, str]) -> Line:
    return {
        "id": row["id"],
        "turns": [{"speaker": "customer", "text": turn} for turn in turns],
        "labels": {"step": label_id(place[label]), "outcome": label_id(label)},
    }


SAMPLE = "sample"
GENERATED: Mapping[str, Callable[[], list[Split]]] = {SAMPLE: _sample, "dialogues": _dialogues}
PUBLIC: Mapping[str, Maker] = {
    "banking77": _banking77,
    "clinc150": _clinc150,
    "multidogo": _multidogo,
    "natcs": _natcs,
    "abcd": _abcd,
}
