"""What Headway measures against: a job, its steps and the outcomes customers judge them by.

Values only. `taxonomy.loader` makes them from a job file and checks them there, so code that
holds a `Job` may trust it: ids are unique, weights sum to 1, goalposts are two different numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Literal


class JobStage(StrEnum):
    """The universal job map (Bettencourt & Ulwick, 2008), in its order."""

    DEFINE = "define"
    LOCATE = "locate"
    PREPARE = "prepare"
    CONFIRM = "confirm"
    EXECUTE = "execute"
    MONITOR = "monitor"
    MODIFY = "modify"
    CONCLUDE = "conclude"


@dataclass(frozen=True)
class DesiredOutcome:
    """How a customer judges that a step went well, as one measurable statement.

    `aliases` are ids under which other data know this outcome; labels may use them.
    """

    id: str
    statement: str
    critical: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class JobStep:
    """One stable step of the job. A critical step counts in the index's task success."""

    id: str
    stage: JobStage
    name: str
    outcomes: tuple[DesiredOutcome, ...]
    critical: bool = False
    statement: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Goalposts:
    """The fixed ends of a measure's scale: at `worst` it counts 0, at `best` it counts 1."""

    worst: float
    best: float


@dataclass(frozen=True)
class FcrRule:
    """First contact resolution: no further contact on the same job or step within the window."""

    window_days: int = 7
    same: Literal["job", "step"] = "job"


@dataclass(frozen=True)
class FrictionRule:
    """Weights (sum 1) and goalposts by measure: effort, fcr, transfers, time (minutes)."""

    weights: Mapping[str, float] = field(
        default_factory=lambda: {"effort": 0.4, "fcr": 0.4, "transfers": 0.1, "time": 0.1}
    )
    goalposts: Mapping[str, Goalposts] = field(
        default_factory=lambda: {
            "effort": Goalposts(1.0, 7.0),
            "fcr": Goalposts(0.0, 1.0),
            "transfers": Goalposts(2.0, 0.0),
            "time": Goalposts(30.0, 0.0),
        }
    )
    fcr: FcrRule = FcrRule()


@dataclass(frozen=True)
class IndexRule:
    """What the job file fixes of the Alignment Index; the baseline is frozen when first published.

    `weights` of the three components sum to 1. `targets` gives target_o per outcome id (opportunity
    scale); an outcome without one gets `default_target_drop` below its baseline opportunity.
    """

    weights: Mapping[str, float] = field(
        default_factory=lambda: {"opportunity": 0.4, "task_success": 0.3, "service": 0.3}
    )
    aggregation: Literal["arithmetic", "geometric"] = "arithmetic"
    floor: bool = False
    top_outcomes: int = 5
    top_failure_modes: int = 3
    targets: Mapping[str, float] = field(default_factory=dict)
    default_target_drop: float = 3.0
    task_success_goalposts: Goalposts = Goalposts(0.0, 1.0)
    step_weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TaggingRule:
    """The deferral promise: error among kept tags is at most `max_error`, with confidence 1 - delta.

    `step_margin` is the share of a critical step's contacts that a new model may lose to the one in use.
    """

    max_error: float = 0.1
    delta: float = 0.05
    step_margin: float = 0.05


@dataclass(frozen=True)
class RedactionRule:
    """Terms that redaction never takes out, and terms that it always takes out; `#` stands for one digit."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """A job as one file declares it. `digest` is the hash of the content, `source` the file's text."""

    id: str
    version: int
    statement: str
    steps: tuple[JobStep, ...]
    digest: str = ""
    segments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    circumstances: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    friction: FrictionRule = FrictionRule()
    index: IndexRule = IndexRule()
    tagging: TaggingRule = TaggingRule()
    redaction: RedactionRule = RedactionRule()
    glossary: tuple[str, ...] = ()
    scale: str = ""
    source: str = field(default="", repr=False, compare=False)

    @property
    def stamp(self) -> str:
        """The version every tag, estimate and index names, such as `3+1f0c9a2b`."""
        return f"{self.version}+{self.digest[:8]}"

    @cached_property
    def step_by_id(self) -> dict[str, JobStep]:
        """Steps by their id, in the job's order."""
        return {step.id: step for step in self.steps}

    @cached_property
    def outcome_by_id(self) -> dict[str, DesiredOutcome]:
        """Outcomes by their id, in the job's order."""
        return {outcome.id: outcome for step in self.steps for outcome in step.outcomes}

    @cached_property
    def step_of(self) -> dict[str, str]:
        """The id of the step that each outcome id belongs to."""
        return {outcome.id: step.id for step in self.steps for outcome in step.outcomes}

    @property
    def critical_steps(self) -> tuple[JobStep, ...]:
        """The steps whose task success enters the index."""
        return tuple(step for step in self.steps if step.critical)
