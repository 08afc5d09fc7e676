"""Rules for outcome statements and job maps that go beyond a valid file (METHODS, section 10).

A finding never stops a job from being used; it says how to make the statements measurable,
comparable and free of solutions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from taxonomy.conjunctions import find_join
from taxonomy.model import Job
from taxonomy.statement import Statement, normalised
from taxonomy.vocabulary import (
    COMPANY_WORDS,
    EMOTIONS,
    METRICS,
    NEGATIONS,
    PREFERRED_DIRECTIONS,
    SOLUTIONS,
    VAGUE,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_WORDS = 25
MAX_EXAMPLES = 3
MIN_STEPS = 3
OUTCOMES_PER_STEP = (1, 10)
OUTCOMES_PER_JOB = {"": (10, 30), "odi": (50, 150)}
NEAR_DUPLICATE = 0.92

Similarity = Callable[[Sequence[str]], "NDArray[np.floating[Any]]"]
"""Texts in, their cosine similarities out: an array of shape (n, n)."""

_METRIC_HELP = (
    "the time it takes to, the likelihood that, the effort, number, frequency, amount, cost, risk, variability"
)
_PREDICATES = {
    "metrics": "two metrics",
    "directions": "two directions",
    "verbs": "two actions",
    "clauses": "two outcomes",
    "slash": "two outcomes",
    "sentences": "two outcomes",
}


@dataclass(frozen=True)
class Finding:
    """One thing to mend. `where` is a step, outcome or job id, `word` the words at fault ("" if none)."""

    level: Literal["error", "warning"]
    rule: str
    where: str
    word: str
    message: str


def lint_job(job: Job, *, similarity: Similarity | None = None) -> tuple[Finding, ...]:
    """Check a job against every rule; near-duplicates only where a `similarity` is given."""
    findings = [*_lint_map(job)]
    for outcome in job.outcome_by_id.values():
        findings += lint_statement(outcome.statement, where=outcome.id, glossary=job.glossary)
    findings += _lint_duplicates(job)
    if similarity is not None:
        findings += _lint_near_duplicates(job, similarity)
    return tuple(findings)


def lint_statement(text: str, *, where: str = "", glossary: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Check one outcome statement against the grammar; `where` is the id to name in findings."""
    statement = Statement.read(text, glossary)
    rules = (_form, _joins, _solution, _vague, _negation, _viewpoint, _length)
    return tuple(
        Finding(level, rule, where, word, message) for check in rules for level, rule, word, message in check(statement)
    )


_Raw = tuple[Literal["error", "warning"], str, str, str]


def _form(statement: Statement) -> Iterator[_Raw]:
    first = statement.span(0, 0) if statement.tokens else ""
    if not statement.direction:
        yield "error", "no-direction", first, f"starts with {first!r}; start with a direction, best with 'minimize'"
    elif statement.direction not in PREFERRED_DIRECTIONS:
        yield "warning", "prefer-minimize", first, f"{first!r} is allowed, but 'minimize' keeps outcomes comparable"
    if not statement.metric:
        word = statement.span(1, statement.head_end - 1) if statement.direction and statement.head_end > 1 else ""
        fault = f"{word!r} is no metric" if word else "has no metric"
        yield "error", "no-metric", word, f"{fault}; say what is measured: {_METRIC_HELP}"
        return
    if not statement.has_object:
        yield "error", "no-object", statement.metric, "says what is measured but not of what; add the object"
    if statement.metric not in METRICS:
        word = statement.metric
        yield "warning", "unusual-metric", word, f"{word!r} is not a usual metric; prefer {_METRIC_HELP}"


def _joins(statement: Statement) -> Iterator[_Raw]:
    join = find_join(statement)
    if join is None:
        return
    if join.what == "nouns":
        message = f"{join.words!r} joins two things; keep it if customers see one, else write two outcomes"
        yield "warning", "joined-objects", join.words, message
        return
    rule = "two-metrics" if join.what == "metrics" else "two-outcomes"
    message = f"{join.words!r} puts {_PREDICATES[join.what]} into one statement; write one statement for each"
    yield "error", rule, join.words, message


