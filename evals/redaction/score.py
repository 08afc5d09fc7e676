"""How much of what was planted was found, how much of what was found was planted, and in which forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from alignment.intervals import wilson_interval
from evals.redaction.plant import Item, Planted
from tagger.model import Contact

Found = tuple[str, int, int]
"""Kind, and characters from and to, of one finding in a turn's original text."""

Finder = Callable[[Contact], Sequence[Sequence[Found]]]
"""What a redactor finds in each turn of a contact."""

DRAWS = 2000


@dataclass(frozen=True)
class Share:
    """`hits` of `size`, with a 95 % interval: the wider of Wilson over items and a bootstrap over forms.

    Items of one form resemble each other, so that items alone would promise too much for forms not seen.
    """

    hits: int
    size: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share; 0 of 0 is 1 with an interval from 0 to 1."""
        return self.hits / self.size if self.size else 1.0

    def as_json(self) -> dict[str, float]:
        """The figure with its interval and how many it is of."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.size}


@dataclass
class Tally:
    """Hits and sizes by form."""

    by_form: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, form: int, *, hits: int, size: int = 1) -> None:
        """Count items of a form."""
        entry = self.by_form[form]
        entry[0] += hits
        entry[1] += size

    def share(self) -> Share:
        """The share over all forms."""
        counts = np.array(list(self.by_form.values()), dtype=float).reshape(-1, 2)
        hits, size = counts.sum(axis=0)
        if not size:
            return Share(0, 0, 0.0, 1.0)
        items = wilson_interval(hits, size)
        rng = np.random.default_rng(0)
        drawn = counts[rng.integers(len(counts), size=(DRAWS, len(counts)))].sum(axis=1)
        low, high = np.quantile(drawn[:, 0] / np.maximum(drawn[:, 1], 1), (0.025, 0.975))
        return Share(int(hits), int(size), min(float(low), items.low), max(float(high), items.high))


@dataclass(frozen=True)
class Scores:
    """Recall and precision by type ('ALL' is every type), items found whole under another type counted as found.

    `typed` is the share of items that were found whole and under their own type. `precision` is by the type that was
    found. `misses` are a few originals by form, for those who build; `worst` the recall of the forms that lose most.
    """

    recall: Mapping[str, Share]
    typed: Mapping[str, Share]
    precision: Mapping[str, Share]
    worst: tuple[tuple[int, float], ...]
    misses: Mapping[int, tuple[str, ...]]
    wrong: Mapping[int, tuple[str, ...]]


def score(planted: Iterable[Planted], finder: Finder) -> Scores:
    """Let a redactor find, and compare."""
    tallies: dict[str, dict[str, Tally]] = {name: defaultdict(Tally) for name in ("recall", "typed", "precision")}
    misses: dict[int, list[str]] = defaultdict(list)
    wrong: dict[int, list[str]] = defaultdict(list)
    for one in planted:
        found = finder(one.contact)
        for item in one.items:
            text = one.contact.turns[item.turn].text
            whole, kinds = _covered(text, item, found[item.turn])
            for kind in (item.kind, "ALL"):
                tallies["recall"][kind].add(_number(one), hits=whole)
                tallies["typed"][kind].add(_number(one), hits=whole and item.kind in kinds)
            if not whole:
                misses[_number(one)].append(text)
        for turn, spans in enumerate(found):
            for kind, start, end in spans:
                right = any(i.turn == turn and i.start < end and start < i.end for i in one.items)
                for name in (kind, "ALL"):
                    tallies["precision"][name].add(_number(one), hits=right)
                if not right:
                    text = one.contact.turns[turn].text
                    wrong[_number(one)].append(f"{kind}: {text[start:end]!r} in {text!r}")
    recall = tallies["recall"]["ALL"].by_form
    worst = sorted(((form, hits / size) for form, (hits, size) in recall.items()), key=lambda entry: entry[1])
    shares = {name: {kind: tally.share() for kind, tally in sorted(by.items())} for name, by in tallies.items()}
    return Scores(
        recall=shares["recall"],
        typed=shares["typed"],
        precision=shares["precision"],
        worst=tuple(entry for entry in worst if entry[1] < 0.95),
        misses={form: tuple(texts[:5]) for form, texts in misses.items()},
        wrong={form: tuple(texts[:5]) for form, texts in wrong.items()},
    )


def _number(one: Planted) -> int:
    """Forms and decoys are counted from 1 each; decoys are told apart by their sign."""
    return one.form.number if one.form.kinds else -one.form.number


def _covered(text: str, item: Item, found: Sequence[Found]) -> tuple[bool, set[str]]:
    """Whether every letter and digit of the item is inside a finding, and the types of those findings."""
    kinds = {kind for kind, start, end in found if start < item.end and item.start < end}
    left = (at for at in range(item.start, item.end) if text[at].isalnum())
    return all(any(start <= at < end for _, start, end in found) for at in left), kinds
