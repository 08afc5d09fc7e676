"""Findings in a text become placeholders: overlaps resolved, originals numbered, offsets kept."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from tagger.redaction.lists import EVERYWHERE, Rules
from tagger.redaction.misspelt import misspelt
from tagger.redaction.recogniser import KINDS, MASK, Hit
from tagger.redaction.table import RECOGNISERS

PLACEHOLDER = re.compile(rf"\[({'|'.join(KINDS)})_(\d{{1,6}})\]")

MAX_PASSES = 20
"""A value taken out may bring another into sight; ordinary text is done after two passes."""

_DIGIT = re.compile(r"\d")
_FILLER = re.compile(
    r"(?<![\w'’-])(?:u+m+|u+h+|er+m?|eh+|h+m+|mhm|ah+"
    r"|(?<!do )(?<!if )(?<!let )(?<!did )(?<!as )(?<!would )(?<!should )you know(?! (?:if|what|when|where|why|how|who"
    r"|that|the|about|of|my|which|any|whether)\b))(?![\w'’-])[,.…]{0,3}\s{0,3}",
    re.IGNORECASE,
)
"""Sounds of thinking: `my uh name is` says what `my name is` says."""
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]+")
"""Signs without a width between two digits or letters: pages and chat programs leave them in what people paste."""
_DASHES = "\u2010\u2011\u2012\u2013\u2212\ufe63"
_ALIKE: dict[int, int | str] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **{zero + digit: ord("0") + digit for zero in (0x0660, 0x06F0, 0x0966) for digit in range(10)},
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " "),
}
"""One sign for one sign, so that offsets stay: full-width forms, other digits, and what only looks like - and space."""
_NUMBERS = frozenset(("CARD", "IBAN", "ID", "DOB", "PHONE", "ORDER", "ACCOUNT"))


@dataclass(frozen=True)
class Span:
    """One finding: characters `start` to `end` of the original text, and what stands there now."""

    kind: str
    start: int
    end: int
    placeholder: str


class Pseudonyms:
    """Numbers the originals of one contact: the same value gets the same placeholder everywhere in it."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._next: dict[str, int] = {}
        self._given: dict[tuple[str, str], str] = {}
        for text in texts:
            for match in PLACEHOLDER.finditer(text):
                self._next[match[1]] = max(self._next.get(match[1], 1), int(match[2]) + 1)

    def of(self, kind: str, value: str) -> str:
        """The placeholder for a value; spelling differences that mean nothing are ignored."""
        key = (kind, _plain(kind, value))
        if key not in self._given:
            number = self._next.get(kind, 1)
            self._next[kind] = number + 1
            self._given[key] = f"[{kind}_{number}]"
        return self._given[key]

    def has(self, kind: str, value: str) -> bool:
        """Whether this value has a placeholder already."""
        return (kind, _plain(kind, value)) in self._given


