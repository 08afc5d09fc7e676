"""`headway bench reviews`: made-up analysts work through a world in the real queue; then practices over many worlds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import select

from alignment.estimate import Estimate
from alignment.scorecard import Scorecard, View
from alignment.targets import NONE, Targets, label_targets
from evals.coverage_bank import Array, Bank, bank_of
from evals.reviewers import TEAM, Analyst, one_answer
from evals.reviews_bench import reviews_study, study_text
from evals.worlds import World, WorldSpec, generate, write_world
from flows.draw import draw_reviews
from flows.ingest import ingest
from flows.measure import measure
from flows.tag import tag
from flows.train import train
from flows.workspace import Workspace
from store.review_claims import claim
from store.review_reading import read_item
from store.review_work import Answer, decide
from store.scorecards import read_scorecard
from store.settings import Settings, load_settings
from store.tables import contacts as contact_rows
from store.tables import tags
from store.tags import newest_model, read_label_space, tagged, unpack

Say = Callable[[str], None]
AT_ONCE = 20
SHOWN = ("share", "effort", "fcr", "friction")


def reviews_bench(*, contacts: int, reads: int, worlds: int, say: Say) -> dict[str, Any]:
    """One world through the store with figures before and after, then the practices over worlds drawn from it."""
    spec = WorldSpec(contacts=contacts, labelled=1200, seed=17)
    world = generate(spec)
    with TemporaryDirectory() as folder:
        workspace = _opened(Path(folder), world)
        say(f"reading {contacts:,} generated contacts into a home of their own, training, tagging")
        _prepared(workspace, spec, Path(folder) / "sample")
        draw_reviews(workspace, budget=reads)
        before = _card(workspace)
        say("three analysts work through the queue")
        work = work_queue(workspace, world)
        after = _card(workspace)
        bank = _bank(workspace, world)
    say(f"{worlds} worlds drawn from these contacts")
    study = reviews_study(bank, worlds=worlds, contacts=contacts, reads=reads, team=TEAM, say=say)
    figures = _compared(before, after, world.truth()["superpopulation"]["steps"])
    return {"contacts": contacts, "work": work, "one_world": figures, "many_worlds": study}


def _opened(folder: Path, world: World) -> Workspace:
    """A home of its own that shares the exported encoder of the home in force."""
    known = load_settings().home.absolute() / "encoders"
    known.mkdir(parents=True, exist_ok=True)
    (folder / "encoders").symlink_to(known)
    workspace = Workspace(Settings(home=folder, database_url=None), world.stage.job)
    workspace.database.upgrade()
    return workspace


def _prepared(workspace: Workspace, spec: WorldSpec, sample: Path) -> None:
    write_world(spec, sample)
    ingest(workspace, [sample / "contacts.jsonl.gz"], job=workspace.job, kind="contacts", source="sample")
    train(workspace.job, sample / "labelled.jsonl.gz", settings=workspace.settings)
    tag(workspace)


def _card(workspace: Workspace) -> Scorecard:
    measure(workspace)
    with workspace.database.session() as session:
        return read_scorecard(session, workspace.job, View(as_of=datetime.now(UTC)), trends=False)


def work_queue(workspace: Workspace, world: World, *, team: Sequence[Analyst] = TEAM) -> dict[str, Any]:
    """Analysts claim and decide drawn items until none is left, second reads and disagreements included."""
    rng = np.random.default_rng(3)
    truth = {world.contact_id(i): world.answer(i) for i in range(len(world))}
    done: Counter[str] = Counter()
    idle = 0
    while idle < len(team):
        idle = 0
        for analyst in team:
            took = _some(workspace, analyst, truth, rng)
            done.update(took)
            idle += not took
    return {"reads": dict(done), "total": done.total(), "errors": {one.name: one.error for one in team}}


def _some(
    workspace: Workspace, analyst: Analyst, truth: Mapping[str, Mapping[str, Any]], rng: np.random.Generator
) -> list[str]:
    """The kinds of read that an analyst did of the next few items."""
    job, now = workspace.job, datetime.now(UTC)
    with workspace.database.session() as session:
        held = claim(session, job.id, analyst.name, now=now, n=AT_ONCE, reasons=("drawn",))
        kinds = []
        for one in held:
            item = read_item(session, one.item, analyst.name)
            chances = item.tag.steps if item.tag else {}
            answer = _answer(truth[item.contact.id], chances, list(job.step_by_id), analyst, rng)
            kinds.append(decide(session, one.item, analyst.name, answer, now=now).read)
    return list(kinds)


def _answer(
    true: Mapping[str, Any], chances: Mapping[str, float], steps: list[str], analyst: Analyst, rng: np.random.Generator
) -> Answer:
    """What the analyst says of one contact: the truth, or a wrong step."""
    names = [*steps, NONE]
    right = names.index(true["step"] or NONE)
    row: Array = np.array([[chances.get(name, 0.0) for name in names]])
    said = int(one_answer(np.array([right]), row, analyst, rng)[0])
    if said == right:
        return Answer(true["step"], true["outcome"])
    return Answer(None if names[said] == NONE else names[said])


def _bank(workspace: Workspace, world: World) -> Bank:
    """The world with the probabilities that the store holds of its contacts: the population of the many worlds."""
    job, targets = workspace.job, Targets.of(workspace.job)
    with workspace.database.session() as session:
        newest = newest_model(session, job.id)
        version, model = newest if newest else (job.stamp, "")
        space = read_label_space(session, model)
        query = (
            select(contact_rows.c.contact_id, tags.c.scores)
            .join(tags, tags.c.contact_pk == contact_rows.c.pk)
            .where(tagged(job_id=job.id, job_version=version, model_id=model))
        )
        scores = {row.contact_id: row.scores for row in session.execute(query)}
    blobs = [scores[world.contact_id(i)] for i in range(len(world))]
    return bank_of(world, job, unpack(blobs, len(space.labels)) @ label_targets(space, targets))


def _compared(before: Scorecard, after: Scorecard, truth: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    """Per step and figure: before any review, after them, and the truth."""
    rows = []
    for old, new in zip(before.steps, after.steps, strict=True):
        for name in SHOWN:
            was, found = getattr(old, name), getattr(new, name)
            true = truth[old.step][name]
            rows.append({"step": old.step, "figure": name, "true": true, "before": was.as_json(),
                         "after": found.as_json(), "holds": _holds(found, true)})  # fmt: skip
    return rows


def _holds(estimate: Estimate, true: float) -> bool | None:
    """Whether the interval holds the truth; None where no interval is published."""
    if estimate.low is None or estimate.high is None:
        return None
    return estimate.low <= true <= estimate.high


def reviews_text(result: Mapping[str, Any]) -> str:
    """The result as lines for people."""
    reads = ", ".join(f"{kind} {count}" for kind, count in sorted(result["work"]["reads"].items()))
    total = f"{result['work']['total']} reads ({reads})"
    lines = [f"One world of {result['contacts']:,} contacts through the queue: {total}"]
    lines.append(f"{'step':16s} {'true share':>10s} {'before':>8s} {'after':>22s}")
    shares = [row for row in result["one_world"] if row["figure"] == "share"]
    lines += [
        f"{row['step']:16s} {100 * row['true']:9.1f}% {_percent(row['before'])} {_interval(row['after'])}"
        f"{'' if row['holds'] else '  misses the truth'}"
        for row in shares
    ]
    for name in SHOWN:
        rows = [row for row in result["one_world"] if row["figure"] == name]
        shown = [row for row in rows if row["holds"] is not None]
        held = sum(row["holds"] for row in shown)
        without = len(rows) - len(shown)
        lines.append(f"{name}: {held} of {len(shown)} published intervals hold the truth, {without} not shown")
    return "\n".join([*lines, "", study_text(result["many_worlds"])])


def _percent(estimate: Mapping[str, Any]) -> str:
    return f"{100 * estimate['value']:7.1f}%" if estimate["value"] is not None else f"{'-':>8s}"


def _interval(estimate: Mapping[str, Any]) -> str:
    if estimate["low"] is None:
        return f"{_percent(estimate)} uncorrected"
    return f"{_percent(estimate)} [{100 * estimate['low']:.1f}, {100 * estimate['high']:.1f}]".rjust(22)
