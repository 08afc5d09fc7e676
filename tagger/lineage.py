"""What the labels of one version of a job are called in another."""

from __future__ import annotations

from classifiers.scores import NONE_LABEL, LabelSpace
from tagger.labels import STEP_ONLY, label_space
from taxonomy.changes import Lineage, lineage
from taxonomy.errors import BadInputError
from taxonomy.model import Job


class LineageError(BadInputError):
    """The labels of one version of a job do not lead to labels of the other."""


def carried_labels(space: LabelSpace, old: Job, new: Job) -> tuple[LabelSpace, dict[str, str]]:
    """The label space of the job's new version, and the label there of every label of `space`, which is of the old one.

    Renamed, merged and moved outcomes are followed. Raises LineageError where one was split or retired, since nothing
    says then which of its texts belong where.
    """
    line = lineage(old, new)
    found = {label: _heirs(label, line) for label in space.labels}
    lost = [f"{label} {_fate(heirs)}" for label, heirs in found.items() if len(heirs) != 1]
    if lost:
        raise LineageError(
            f"labels of {old.stamp} that do not lead to one label of {new.stamp}: {'; '.join(lost)}. Train a model "
            f"under the new version: `headway train --job {new.id} --data FILE`"
        )
    heirs = {label: names[0] for label, names in found.items()}
    bare = [heir.removesuffix(STEP_ONLY) for heir in heirs.values() if heir.endswith(STEP_ONLY)]
    return label_space(new, step_only=bare), heirs


def _heirs(label: str, line: Lineage) -> tuple[str, ...]:
    if label == NONE_LABEL:
        return (NONE_LABEL,)
    if label.endswith(STEP_ONLY):
        return tuple(step + STEP_ONLY for step in line.steps.get(label.removesuffix(STEP_ONLY), ()))
    return line.outcomes.get(label, ())


def _fate(heirs: tuple[str, ...]) -> str:
    return f"was split into {', '.join(heirs)}" if heirs else "was retired"
