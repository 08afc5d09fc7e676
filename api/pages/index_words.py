"""The inputs of the index in words, each with the page behind it."""

from __future__ import annotations

from dataclasses import dataclass

from api.address import Links
from taxonomy.model import Job

KINDS = {
    "opportunity": ("opportunity", "Opportunity"),
    "task_success": ("share", "Task success"),
    "effort": ("effort", "Effort"),
    "fcr": ("share", "Resolved on first contact"),
}
COMPONENT_WORDS = {"opportunity": "Outcomes", "task_success": "Task success", "service": "Service"}


@dataclass(frozen=True)
class InputWords:
    """An input's name, what is measured of it, on which scale, and its page."""

    name: str
    kind: str
    scale: str
    href: str


def input_words(job: Job, key: str, links: Links) -> InputWords:
    """An input by its id, as `effort:STEP/OUTCOME`; one that the job no longer has keeps its id as its name."""
    measure, _, what = key.partition(":")
    scale, kind = KINDS.get(measure, ("score", measure))
    if measure == "task_success":
        step = job.step_by_id.get(what)
        return InputWords(step.name if step else what, kind, scale, links.step(what))
    outcome = what.rpartition("/")[2]
    found = job.outcome_by_id.get(outcome)
    href = links.outcome(outcome) if measure == "opportunity" else links.failure_mode(outcome)
    return InputWords(found.statement if found else outcome, kind, scale, href)
