"""What a job's labels mean, in the words of people who have the trouble: made from statements by rules."""

from __future__ import annotations

import re
from functools import cache

from classifiers.anchors import Meanings, Situation
from tagger.labels import STEP_ONLY
from tagger.situations import known_situations
from taxonomy.model import Job

_MEASURE = re.compile(
    r"^(?:minimi[sz]e|maximi[sz]e|reduce|increase|decrease)\s+the\s+"
    r"(?:time|likelihood|chance|risk|number|amount|effort|cost|share|frequency)\s*"
    r"(?:it takes (?:to|for)|(?:needed|required) to|that|of|to)?\s*",
    re.IGNORECASE,
)
_FINDING_OUT = re.compile(
    r"^(?:determine|know|find out|find|identify|learn|understand|see|check|confirm|verify)\s+", re.IGNORECASE
)
_EXAMPLES = re.compile(r",?\s*e\.g\.\s*")
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")


def descriptions(job: Job) -> Meanings:
    """For every label of the job a few ways in which a customer may mean it, and situations that may belong to it."""
    return Meanings(_labels_of(job), _situations())


@cache
def _situations() -> tuple[Situation, ...]:
    """The situations that Headway knows, their needs said as customers say them."""
    return tuple(Situation(tuple(_as_wish(one.need)), one.name, one.said) for one in known_situations())


def _labels_of(job: Job) -> dict[str, tuple[str, ...]]:
    meant = {outcome.id: ways_to_say(outcome.statement) for step in job.steps for outcome in step.outcomes}
    for step in job.steps:
        meant[step.id + STEP_ONLY] = tuple(dict.fromkeys((step.name, *ways_to_say(step.statement or step.name))))
    return meant


def ways_to_say(statement: str) -> tuple[str, ...]:
    """The statement without its direction and metric, as a wish, a question, a complaint; each example apart."""
    measure = _MEASURE.match(statement)
    about, *examples = _EXAMPLES.split(statement[measure.end() :] if measure else statement)
    risk = bool(measure) and "time" not in statement[: measure.end() if measure else 0].lower()
    said = _as_trouble(about) if risk else _as_wish(about)
    for example in (part.strip() for part in ",".join(examples).split(",") if part.strip()):
        said += [f"{about} {example}", example]
    return tuple(dict.fromkeys(said))


def _as_wish(about: str) -> list[str]:
    """Of "close the account": how do I, I want to, I can't ..."""
    said = [
        about,
        f"How do I {about}?",
        f"I want to {about}",
        f"I can't {about}",
        f"how long does it take to {about}",
        _mine(about),
    ]
    known = _FINDING_OUT.sub("", about)
    return said if known == about else [*said, known, _mine(known), f"{known}?"]


def _as_trouble(about: str) -> list[str]:
    """Of "a transfer is refused": my transfer is refused, why ..."""
    said = [about, _mine(about), f"why {_mine(about)}?", f"problem: {about}"]
    if about.startswith("being "):
        said += [f"I was {about[6:]}", f"why was I {about[6:]}?"]
    return said


def _mine(about: str) -> str:
    return _ARTICLE.sub("my", about, count=1)
