"""The readers that end in the store, for `headway bench fuzz`: each over an empty database of its own."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

from evals.fuzz import seeds
from evals.fuzz.case import Case, Counts, Target
from evals.fuzz.targets import mutated_lines, reading_targets
from flows.claims_desk import JOB as QUEUE
from flows.claims_desk import fill_queue
from flows.decisions import import_decisions
from flows.exchange import Tool, import_from
from flows.ingest import ingest
from flows.workspace import Workspace
from store.intake import Kind
from store.settings import Settings
from tagger.exchange import People
from taxonomy.loader import parse_job

ITEM = "item-000001"
_SOURCES = count()


def store_targets(*, line_of: int) -> dict[str, Target]:
    """Readers by name, as the product calls them: into quarantine goes what cannot be used."""
    whole = reading_targets(line_of=line_of)["jsonl"]
    events = seeds.EVENT
    named = seeds.DECISION | {"item": ITEM}
    studio = seeds.LABEL_STUDIO | {"data": seeds.LABEL_STUDIO["data"] | {"item": ITEM}}
    found = [
        Target("ingest", partial(_ingested, "contacts"), whole.by_hand, whole.mutated),
        _rows("outcome-survey", seeds.ANSWER, partial(_ingested, "outcome-survey")),
        _rows("events", events, partial(_ingested, "events")),
        # A draw made elsewhere whose probabilities cannot be is refused as a whole: its figures would be wrong.
        _lines("decisions", named, _decisions, good=0),
        _lines("label-studio", studio, partial(_answers, "label-studio")),
        _lines("argilla", seeds.ARGILLA | {"id": ITEM}, partial(_answers, "argilla")),
    ]
    return {target.name: target for target in found}


@cache
def _workspace() -> Workspace:
    folder = Path(tempfile.mkdtemp(prefix="headway-fuzz-home-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    job = parse_job(seeds.JOB.replace("fuzz-job", QUEUE), name="fuzz")
    workspace = Workspace(Settings(home=folder), job)
    workspace.database.upgrade()
    workspace.record_job()
    fill_queue(workspace.database, number=20, items=10)
    return workspace


def _ingested(kind: Kind, path: Path) -> Counts:
    workspace = _workspace()
    source = f"fuzz-{next(_SOURCES)}"  # so that no file meets the ids of another
    done = ingest(workspace, [path], job=workspace.job, kind=kind, source=source)
    return Counts(done.accepted + done.updated + done.already_there, done.quarantined)


def _decisions(path: Path) -> Counts:
    done = import_decisions(_workspace(), path)
    return Counts(done.added + done.already_there + done.undecided, len(done.refused))


def _answers(tool: Tool, path: Path) -> Counts:
    done = import_from(_workspace(), tool, path, people=People({}))
    return Counts(done.added + done.already_there + done.undecided + done.skipped, len(done.refused))


def _rows(name: str, record: Mapping[str, Any], read: Any) -> Target:
    return Target(name, read, _none, partial(mutated_lines, f"{name}.jsonl", record))


def _lines(name: str, record: Mapping[str, Any], read: Any, *, good: int = 1) -> Target:
    """Records that name one item: the honest ones beside a broken one are the same answer, taken once."""

    def mutated(number: int) -> Case:
        case = mutated_lines(f"{name}.jsonl", record, number)
        return Case(case.name, case.make, good=good)

    return Target(name, read, _none, mutated)


def _none() -> Iterator[Case]:
    return iter(())
