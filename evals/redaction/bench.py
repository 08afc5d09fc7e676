"""What is claimed of redaction, measured in one run: planted items, decoys, speed, a baseline, public data."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from evals.redaction.plant import Planted, Writing, draw, read_forms
from evals.redaction.presidio import NoPresidioError, both, open_presidio
from evals.redaction.public import PublicSet, read_public
from evals.redaction.score import Finder, Found, Scores, Share, Tally, score
from tagger.model import Contact
from tagger.redact import redact_turns

WRITINGS: tuple[Writing, ...] = get_args(Writing)
TARGET = 2000
"""Messages a second on one core that redaction must keep up with."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class System:
    """A redactor by name, its scores by writing of the forms, the share of decoys it changed, and messages a second."""

    name: str
    writings: Mapping[Writing, Scores]
    decoys: Mapping[Writing, Share]
    per_second: float


@dataclass(frozen=True)
class RedactionBench:
    """The result; `skipped` says what was not measured and why."""

    items: int
    forms: int
    systems: tuple[System, ...]
    public: tuple[PublicSet, ...]
    skipped: tuple[str, ...]


def ours(contact: Contact) -> list[list[Found]]:
    """What Headway finds."""
    return [[(span.kind, span.start, span.end) for span in turn.spans] for turn in redact_turns(contact)]


def redaction_bench(
    *, items: int, decoys: int, data: Path | None, sample: int, seed: int, baseline: bool, say: Say
) -> RedactionBench:
    """Measure; `items` planted at least, `decoys` messages without personal data at least."""
    planted, plain = draw("forms", wanted=items, seed=seed), draw("decoys", wanted=decoys, seed=seed)
    skipped = []
    finders: dict[str, Finder] = {"headway": ours}
    try:
        if baseline:
            presidio = open_presidio()
            finders |= {"presidio": presidio, "headway + presidio": both(ours, presidio)}
            finders["presidio, score 0"] = presidio.at(0.0)
    except NoPresidioError as missing:
        skipped.append(f"presidio: {missing}")
    systems = []
    for name, finder in finders.items():
        say(f"{name}: {len(planted):,} contacts with planted items, {len(plain):,} decoys")
        systems.append(measure(name, finder, planted, plain))
    if data is None:
        skipped.append("public data: no --data DIR")
    public = read_public(data, sample=sample, seed=seed) if data else []
    count = sum(len(one.items) for one in planted)
    return RedactionBench(count, len(read_forms()), tuple(systems), tuple(public), tuple(skipped))


def measure(name: str, finder: Finder, planted: Sequence[Planted], plain: Sequence[Planted]) -> System:
    """One redactor on each writing of the forms; the clock counts processor time of this one thread."""
    seconds, turns = 0.0, 0

    def timed(contact: Contact) -> Sequence[Sequence[Found]]:
        nonlocal seconds, turns
        start = time.thread_time()
        found = finder(contact)
        seconds += time.thread_time() - start
        turns += len(contact.turns)
        return found

    # the decoys count for precision: what is found in them was not planted
    scores = {
        writing: score([one for one in (*planted, *plain) if one.form.writing == writing], timed)
        for writing in WRITINGS
    }
    changed = {writing: _changed([one for one in plain if one.form.writing == writing], finder) for writing in WRITINGS}
    return System(name, scores, changed, turns / seconds if seconds else 0.0)


def _changed(plain: Sequence[Planted], finder: Finder) -> Share:
    tally = Tally()
    for one in plain:
        tally.add(one.form.number, hits=any(finder(one.contact)))
    return tally.share()