class Marking:
    """One text while it is searched.

    `work` shows each finding, and each placeholder already there, as one MASK, leaves out sounds of thinking and signs
    without a width, writes signs that only look like others as these, and cues as they are spelt.
    """

    def __init__(self, text: str, rules: Rules = EVERYWHERE) -> None:
        self.text = text
        self.rules = rules
        self.marks = [Span(m[1], m.start(), m.end(), m[0]) for m in PLACEHOLDER.finditer(text)] if "[" in text else []
        self._plain = text.isascii()
        left_out = [(*match.span(), "") for pattern in self._left_out() for match in pattern.finditer(text)]
        self._changes = sorted([*left_out, *misspelt(text)])
        self._lay_out()
        self.add(rules.denied(self.work))

    def add(self, hits: Iterable[Hit]) -> bool:
        """Take out these findings (offsets in `work`); False when there was nothing to take out."""
        new = (hit for hit in hits if MASK not in self.work[hit.start : hit.end])
        chosen = resolve(self.rules.kept(new, self.work))
        for hit in chosen:
            self.marks.append(Span(hit.kind, self._original(hit.start)[0], self._original(hit.end - 1)[1], ""))
        if chosen:
            self.marks.sort(key=lambda mark: mark.start)
            self._lay_out()
        return bool(chosen)

    def values(self, kind: str) -> list[str]:
        """The originals found so far of one kind."""
        return [self.text[mark.start : mark.end] for mark in self.marks if mark.kind == kind and not mark.placeholder]

    def render(self, name: Callable[[str, str], str]) -> tuple[str, tuple[Span, ...]]:
        """The redacted text and its new findings; `name` gives the placeholder for a kind and an original."""
        parts, spans, at = [], [], 0
        for mark in self.marks:
            placeholder = mark.placeholder or name(mark.kind, self.text[mark.start : mark.end])
            parts += [self.text[at : mark.start], placeholder]
            at = mark.end
            if not mark.placeholder:
                spans.append(Span(mark.kind, mark.start, mark.end, placeholder))
        return "".join([*parts, self.text[at:]]), tuple(spans)

    def retype(self, kind: str, other: str) -> None:
        """What was only guessed to be of a kind is of another: the question before it says so."""
        self.marks = [
            replace(mark, kind=other) if mark.kind == kind and not mark.placeholder else mark for mark in self.marks
        ]

    def _left_out(self) -> tuple[re.Pattern[str], ...]:
        return (_FILLER,) if self._plain else (_FILLER, _INVISIBLE)

    def _lay_out(self) -> None:
        cuts = [(mark.start, mark.end, MASK) for mark in self.marks]
        if self._changes:
            ends = [mark.end for mark in self.marks]
            cuts = sorted([*cuts, *(change for change in self._changes if not self._marked(*change[:2], ends))])
        parts, at, written = [], 0, 0
        self._starts, self._work_starts, self._cuts = [], [], cuts
        for start, end, shown in [*cuts, (len(self.text), len(self.text), "")]:
            piece = self.text[at:start] + shown
            self._starts.append(at)
            self._work_starts.append(written)
            parts.append(piece)
            written += len(piece)
            at = end
        work = "".join(parts)
        self.work = work if self._plain else work.translate(_ALIKE)

    def _marked(self, start: int, end: int, ends: list[int]) -> bool:
        at = bisect_right(ends, start)
        return at < len(ends) and self.marks[at].start < end

    def _original(self, at: int) -> tuple[int, int]:
        """Where a character of `work` stands in the text, from and to: of a word shown as it is spelt, the whole."""
        piece = bisect_right(self._work_starts, at) - 1
        place = self._starts[piece] + at - self._work_starts[piece]
        if piece < len(self._cuts) and place >= self._cuts[piece][0]:
            return self._cuts[piece][:2]
        return place, place + 1


@lru_cache(maxsize=8192)
def find_all(text: str) -> tuple[Hit, ...]:
    """What every recogniser sees in a text, highest priority first; hits may overlap.

    Agents say the same sentences all day: what was seen in one is remembered.
    """
    lowered = text.lower()
    digit = _DIGIT.search(text) is not None
    hits: list[Hit] = []
    for recogniser in RECOGNISERS:
        hints = recogniser.hints
        if not hints or (hints[0] == "0" and digit) or any(hint in lowered for hint in hints if hint != "0"):
            hits += recogniser.find(text)
    return tuple(hits)


def resolve(hits: Iterable[Hit]) -> list[Hit]:
    """The hits to keep, in order of priority: one that overlaps a kept one is dropped."""
    kept: list[Hit] = []
    taken: list[tuple[int, int]] = []
    for hit in hits:
        at = bisect_right(taken, (hit.start, hit.start))
        before = at > 0 and taken[at - 1][1] > hit.start
        after = at < len(taken) and taken[at][0] < hit.end
        if not before and not after:
            kept.append(hit)
            taken.insert(at, (hit.start, hit.end))
    return kept


def _plain(kind: str, value: str) -> str:
    folded = " ".join(value.casefold().split())
    return re.sub(r"[\s().-]", "", folded) if kind in _NUMBERS else folded
