"""Tells two outcomes joined in one statement from a list of objects.

"and", "or" and "/" are errors where they join two metrics, two directions, two verbs or two clauses;
where they only join nouns the statement may still be one outcome, so that is worth a warning.
There is no parser behind this: a few rules on the neighbours of each conjunction, checked in the
tests against statements of both kinds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from taxonomy.statement import Statement
from taxonomy.vocabulary import (
    ADVERBS,
    CONJUNCTIONS,
    DETERMINERS,
    DIRECTION_GERUNDS,
    DIRECTIONS,
    FINITE,
    FIXED_PAIRS,
    GERUND_LEADS,
    MEASURED_IN_CLAUSES,
    METRICS,
    NOT_ADVERBS,
    NOUN_INGS,
    NOUN_VERBS,
    OTHER_METRICS,
    PARTICLES,
    PREPOSITIONS,
    QUESTION_WORDS,
    VERBS,
)

_METRICS = METRICS | OTHER_METRICS
_COUNTS = ("number", "amount", "frequency")
_EFFORT_LEADS = ("takes", "time", "effort", "required", "needed", "able", "how", "steps", "unable")
_WINDOW = 6

Joined = Literal["metrics", "directions", "verbs", "clauses", "slash", "sentences", "nouns"]


@dataclass(frozen=True)
class Join:
    """What a conjunction joins, and the statement's letters around it ("time and effort")."""

    what: Joined
    words: str


@dataclass(frozen=True)
class _Place:
    """A conjunction at tokens `at` to `last`; `right` is the first word that counts after it."""

    statement: Statement
    at: int
    last: int

    @property
    def left(self) -> str:
        return self.word(self.at - 1) if self.word(self.at - 1) != "," else self.word(self.at - 2)

    def word(self, i: int) -> str:
        """Return the word at token `i`, or "" outside the statement."""
        return self.statement.words[i] if 0 <= i < len(self.statement.words) else ""

    @property
    def right_at(self) -> int:
        i = self.last + 1
        while self.word(i) == "," or _is_adverb(self.word(i)):
            i += 1
        return i

    @property
    def before(self) -> tuple[str, ...]:
        return self.statement.words[: self.at]

    @property
    def in_head(self) -> bool:
        return self.at < self.statement.head_end

    @property
    def in_context(self) -> bool:
        return self.at >= self.statement.context_start


def find_join(statement: Statement) -> Join | None:
    """Find the worst thing joined in the statement: two outcomes if any, else a list of nouns, else None."""
    nouns: Join | None = None
    for place in _places(statement):
        what = _judge(place)
        last = min(place.right_at, len(statement.tokens) - 1)
        join = Join(what, statement.span(max(place.at - 1, 0), max(last, place.last)))
        if what != "nouns":
            return join
        nouns = nouns or join
    return nouns


def _places(statement: Statement) -> Iterator[_Place]:
    words = statement.words
    for i, word in enumerate(words):
        if words[i : i + 3] == ("as", "well", "as"):
            yield _Place(statement, i, i + 2)
        elif _is_breaking_mark(statement, i) or _is_joining_word(words, i):
            yield _Place(statement, i, i)
        elif word in DIRECTION_GERUNDS and i and words[i - 1] in {"while", "by"}:
            yield _Place(statement, i - 1, i - 1)


def _is_breaking_mark(statement: Statement, i: int) -> bool:
    match statement.words[i]:
        case "/":
            return not _is_harmless_slash(statement, i)
        case ";":
            return True
        case ".":
            return _is_full_stop(statement, i)
    return False


def _is_joining_word(words: tuple[str, ...], i: int) -> bool:
    return words[i] in CONJUNCTIONS and not _is_fixed_pair(words, i) and not _is_between(words, i)


def _judge(place: _Place) -> Joined:
    marks: dict[str, Joined] = {"/": "slash", ";": "sentences", ".": "sentences"}
    if place.word(place.at) in marks:
        return marks[place.word(place.at)]
    if place.word(place.right_at) in DIRECTIONS | DIRECTION_GERUNDS:
        return "directions"
    if _joins_metrics(place):
        return "metrics"
    if place.in_context:
        return "nouns"
    if _joins_verbs(place) or _joins_gerunds(place):
        return "verbs"
    return "clauses" if _joins_clauses(place) else "nouns"


def _joins_metrics(place: _Place) -> bool:
    i = place.right_at
    while place.word(i) in DETERMINERS | {"total", "overall"}:
        i += 1
    right, follows = place.word(i), place.word(i + 1)
    if place.in_head:
        return place.left in _METRICS or right in _METRICS
    if right in _METRICS and place.left in _METRICS:
        return True
    if right in MEASURED_IN_CLAUSES or (right in _COUNTS and i > place.right_at):
        return follows in {"that", "of"}
    return right in {"time", "effort"} and follows in {"it", "to", "needed", "required"}


