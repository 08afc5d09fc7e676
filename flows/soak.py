"""Days of the schedule in one process: contacts that arrive day by day, every stage in turn, what the process holds.

The days are simulated: contacts are dated to them, and the stages of a day run one after the other as soon as those of
the day before have ended. What stages stamp is the machine's own clock.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from evals.environment import environment
from evals.growth import Growth, Held, growth_of, held, open_files
from evals.worlds import WorldSpec, write_world
from flows import stages
from flows.decisions import import_decisions
from flows.draw import draw_reviews
from flows.stage_run import Plan, Stage
from flows.train import train
from flows.workspace import Workspace
from store.reviews import export_items, last_policy

JOB, WEEK = "online-order", 7
OFTEN: tuple[Stage, ...] = (stages.pull_stage, stages.tag_stage, stages.measure_stage, stages.watch_stage)
DAILY: tuple[Stage, ...] = (stages.retain_stage, stages.draw_stage, stages.publish_stage)
Say = Callable[[str], None]
WRITE_ENCODER = """
from classifiers.encoder_choice import chosen_encoder
from store.settings import load_settings

settings = load_settings()
chosen_encoder(settings.encoder, home=settings.home, languages=settings.encoder_languages)
"""


@dataclass(frozen=True)
class Soak:
    """What `days` of schedule came to: stage runs, contacts tagged, reviews decided, and what the process held."""

    database: str
    days: int
    runs: int
    tagged: int
    decided: int
    seconds: float
    warm_up: int
    held: tuple[Held, ...]
    growth: tuple[Growth, ...]

    @property
    def flat(self) -> bool:
        """Whether nothing grows."""
        return all(one.flat for one in self.growth)

    def as_json(self) -> dict[str, Any]:
        """The soak as JSON."""
        return {**asdict(self), "flat": self.flat}

    def text(self) -> str:
        """The soak for people."""
        lines = [
            f"{self.days} simulated days on {self.database}, {self.runs:,} stage runs in {self.seconds:,.0f} s: "
            f"{self.tagged:,} contacts tagged, {self.decided:,} reviews decided; after {self.warm_up} days of warm-up:"
        ]
        return "\n".join([*lines, *(_line(one) for one in self.growth)])


def _line(one: Growth) -> str:
    interval = "too few days for an interval" if one.low is None else f"[{one.low:+.3f}, {one.high:+.3f}]"
    name, verdict = one.what.replace("_mb", " (MB)"), "flat" if one.flat else "NOT shown to be flat"
    return f"  {name:12s} {one.first:8.1f} -> {one.last:8.1f}   {one.a_day:+.3f} a day {interval}   {verdict}"


def soak(folder: Path, *, days: int, contacts: int, rounds: int, warm_up: int, url: str | None, say: Say) -> Soak:
    """Live through `days` with about `contacts` a day; pull, tag, measure and watch `rounds` times in each.

    `folder` becomes the home; `url` is an empty database, None for SQLite in the home.
    """
    world, home = folder / "world", folder / "home"
    start = datetime.now(UTC).date() - timedelta(days=days)
    write_world(WorldSpec(job=JOB, contacts=contacts * days, start=start, days=days, labelled=400, heldout=50), world)
    labelled = world / "labelled.jsonl.gz"
    values = {"HEADWAY_HOME": str(home), "HEADWAY_SCHEDULE": json.dumps({"labelled": str(labelled)})}
    with environment(**values, **({"HEADWAY_DATABASE_URL": url} if url else {})):
        # Writing an encoder imports torch, which the process of a schedule does not; a share of that memory is no bar.
        if not (home / "encoders").is_dir():
            subprocess.run([sys.executable, "-c", WRITE_ENCODER], check=True)  # noqa: S603 (our own words)
        workspace = Workspace.open(JOB)
        train(workspace.job, labelled, settings=workspace.settings)
        return _Life(workspace, world, rounds, say).lived(days, warm_up)


class _Life:
    """One process that lives through days."""

    def __init__(self, workspace: Workspace, world: Path, rounds: int, say: Say) -> None:
        self.workspace, self.world, self.rounds, self.say = workspace, world, rounds, say
        self.done: Counter[str] = Counter()
        with gzip.open(world / "contacts.jsonl.gz", "rt") as file:
            lines = list(file)
        self.arriving: dict[str, list[str]] = {}
        for line in lines:
            self.arriving.setdefault(str(json.loads(line)["started_at"])[:10], []).append(line)
        self.truth = {row["id"]: row for row in map(json.loads, (world / "truth.jsonl").read_text().splitlines())}

    def lived(self, days: int, warm_up: int) -> Soak:
        """Every day, and what was held at its end."""
        began, seen = time.monotonic(), []
        for number, day in enumerate(sorted(self.arriving)[:days], 1):
            self._day(number, day)
            # The bench's own connections are no part of what the stages hold, and SQLite keeps the files of closed
            # connections open as long as any other of the process is.
            self.workspace.close()
            seen.append(held(number, connections=self._connections()))
            self.say(f"day {number}: {seen[-1]}")
        name = self.workspace.database.engine.dialect.name
        counts = (self.done["runs"], self.done["tagged"], self.done["decided"])
        found = growth_of(seen, warm_up=warm_up)
        return Soak(name, days, *counts, round(time.monotonic() - began, 1), warm_up, tuple(seen), found)

    def _day(self, number: int, day: str) -> None:
        lines = self.arriving[day]
        for part in range(self.rounds):
            self._arrive("contacts", f"{day}-{part}.jsonl", "".join(lines[part :: self.rounds]))
            if number == 2 and part == 0:
                self._arrive("outcome-survey", "survey.csv", (self.world / "outcome_survey.csv").read_text())
                self._arrive("events", "events.csv", (self.world / "events.csv").read_text())
            for stage in OFTEN:
                self._run(stage)
            if part == 0:
                self._first_draw()
        for stage in DAILY:
            self._run(stage)
        self._decide()
        if number % WEEK == 0:
            self._run(stages.train_stage)

    def _run(self, stage: Stage) -> None:
        report = stage(Plan(JOB), uuid4().hex)
        self.done["runs"] += 1
        self.done["tagged"] += int(report.counts.get("tagged", 0))

    def _arrive(self, kind: str, name: str, content: str) -> None:
        """A file in an inbox, which has not changed for an hour."""
        path = self.workspace.settings.home / "inbox" / JOB / kind / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        hour_ago = time.time() - 3600
        os.utime(path, (hour_ago, hour_ago))

    def _first_draw(self) -> None:
        with self.workspace.database.session() as session:
            drawn = last_policy(session, JOB) is not None
        if not drawn:
            draw_reviews(self.workspace, budget=20)

    def _decide(self) -> None:
        """An analyst who knows the truth decides what was drawn."""
        path, at = self.workspace.settings.home / "decisions.jsonl", datetime.now(UTC).isoformat()
        with self.workspace.database.session() as session, path.open("w", encoding="utf-8") as file:
            for item in export_items(session, JOB):
                if item.drawn and item.decision is None:
                    row = self.truth[item.contact_id]
                    said = {"step": row["step"], "outcome": row["outcome"], "by": "soak", "at": at}
                    file.write(json.dumps({"item": item.item, "decision": said}) + "\n")
        self.done["decided"] += import_decisions(self.workspace, path).added

    def _connections(self) -> int:
        """Connections to the database that this process, or on PostgreSQL any, holds open."""
        database = self.workspace.database
        if database.engine.dialect.name == "sqlite":
            return open_files(Path(str(database.engine.url.database)))
        time.sleep(0.2)  # the server takes a moment to end those that were closed
        with database.engine.connect() as connection:
            count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            return int(connection.execute(text(count)).scalar_one())
