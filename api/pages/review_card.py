"""A review item as its page shows it: the words that matter unfolded, and the answers in the order of their keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from api.pages.contact import Said, parts_of
from api.pages.review_reasons import REASONS
from classifiers.label_sets import LabelSets, label_set
from store.review_reading import ItemDetail
from tagger.model import NONE_FITS, Tag
from tagger.review import CANNOT_TELL
from taxonomy.model import Job, JobStep

KEYS = "123456789"
SHOWN_BY_CHANCE = 0.005
FEWEST_SHOWN = 3
NO_STEP = "no step"
CANNOT = "cannot tell"


@dataclass(frozen=True)
class Stretch:
    """Turns in a row; folded where no evidence is near."""

    folded: bool
    turns: tuple[Said, ...]


@dataclass(frozen=True)
class OutcomeChoice:
    """An outcome within a step; `key` is "" beyond the ninth."""

    key: str
    id: str
    statement: str


@dataclass(frozen=True)
class StepChoice:
    """A step that may be chosen, with how likely the model thinks it (None where that is not shown)."""

    key: str
    id: str
    name: str
    share: str | None
    outcomes: tuple[OutcomeChoice, ...]


@dataclass(frozen=True)
class AlsoChoice:
    """A step that the contact may be about besides; `suggested` where the model thinks so."""

    id: str
    name: str
    suggested: bool


@dataclass(frozen=True)
class EarlierRead:
    """What a reader said, without who it was."""

    reader: str
    answer: str


@dataclass(frozen=True)
class Card:
    """Everything that the page shows of an item. `suggestion` None: there is none, or it is hidden.

    `set_coverage`: how often, in percent, the unfolded steps hold the right one; None where that was not measured.
    `wish`: what somebody who asked for it, or flagged it, said.
    """

    item: str
    contact_id: str
    kind: str
    reason: str
    hidden: bool
    stretches: tuple[Stretch, ...]
    keyed: tuple[StepChoice, ...]
    others: tuple[StepChoice, ...]
    suggestion: str | None
    earlier: tuple[EarlierRead, ...]
    find: tuple[str, ...]
    also: tuple[AlsoChoice, ...]
    set_coverage: int | None
    wish: str | None


def make_card(detail: ItemDetail, job: Job, sets: LabelSets | None = None) -> Card:
    """The card of an item for one analyst; `sets` say which steps the model cannot rule out."""
    tag = None if detail.hidden else detail.tag
    steps = step_choices(job, tag)
    shown = _shown_keys(steps, tag, sets)
    return Card(
        detail.item,
        detail.contact.id,
        detail.kind,
        REASONS.get(detail.reason, detail.reason),
        detail.hidden,
        stretches(detail, tag),
        tuple(steps[:shown]),
        tuple(steps[shown:]),
        suggestion_of(job, tag),
        tuple(
            EarlierRead(f"Reader {place}", in_words(job, read.step, read.outcome))
            for place, read in enumerate(detail.reads if detail.kind == "adjudicated" else (), start=1)
        ),
        tuple(words for words, _ in answers(job)),
        also_choices(job, tag),
        round(100 * sets.coverage) if sets is not None and tag is not None else None,
        detail.wish,
    )


def _shown_keys(steps: Sequence[StepChoice], tag: Tag | None, sets: LabelSets | None) -> int:
    """How many steps stand unfolded: those of the label set; where none was measured, those with a chance."""
    keyed = sum(1 for step in steps if step.key)
    if tag is None:
        return len(steps)
    if sets is not None:
        held = set(label_set(tag.steps, sets, deferred=tag.deferred, level="group"))
        return max(FEWEST_SHOWN, sum(1 for step in steps if step.id in held))
    likely = sum(1 for step in steps if tag.steps.get(step.id, 0.0) >= SHOWN_BY_CHANCE)
    return max(FEWEST_SHOWN, min(keyed, likely))


def step_choices(job: Job, tag: Tag | None) -> list[StepChoice]:
    """Every step, most probable first where a model's view may be shown, else in the job's own order."""
    steps = list(job.steps)
    if tag is not None:
        steps.sort(key=lambda step: -tag.steps.get(step.id, 0.0))
    return [
        StepChoice(
            KEYS[place] if place < len(KEYS) else "",
            step.id,
            step.name,
            f"{100 * tag.steps.get(step.id, 0.0):.0f}%" if tag is not None else None,
            _outcomes(step, tag),
        )
        for place, step in enumerate(steps)
    ]


def _outcomes(step: JobStep, tag: Tag | None) -> tuple[OutcomeChoice, ...]:
    outcomes = list(step.outcomes)
    if tag is not None:
        outcomes.sort(key=lambda outcome: -tag.outcomes.get(outcome.id, 0.0))
    return tuple(
        OutcomeChoice(KEYS[place] if place < len(KEYS) else "", outcome.id, outcome.statement)
        for place, outcome in enumerate(outcomes)
    )


def also_choices(job: Job, tag: Tag | None) -> tuple[AlsoChoice, ...]:
    """Every step for "also about", those that the model suggests first; none of them is chosen beforehand."""
    wanted = {one.step for one in tag.secondary} if tag is not None else set()
    choices = [AlsoChoice(step.id, step.name, step.id in wanted) for step in job.steps]
    return tuple(sorted(choices, key=lambda choice: not choice.suggested))


def suggestion_of(job: Job, tag: Tag | None) -> str | None:
    """What the model suggests, in words."""
    return None if tag is None else in_words(job, tag.step, tag.outcome)


def in_words(job: Job, step: str | None, outcome: str | None) -> str:
    """An answer as a sentence part: step, then outcome."""
    if step is None or step == NONE_FITS:
        return "Fits no step"
    if step == CANNOT_TELL:
        return "Cannot tell"
    name = job.step_by_id[step].name if step in job.step_by_id else step
    found = job.outcome_by_id.get(outcome) if outcome else None
    return f"{name}: {found.statement}" if found else name


def answers(job: Job) -> list[tuple[str, tuple[str | None, str | None]]]:
    """Every answer that can be found by typing, in words, with its step and outcome."""
    found: list[tuple[str, tuple[str | None, str | None]]] = []
    for step in job.steps:
        found.append((step.name, (step.id, None)))
        found += [(f"{step.name}: {outcome.statement}", (step.id, outcome.id)) for outcome in step.outcomes]
    return [*found, ("Fits no step", (None, None)), ("Cannot tell", (CANNOT_TELL, None))]


def stretches(detail: ItemDetail, tag: Tag | None) -> tuple[Stretch, ...]:
    """The conversation, with what is further than one turn from any evidence folded; nothing where it is hidden."""
    spans = tag.evidence if tag is not None else ()
    said = [
        Said(turn.speaker, turn.at, parts_of(turn.text, [span for span in spans if span.turn == place]))
        for place, turn in enumerate(detail.contact.turns)
    ]
    near = {span.turn + step for span in spans for step in (-1, 0, 1)}
    folded = [bool(near) and place not in near for place in range(len(said))]
    return tuple(
        Stretch(fold, tuple(said[place] for place in places))
        for fold, group in groupby(range(len(said)), key=lambda place: folded[place])
        if (places := list(group))
    )
