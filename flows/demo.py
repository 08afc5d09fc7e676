"""The main job on the sample that Headway ships, from contacts to the index, told as it goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals.worlds import WorldSpec, write_world
from flows.decisions import import_decisions
from flows.draw import draw_reviews
from flows.ingest import ingest
from flows.measure import measure
from flows.publish import publish
from flows.tag import tag
from flows.train import train
from flows.watch import watch
from flows.workspace import Workspace
from store.intake import Kind
from store.reviews import export_items, last_policy

JOB = "online-order"
BUDGET = 1200
SAMPLE: tuple[tuple[Kind, str], ...] = (
    ("contacts", "contacts.jsonl.gz"),
    ("outcome-survey", "outcome_survey.csv"),
    ("events", "events.csv"),
)
ANALYST = "sample analyst (knows the truth)"


@dataclass(frozen=True)
class Demo:
    """Where the demo's sample lies, and the workspace that now holds its figures."""

    workspace: Workspace
    sample: Path


def run_demo(say: Callable[[str], None], *, contacts: int, budget: int = BUDGET) -> Demo:
    """Write the sample, then ingest, train, tag, draw reviews, measure, publish and watch. Again does nothing twice."""
    workspace = Workspace.open(JOB)
    sample = workspace.settings.home / "sample"
    if not (sample / "truth.json").exists():
        write_world(WorldSpec(job=JOB, contacts=contacts), sample)
    say(f"sample   {contacts:,} generated contacts with known truth in {sample}")
    for kind, name in SAMPLE:
        done = ingest(workspace, [sample / name], job=workspace.job, kind=kind, source="sample")
        say(f"ingest   {kind}: {_counts(asdict(done))}")
    if workspace.shelf.current() is None:
        report = train(workspace.job, sample / "labelled.jsonl.gz", settings=workspace.settings)
        say(f"train    {report.text()}")
    say(f"tag      {_counts(asdict(tag(workspace)))}")
    say(f"review   {_review(workspace, sample, budget)}")
    say(f"measure  {_counts(asdict(measure(workspace)))}")
    published = publish(workspace)
    say(
        f"publish  formula {published.formula}"
        if published.published
        else f"publish  not published: {published.reason}"
    )
    say(f"watch    {_counts(asdict(watch(workspace)))}")
    return Demo(workspace, sample)


def _review(workspace: Workspace, sample: Path, budget: int) -> str:
    with workspace.database.session() as session:
        drawn_before = last_policy(session, workspace.job.id) is not None
    if not drawn_before:
        draw_reviews(workspace, budget=budget)
    answers = workspace.settings.home / "sample" / "decisions.jsonl"
    if not answers.exists():
        _answer_as_analyst(workspace, sample / "truth.jsonl", answers)
    done = import_decisions(workspace, answers)
    return f"{done.added + done.already_there} drawn contacts decided by the {ANALYST}, {done.added} of them now"


def _answer_as_analyst(workspace: Workspace, truth: Path, answers: Path) -> None:
    """Decide every drawn item as the generator knows it, as an analyst would through `review import`."""
    known = {row["id"]: row for row in map(json.loads, truth.read_text("utf-8").splitlines())}
    at = datetime.now(UTC).isoformat()
    with workspace.database.session() as session, answers.open("w", encoding="utf-8") as file:
        for item in export_items(session, workspace.job.id):
            if not item.drawn:
                continue
            row = known[item.contact_id]
            second = [workspace.job.step_of[row["secondary"]]] if row["secondary"] else []
            decision = {"step": row["step"], "outcome": row["outcome"], "secondary": second, "by": ANALYST, "at": at}
            file.write(json.dumps({"item": item.item, "decision": decision}) + "\n")


def _counts(counts: dict[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in counts.items())