def _joins_verbs(place: _Place) -> bool:
    """Whether two infinitives are joined: "to find and order", "to find a card and order it"."""
    right, follows = place.word(place.right_at), place.word(place.right_at + 1)
    if right == "to":
        right, follows = follows, place.word(place.right_at + 2)
        return _has_infinitive(place) and _acts_as_verb(right, follows)
    if _follows_bare_infinitive(place):
        return right.isalpha() and right not in PREPOSITIONS | QUESTION_WORDS | DETERMINERS
    return _has_infinitive(place) and _acts_as_verb(right, follows)


def _acts_as_verb(word: str, follows: str) -> bool:
    if word in VERBS:
        return True
    takes_object = follows in DETERMINERS
    if word in NOUN_VERBS:
        return takes_object or follows in PARTICLES
    # "frobnicate the card": no noun stands right before an article, so an unknown word there is a verb.
    return takes_object and word.isalpha() and word not in PREPOSITIONS | QUESTION_WORDS | DETERMINERS | FINITE


def _follows_bare_infinitive(place: _Place) -> bool:
    """Whether the conjunction comes right after "to VERB", where only another verb can be joined."""
    verb_at = place.at - 1 if place.word(place.at - 1) != "," else place.at - 2
    lead = place.word(verb_at - 2)
    if place.word(verb_at - 1) != "to":
        return False
    right = place.word(place.right_at)
    sure = place.left in VERBS or (place.left in NOUN_VERBS and lead in _EFFORT_LEADS)
    return sure or (place.left in NOUN_VERBS and right in VERBS)


def _has_infinitive(place: _Place) -> bool:
    pairs = zip(place.before, place.before[1:], strict=False)
    return any(first == "to" and second in VERBS | NOUN_VERBS for first, second in pairs)


def _joins_gerunds(place: _Place) -> bool:
    """Whether two actions are joined: "of losing a card and paying a fee"."""
    earlier = zip(place.before, place.before[1:], strict=False)
    return _is_gerund(place.word(place.right_at)) and any(
        lead in GERUND_LEADS and _is_gerund(word) for lead, word in earlier
    )


def _joins_clauses(place: _Place) -> bool:
    """Whether two predicates are joined: "that a card is refused or is late", "... and the payment fails"."""
    clause = _clause_before(place)
    if not any(_is_finite(word) for word in clause):
        return False
    right = place.word(place.right_at)
    if _is_finite(right):
        return True
    if right in QUESTION_WORDS | PREPOSITIONS:
        return False
    return any(_is_finite(word) for word in _clause_after(place))


def _clause_before(place: _Place) -> tuple[str, ...]:
    """Return the words since the clause began ("that ...", "whether ..."), or none when there is no clause."""
    starts = [i for i, word in enumerate(place.before) if word in QUESTION_WORDS]
    return place.before[starts[-1] + 1 :] if starts else ()


def _clause_after(place: _Place) -> tuple[str, ...]:
    """Return the words up to the next conjunction, question word or the context."""
    words = place.statement.words[place.right_at : place.statement.context_start]
    ends = [i for i, word in enumerate(words) if word in QUESTION_WORDS | CONJUNCTIONS | {","}]
    return words[: ends[0]] if ends else words


def _is_finite(word: str) -> bool:
    return word in FINITE or (word.endswith("s") and word[:-1] in VERBS)


def _is_gerund(word: str) -> bool:
    return len(word) > 4 and word.endswith("ing") and word not in NOUN_INGS


def _is_adverb(word: str) -> bool:
    return word in ADVERBS or (word.endswith("ly") and word not in NOT_ADVERBS)


def _is_fixed_pair(words: tuple[str, ...], i: int) -> bool:
    return any(words[i - 1 : i - 1 + len(pair)] == pair for pair in FIXED_PAIRS) or words[i : i + 3] == (
        "and",
        "so",
        "on",
    )


def _is_between(words: tuple[str, ...], i: int) -> bool:
    """Whether this is the "and" of "between X and Y"."""
    near = words[max(0, i - _WINDOW) : i]
    return words[i] == "and" and "between" in near and "and" not in near[near.index("between") :]


def _is_harmless_slash(statement: Statement, i: int) -> bool:
    """Numbers and dates (24/7) and abbreviations of single letters (n/a) are no two outcomes."""
    if not 0 < i < len(statement.words) - 1:
        return False
    left, right = statement.words[i - 1], statement.words[i + 1]
    return (left.isdigit() and right.isdigit()) or (len(left) == 1 and len(right) <= 2)


def _is_full_stop(statement: Statement, i: int) -> bool:
    """Whether a sentence ends here and another one follows."""
    if i + 1 >= len(statement.words):
        return False
    end = statement.tokens[i].end
    return statement.text[end : end + 1].isspace() and len(statement.words[i - 1]) > 2
