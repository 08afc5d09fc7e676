"""Worlds: contacts, surveys and events made up for a shipped job, with the truth of every figure known.

A world is the demo's input and the test bed of the statistics: what Headway estimates from the
contacts can be held against what is true. The same spec always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from evals.worlds_draw import Drawn, draw_contacts
from evals.worlds_events import Attempts, draw_attempts, task_success_truth
from evals.worlds_files import write_files
from evals.worlds_index import index_truth
from evals.worlds_spec import (
    Change,
    Experience,
    Repeats,
    Response,
    SurveyDesign,
    Talk,
    WorldSpec,
    WorldSpecError,
)
from evals.worlds_stage import Stage
from evals.worlds_surveys import Wave, draw_waves, survey_truth
from evals.worlds_text import Brief, Said, Split, Teller
from evals.worlds_truth import Ledger, iso, planted, realised, superpopulation
from evals.worlds_wordings import FamilySplit, load_wordings, split_families
from taxonomy.loader import find_job
from taxonomy.model import Job

__all__ = [
    "Change",
    "Experience",
    "Repeats",
    "Response",
    "SurveyDesign",
    "Talk",
    "World",
    "WorldSpec",
    "WorldSpecError",
    "generate",
    "write_world",
]

LABELLED_STREAM = 1
HELDOUT_STREAM = 2


@dataclass(frozen=True)
class World:
    """Everything drawn under one spec. Contacts are told one by one, so any number fits in memory."""

    stage: Stage
    drawn: Drawn
    split: FamilySplit

    def __len__(self) -> int:
        return len(self.drawn)

    @property
    def spec(self) -> WorldSpec:
        """What the world was asked to be."""
        return self.stage.spec

    @cached_property
    def teller(self) -> Teller:
        """What makes the text of this world's contacts."""
        return Teller(self.stage.wordings, self.split, self.spec.talk, seed=self.spec.seed)

    @cached_property
    def waves(self) -> tuple[Wave, ...]:
        """The outcome survey's waves."""
        return draw_waves(self.stage)

    @cached_property
    def attempts(self) -> Attempts:
        """Attempts at critical steps in the product."""
        return draw_attempts(self.stage)

    @cached_property
    def ledger(self) -> Ledger:
        """The contacts with their chains, ready to be summed."""
        return Ledger.of(self.stage, self.drawn)

    def contact_id(self, i: int) -> str:
        """The id of contact `i`."""
        return f"w{self.spec.seed}-{i}"

    def said(self, i: int, *, split: Split = "mixed") -> Said:
        """The text of contact `i`, the same whenever and in whatever order it is asked for."""
        return self.teller.tell(brief_of(self.stage, self.drawn, i), split=split)

    def contact(self, i: int) -> dict[str, Any]:
        """Contact `i` as a JSON line of CONTRACTS holds it, without its labels."""
        stage, drawn = self.stage, self.drawn
        groups = {name: values[drawn.attributes[name][i]] for name, values in stage.attributes.items()}
        contact: dict[str, Any] = {
            "id": self.contact_id(i),
            "customer_id": f"u{self.spec.seed}-{drawn.customer[i]}",
            "channel": stage.channels[drawn.channel[i]],
            "started_at": iso(drawn.started[i]),
            "ended_at": iso(drawn.ended[i]),
            "segment": {name: groups[name] for name in stage.segments},
            "circumstance": {name: groups[name] for name in stage.circumstances},
            "transfers": int(drawn.transfers[i]),
            "cost": float(drawn.cost[i]),
            "abandoned": bool(drawn.abandoned[i]),
        }
        if drawn.answered[i]:
            contact["survey"] = {
                "effort": int(drawn.effort[i]),
                "resolved": bool(drawn.says_resolved[i]),
                "answered_at": iso(drawn.answered_at[i]),
            }
        contact["turns"] = turns_of(self.said(i))
        return contact

    def contacts(self) -> Iterator[dict[str, Any]]:
        """All contacts by order of start, made one at a time."""
        return map(self.contact, range(len(self)))

    def answer(self, i: int) -> dict[str, Any]:
        """What a careful analyst would decide of contact `i`, and what made it hard work.

        `drivers` are those known from what happened or from what was said, `said` the latter alone.
        """
        brief, said, chain = brief_of(self.stage, self.drawn, i), self.said(i).drivers, self.ledger.short
        happened = {
            "transfer": brief.transfers > 0,
            "repeat-contact": brief.again or bool(chain.follows[i]),
            "switched-channel": bool(chain.switched[i]),
        }
        return {
            "id": self.contact_id(i),
            "step": brief.step,
            "outcome": brief.outcome,
            "secondary": brief.secondary,
            "drivers": sorted(said | {name for name, true in happened.items() if true}),
            "said": sorted(said),
        }

    def labelled(self) -> Iterator[dict[str, Any]]:
        """Contacts with labels to train on, in training families only; none of them is in `contacts`."""
        return self._with_labels(self.spec.labelled, stream=LABELLED_STREAM, split="train", letter="t")

    def heldout(self) -> Iterator[dict[str, Any]]:
        """Contacts with labels to test on, in families that no training contact uses."""
        return self._with_labels(self.spec.heldout, stream=HELDOUT_STREAM, split="heldout", letter="h")

    def _with_labels(self, count: int, *, stream: int, split: Split, letter: str) -> Iterator[dict[str, Any]]:
        if not count:
            return
        stage = replace(self.stage, spec=replace(self.spec, contacts=count, customers=None, changes=()))
        drawn = draw_contacts(stage, stream=stream)
        # Another text seed than the contacts': else number 5 here would say what contact 5 says.
        teller = Teller(stage.wordings, self.split, self.spec.talk, seed=1_000 * stream + self.spec.seed)
        for i in range(len(drawn)):
            brief = brief_of(stage, drawn, i)
            yield {
                "id": f"w{self.spec.seed}-{letter}{i}",
                "channel": brief.channel,
                "turns": turns_of(teller.tell(brief, split=split)),
                "labels": {"step": brief.step, "outcome": brief.outcome, "secondary": self._second(brief)},
            }

    def _second(self, brief: Brief) -> list[str]:
        return [] if brief.secondary is None else [self.stage.job.step_of[brief.secondary]]

    def truth(self) -> dict[str, Any]:
        """Every figure's true value: of the process (`superpopulation`) and of these contacts (`realised`)."""
        window = self.stage.job.friction.fcr.window_days
        process, survey = superpopulation(self.stage), survey_truth(self.stage, self.waves)
        success = task_success_truth(self.stage, self.attempts)
        return {
            "job": self.stage.job.id,
            "job_version": self.stage.job.stamp,
            "seed": self.spec.seed,
            "from": iso(self.spec.begins.timestamp()),
            "to": iso(self.spec.ends.timestamp()),
            "as_of": iso(self.spec.ends.timestamp()),
            "definitions": {
                "effort": "mean over all contacts, answered or not; CES 2.0, 1 to 7, 7 = easiest",
                "fcr": f"first contacts of a chain with no further one on the job within {window} days after their "
                "end and not abandoned; a chain begins after as many days without contact; closed windows only",
                "fcr_long": "the same within 30 days",
                "share": "of all contacts; share_of_fitting: of those that fit a step, as burden has it",
            },
            "superpopulation": process,
            "realised": realised(self.ledger),
            "survey": survey,
            "task_success": success,
            "index": index_truth(
                self.stage.job,
                process["outcomes"],
                waves=[wave["superpopulation"] for wave in survey["waves"]],
                success={step: row["superpopulation"] for step, row in success.items() if row["starts"]},
            ),
            "changes": planted(self.stage),
            "families": {"train": dict(self.split.train), "heldout": dict(self.split.heldout)},
        }