def _solution(statement: Statement) -> Iterator[_Raw]:
    if word := statement.find(SOLUTIONS):
        yield "error", "solution", word, f"{word!r} is a solution, technology, channel or brand; say what it is for"


def _vague(statement: Statement) -> Iterator[_Raw]:
    if word := statement.find(VAGUE):
        yield "error", "vague", word, f"{word!r} means something else to everyone; say what is measured instead"


def _negation(statement: Statement) -> Iterator[_Raw]:
    words = statement.words
    for i, word in enumerate(words):
        if (word in NEGATIONS or word.endswith("n't")) and words[max(0, i - 2) : i + 1] != ("whether", "or", "not"):
            at = statement.span(i, i)
            yield "error", "negation", at, f"{at!r} is a negation; say what happens, not what does not"
            return


def _viewpoint(statement: Statement) -> Iterator[_Raw]:
    if word := statement.find(COMPANY_WORDS):
        yield "warning", "company-view", word, f"{word!r} is the company's view; use the words of the person served"
    if word := statement.find({(emotion,) for emotion in EMOTIONS}):
        yield (
            "warning",
            "emotion",
            word,
            f"{word!r} is an emotion; an outcome says how a step is judged, not how it feels",
        )


def _length(statement: Statement) -> Iterator[_Raw]:
    count = len(statement.text.split())
    if count > MAX_WORDS:
        yield "warning", "too-long", "", f"has {count} words; {MAX_WORDS} are enough, move detail into another outcome"
    if len(statement.examples) > MAX_EXAMPLES:
        word = statement.examples[MAX_EXAMPLES]
        yield "warning", "too-many-examples", word, f"gives {len(statement.examples)} examples; keep {MAX_EXAMPLES}"


def _lint_map(job: Job) -> Iterator[Finding]:
    if len(job.steps) < MIN_STEPS:
        message = f"has {len(job.steps)} step(s); describe the job in at least {MIN_STEPS}, from define to conclude"
        yield Finding("error", "few-steps", job.id, "", message)
    low, high = OUTCOMES_PER_STEP
    for step in job.steps:
        if not low <= len(step.outcomes) <= high:
            message = f"has {len(step.outcomes)} outcomes; a step has {low} to {high}"
            yield Finding("warning", "step-outcomes", step.id, "", message)
    low, high = OUTCOMES_PER_JOB[job.scale]
    if not low <= len(job.outcome_by_id) <= high:
        advice = "" if job.scale else "; a full ODI list of 50 to 150 declares `scale: odi`"
        message = f"has {len(job.outcome_by_id)} outcomes; {low} to {high} can be surveyed and compared{advice}"
        yield Finding("warning", "job-outcomes", job.id, "", message)
    if not job.critical_steps:
        message = "has no critical step, so the index has no task success; mark 3 or 4 steps `critical: true`"
        yield Finding("warning", "no-critical-step", job.id, "", message)


def _lint_duplicates(job: Job) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for outcome in job.outcome_by_id.values():
        key = normalised(outcome.statement)
        if key in first:
            message = f"says the same as {first[key]!r}; remove one of them"
            yield Finding("error", "duplicate", outcome.id, first[key], message)
        first.setdefault(key, outcome.id)


def _lint_near_duplicates(job: Job, similarity: Similarity) -> Iterator[Finding]:
    outcomes = tuple(job.outcome_by_id.values())
    if len(outcomes) < 2:
        return
    cosines = similarity([outcome.statement for outcome in outcomes])
    for j, later in enumerate(outcomes):
        for i, earlier in enumerate(outcomes[:j]):
            same = normalised(later.statement) == normalised(earlier.statement)
            if cosines[i, j] > NEAR_DUPLICATE and not same:
                message = f"reads almost like {earlier.id!r} (cosine {cosines[i, j]:.2f}); merge them or set them apart"
                yield Finding("warning", "near-duplicate", later.id, earlier.id, message)
