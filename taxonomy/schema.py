"""The job file's fields, read from a document into a `Job`; see docs/jobs.md for the format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from taxonomy.document import Cursor
from taxonomy.model import DesiredOutcome, Job, JobStage, JobStep
from taxonomy.rules import read_friction, read_index, read_redaction, read_tagging

_JOB = tuple(entry.name for entry in fields(Job) if entry.name not in {"digest", "source"})
_STEP = ("id", "stage", "name", "statement", "critical", "aliases", "outcomes")
_OUTCOME = ("id", "statement", "critical", "aliases")
_JOB_ID = re.compile(r"\w[\w.-]*")  # a file name and a part of an address
_STAGES = tuple(stage.value for stage in JobStage)
_LAST_VERSION = 10**9


@dataclass
class Names:
    """The ids and aliases in use among steps or among outcomes; a name means one thing only."""

    owner: dict[str, str] = field(default_factory=dict)
    id_of: dict[str, str] = field(default_factory=dict)

    def claim(self, at: Cursor, name: str, *, owner_id: str) -> None:
        """Take `name` (an id or an alias) for `owner_id`; a name already taken is a problem."""
        if name in self.owner:
            at.problem(f"{name!r} is taken by {self.owner[name]}; ids and aliases must be unique")
            return
        self.owner[name] = f"{at.path} on line {at.line}"
        self.id_of[name] = owner_id


def read_job(root: Cursor) -> Job:
    """Read the job that the document declares; meaningless unless the report stayed empty."""
    entries = root.record(_JOB, required=("id", "version", "statement", "steps"))
    step_names, outcome_names = Names(), Names()
    steps = _read_steps(entries.get("steps"), step_names, outcome_names)
    return Job(
        id=_job_id(entries.get("id")),
        version=entries["version"].integer(1, _LAST_VERSION) if "version" in entries else 1,
        statement=_text(entries, "statement"),
        steps=steps,
        segments=_read_dimensions(entries.get("segments")),
        circumstances=_read_dimensions(entries.get("circumstances")),
        friction=read_friction(entries.get("friction")),
        index=read_index(
            entries.get("index"),
            outcome_ids=outcome_names.id_of,
            step_ids=step_names.id_of,
            critical={step.id for step in steps if step.critical},
        ),
        tagging=read_tagging(entries.get("tagging")),
        redaction=read_redaction(entries.get("redaction")),
        glossary=_texts(entries.get("glossary")),
        scale=entries["scale"].choice(("odi",), "a scale") if "scale" in entries else "",
    )


def _read_steps(at: Cursor | None, step_names: Names, outcome_names: Names) -> tuple[JobStep, ...]:
    if at is None:
        return ()
    items = at.items()
    if not items and at.kind == "a list":
        at.problem("must hold at least one step")
    return tuple(_read_step(item, step_names, outcome_names) for item in items)


def _read_step(at: Cursor, step_names: Names, outcome_names: Names) -> JobStep:
    entries = at.record(_STEP, required=("id", "stage"))
    step_id, aliases = _read_names(entries, step_names)
    stage = entries["stage"].choice(_STAGES, "a stage of the job map") if "stage" in entries else _STAGES[0]
    outcomes = entries["outcomes"].items() if "outcomes" in entries else []
    return JobStep(
        id=step_id,
        stage=JobStage(stage),
        name=_text(entries, "name") or step_id,
        outcomes=tuple(_read_outcome(item, outcome_names) for item in outcomes),
        critical="critical" in entries and entries["critical"].flag(),
        statement=_text(entries, "statement"),
        aliases=aliases,
    )


def _read_outcome(at: Cursor, names: Names) -> DesiredOutcome:
    entries = at.record(_OUTCOME, required=("id", "statement"))
    outcome_id, aliases = _read_names(entries, names)
    critical = "critical" in entries and entries["critical"].flag()
    return DesiredOutcome(id=outcome_id, statement=_text(entries, "statement"), critical=critical, aliases=aliases)


def _read_names(entries: Mapping[str, Cursor], names: Names) -> tuple[str, tuple[str, ...]]:
    own = entries["id"].identifier() if "id" in entries else ""
    if own:
        names.claim(entries["id"], own, owner_id=own)
    aliases = []
    for at in entries["aliases"].items() if "aliases" in entries else []:
        alias = at.identifier()
        names.claim(at, alias, owner_id=own)
        aliases.append(alias)
    return own, tuple(aliases)


def _read_dimensions(at: Cursor | None) -> dict[str, tuple[str, ...]]:
    """Segments or circumstances: the values of each; an empty list allows any value."""
    if at is None:
        return {}
    return {name: _labels(values) for name, values in at.entries().items()}


def _labels(at: Cursor) -> tuple[str, ...]:
    values: dict[str, None] = {}
    for item in at.items():
        value = item.label()
        if value in values:
            item.problem(f"{value!r} is given twice; keep one")
        values[value] = None
    return tuple(values)


def _job_id(at: Cursor | None) -> str:
    if at is None:
        return ""
    name = at.identifier()
    if name and not _JOB_ID.fullmatch(name):
        at.problem(
            f"{name!r} cannot be a job's id; use letters, digits, - _ and . only, as it names files and addresses"
        )
    return name


def _text(entries: Mapping[str, Cursor], name: str) -> str:
    return entries[name].text() if name in entries else ""


def _texts(at: Cursor | None) -> tuple[str, ...]:
    return tuple(item.text() for item in at.items()) if at else ()