def generate(spec: WorldSpec, *, job: Job | None = None) -> World:
    """Draw a world; `job` defaults to the shipped one that the spec names.

    Raises WorldSpecError or WordingsError where it cannot be drawn, UnknownJobError for an unknown job.
    """
    job = job or find_job(spec.job)
    wordings = load_wordings(job)
    stage = Stage(spec, job, wordings)
    split = split_families(wordings, heldout=spec.heldout_families, seed=spec.split_seed)
    return World(stage, draw_contacts(stage), split)


def write_world(spec: WorldSpec, folder: Path, *, job: Job | None = None) -> dict[str, int]:
    """Draw the world of `spec` and write its files into `folder`; gives the number of rows per file name.

    contacts.jsonl.gz (no labels), labelled.jsonl.gz and heldout.jsonl.gz (others, with labels),
    outcome_survey.csv, events.csv, truth.jsonl (the right tag of each contact), truth.json (every figure).
    Raises WorldFolderError if the folder cannot be used, and what `generate` raises.
    """
    return write_files(generate(spec, job=job), folder)


def brief_of(stage: Stage, drawn: Drawn, i: int) -> Brief:
    """What the text of contact `i` must tell."""
    outcome, secondary = int(drawn.outcome[i]), int(drawn.secondary[i])
    return Brief(
        number=i,
        channel=stage.channels[drawn.channel[i]],
        step=stage.steps[drawn.step[i]] if outcome >= 0 else None,
        outcome=stage.outcomes[outcome] if outcome >= 0 else None,
        secondary=stage.outcomes[secondary] if secondary >= 0 else None,
        resolved=bool(drawn.resolved[i]),
        abandoned=bool(drawn.abandoned[i]),
        transfers=int(drawn.transfers[i]),
        again=bool(drawn.again[i]),
        hard=(7 - int(drawn.effort[i])) / 6,
    )


def turns_of(said: Said) -> list[dict[str, str]]:
    """Turns as JSON."""
    return [{"speaker": speaker, "text": text} for speaker, text in said.turns]
