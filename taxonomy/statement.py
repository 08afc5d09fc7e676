"""An outcome statement taken apart: direction + metric + object of control [+ context] [+ examples]."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from taxonomy.vocabulary import CONTEXT_STARTS, DIRECTIONS, HEAD_ENDS, METRIC_FRAMES, METRICS, OTHER_METRICS, SCAFFOLD

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[/&;,.()\ue000]")
_EXAMPLES = re.compile(
    r"[,(;]?\s*(?:\be\.\s?g\.?|\beg\b|\bfor example\b|\bfor instance\b|\bsuch as\b)[,:]?([^)]*)\)?", re.I
)
_LIST_SEPARATOR = re.compile(r",|\band\b|\bor\b|/", re.I)
_TERM = "\ue000"


@dataclass(frozen=True)
class Token:
    """A word or a mark in lower case; `start` and `end` are its place in the statement."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Statement:
    """A statement with its tokens; glossary terms are blanked, so that no rule reads them.

    `tokens` leave out the examples; `examples` are their texts.
    """

    text: str
    tokens: tuple[Token, ...]
    example_tokens: tuple[Token, ...]
    examples: tuple[str, ...]

    @classmethod
    def read(cls, text: str, glossary: Sequence[str] = ()) -> Statement:
        """Take `text` apart; the terms of `glossary` count as one neutral word each."""
        masked = _blank_terms(text, glossary)
        found = _EXAMPLES.search(masked)
        main, listed = masked, ""
        if found:
            main = masked[: found.start()] + " " * len(found[0]) + masked[found.end() :]
            listed = " " * found.start(1) + found[1]
        examples = tuple(part.strip() for part in _LIST_SEPARATOR.split(listed) if part.strip(" ."))
        return cls(text, tuple(_tokens(main)), tuple(_tokens(listed)), examples)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The tokens' words, examples left out."""
        return tuple(token.word for token in self.tokens)

    @property
    def direction(self) -> str:
        """The first word if it is a direction, else ""."""
        return self.words[0] if self.words and self.words[0] in DIRECTIONS else ""

    @cached_property
    def head_end(self) -> int:
        """The position after the noun phrase that holds the metric."""
        start = 1 if self.direction else 0
        for i in range(start, len(self.words)):
            framed = self.words[i] == "of" and self.words[i - 1] in METRIC_FRAMES
            if self.words[i] in HEAD_ENDS and not framed:
                return i
        return len(self.words)

    @cached_property
    def metric_at(self) -> int | None:
        """The position of the metric, or None: the first metric word of the head."""
        places = (i for i in range(self.head_end) if self.words[i] in METRICS | OTHER_METRICS)
        return next(places, None)

    @property
    def metric(self) -> str:
        """The metric word, or ""."""
        return "" if self.metric_at is None else self.words[self.metric_at]

    @cached_property
    def context_start(self) -> int:
        """The position where the context begins (when, while, in case ...), or the number of tokens."""
        for i in range(self.head_end, len(self.words)):
            if self.words[i] in CONTEXT_STARTS or self.words[i : i + 2] == ("in", "case"):
                return i
        return len(self.words)

    @property
    def has_object(self) -> bool:
        """Whether anything stands after the metric besides "it takes to", "of the" and the like."""
        rest = self.words[self.head_end :]
        return any(word.isalnum() and word not in SCAFFOLD for word in rest) or _TERM in rest

    def span(self, first: int, last: int) -> str:
        """Return the statement's own letters from token `first` to token `last`, both included."""
        return self.text[self.tokens[first].start : self.tokens[last].end]

    def find(self, phrases: Collection[tuple[str, ...]]) -> str:
        """Find the first of `phrases` in the statement or its examples, as written there, or ""."""
        for tokens in (self.tokens, self.example_tokens):
            for i in range(len(tokens)):
                for length in (4, 3, 2, 1):
                    part = tokens[i : i + length]
                    if tuple(token.word for token in part) in phrases:
                        return self.text[part[0].start : part[-1].end]
        return ""


def normalised(text: str) -> str:
    """Return the words in lower case with single spaces: equal for statements that say the same."""
    return " ".join(token.word for token in _tokens(text) if token.word.isalnum() or "'" in token.word)


def _blank_terms(text: str, glossary: Sequence[str]) -> str:
    for term in sorted(glossary, key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(term)}(?!\w)"
        text = re.sub(pattern, lambda found: _TERM.ljust(len(found[0])), text, flags=re.I)
    return text


def _tokens(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        yield Token(found[0].lower().replace("’", "'"), found.start(), found.end())
