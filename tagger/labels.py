"""How a job's steps and outcomes become the classifier's labels and back."""

from __future__ import annotations

from collections.abc import Iterable

from classifiers.scores import NONE_LABEL, LabelSpace
from tagger.model import Labels
from taxonomy.errors import BadInputError
from taxonomy.model import Job

STEP_ONLY = "/*"
"""Ends the label of contacts that are on a step without any of its outcomes."""


class UnknownLabelError(BadInputError):
    """A label names a step or an outcome that the job does not have."""


def label_space(job: Job, *, step_only: Iterable[str] = ()) -> LabelSpace:
    """Outcomes as labels, steps as groups, in the job's order, `_none` last.

    Steps without outcomes, and those in `step_only`, get a label of their own.
    """
    bare = set(step_only)
    pairs = []
    for step in job.steps:
        pairs += [(outcome.id, step.id) for outcome in step.outcomes]
        if not step.outcomes or step.id in bare:
            pairs.append((step.id + STEP_ONLY, step.id))
    return LabelSpace.of(pairs)


def outcome_of(label: str) -> str | None:
    """The outcome that a label stands for, if it stands for one."""
    return None if label == NONE_LABEL or label.endswith(STEP_ONLY) else label


class LabelReader:
    """Reads people's labels in the words of one job; aliases count as the id they stand for.

    `within` names the object that holds `step` and `outcome`, so that refusals name the field that was sent.
    """

    def __init__(self, job: Job, *, within: str = "") -> None:
        self._job = job
        self._within = f"{within}." if within else ""
        self._steps = {alias: step.id for step in job.steps for alias in (*step.aliases, step.id)}
        self._outcomes = {
            alias: outcome.id
            for step in job.steps
            for outcome in step.outcomes
            for alias in (*outcome.aliases, outcome.id)
        }

    @property
    def job_id(self) -> str:
        """Whose words these are."""
        return self._job.id

    def resolve(self, labels: Labels) -> Labels:
        """The same labels in the job's own ids; an outcome alone implies its step.

        Raises UnknownLabelError for an id the job does not have or an outcome of another step.
        """
        outcome = self._find(labels.outcome, self._outcomes, "outcome")
        step = self._step(labels.step, "step")
        if outcome is None:
            return Labels(step, None, self._besides(labels, step))
        owner = self._job.step_of[outcome]
        if step is not None and step != owner:
            raise UnknownLabelError(
                f"{self._within}outcome: {labels.outcome!r} belongs to step {owner!r}, not {labels.step!r}"
            )
        return Labels(owner, outcome, self._besides(labels, owner))

    def _besides(self, labels: Labels, primary: str | None) -> tuple[str, ...] | None:
        return None if labels.secondary is None else self.others(labels.secondary, primary=primary)

    def others(self, names: Iterable[str], *, primary: str | None) -> tuple[str, ...]:
        """Secondary steps in the job's own ids, each once, without the primary one. Raises UnknownLabelError."""
        found = dict.fromkeys(self._step(name, "secondary") for name in names)
        if None in found:
            raise UnknownLabelError("secondary: each must name a step; `fits no step` is an answer of its own")
        return tuple(step for step in found if step is not None and step != primary)

    def label(self, labels: Labels) -> str:
        """The classifier's label: the outcome, the step alone, or `_none`."""
        resolved = self.resolve(labels)
        if resolved.outcome is not None:
            return resolved.outcome
        return NONE_LABEL if resolved.step is None else resolved.step + STEP_ONLY

    def _step(self, name: str | None, field: str) -> str | None:
        return self._find(name, self._steps, field, what="step")

    def _find(self, name: str | None, known: dict[str, str], field: str, *, what: str = "outcome") -> str | None:
        if name is None or name in (NONE_LABEL, ""):
            return None
        if name not in known:
            raise UnknownLabelError(f"{self._within}{field}: job {self._job.id!r} has no {what} {name!r}")
        return known[name]
