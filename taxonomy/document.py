"""A YAML file as a tree that knows its lines, safe to read when a stranger wrote it.

Aliases, tags and deep nesting are refused before any tree is built, so a small file cannot grow
into a large one and no Python object is ever made from it. Values stay text until a `Cursor` is
asked for one, so that a label such as `007` or `no` is what the author wrote.
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_DEPTH = 20
MAX_EVENTS = 100_000
"""Names, values, lists and their ends in a job file; a large job has some two thousand."""

MAX_TEXT = 1000
MAX_ID = 100
_FEW = 15
RESERVED_ID = "_none"

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same rules, ten times faster when built with libyaml
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off"}
_KINDS: dict[type[yaml.Node], str] = {yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list"}


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file. `line` counts from 1; `field` is a path such as `steps[2].stage`."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        return f"{self.file}:{self.line}: {where}{self.message}"


@dataclass
class Report:
    """Gathers every problem of one file, so that its author reads all of them at once."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int, path: str, message: str) -> None:
        """Note a problem at `line` (from 1) and field `path`."""
        self.problems.append(Problem(self.file, line, path, message))


@dataclass(frozen=True)
class Cursor:
    """A place in the tree. Every reader method notes a problem and returns a harmless value on bad input."""

    node: yaml.Node
    path: str
    report: Report

    @property
    def line(self) -> int:
        """The line this value starts on, from 1."""
        return int(self.node.start_mark.line) + 1

    def problem(self, message: str) -> None:
        """Note that this value is wrong."""
        self.report.add(self.line, self.path, message)

    def entries(self) -> dict[str, Cursor]:
        """Read a mapping by key; duplicate keys are a problem, entries left empty are absent."""
        found: dict[str, Cursor] = {}
        for key, value in self._pairs():
            at = Cursor(value, f"{self.path}.{key.value}" if self.path else str(key.value), self.report)
            if not isinstance(key, yaml.ScalarNode):
                Cursor(key, self.path, self.report).problem("a key must be a word, not a list or a mapping")
            elif key.value in found:
                at.problem("is given twice; keep one")
            else:
                found[key.value] = at
        return {name: at for name, at in found.items() if not at.is_null}

    def record(self, known: Collection[str], required: Collection[str] = ()) -> dict[str, Cursor]:
        """Read a mapping with fixed field names; unknown and missing ones are problems."""
        entries = self.entries()
        for name in [name for name in entries if name not in known]:
            entries.pop(name).problem(f"is not a field here{hint(name, known)}")
        if isinstance(self.node, yaml.MappingNode):
            for name in (name for name in required if name not in entries):
                path = f"{self.path}.{name}" if self.path else name
                self.report.add(self.line, path, "is missing; it is required")
        return entries

    def items(self) -> list[Cursor]:
        """Read a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.problem(f"must be a list, not {self.kind}")
            return []
        return [Cursor(item, f"{self.path}[{i}]", self.report) for i, item in enumerate(self.node.value)]

    def text(self) -> str:
        """Read words for people, on one line; at most `MAX_TEXT` characters."""
        if not isinstance(self.node, yaml.ScalarNode) or self.kind != "text":
            self.problem(f"must be text, not {self.kind}")
            return ""
        words = " ".join(self.node.value.split())
        if not words:
            self.problem("must not be empty")
        if len(words) > MAX_TEXT:
            self.problem(f"is {len(words)} characters long; at most {MAX_TEXT} are allowed")
        if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in words):
            self.problem("holds a control character; remove it")
        return words

    def label(self) -> str:
        """Read a value used as a label: the scalar exactly as written, whatever YAML would make of it."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.problem(f"must be a single word, not {self.kind}")
            return ""
        return str(self.node.value)

    def identifier(self) -> str:
        """Read a label that others refer to: printable, without spaces, at most `MAX_ID` characters, not reserved."""
        name = self.label()
        if isinstance(self.node, yaml.ScalarNode):
            if not name or len(name) > MAX_ID or not name.isprintable() or any(map(str.isspace, name)):
                self.problem(
                    f"{name[:MAX_ID]!r} cannot be an id; use 1 to {MAX_ID} printable characters without spaces"
                )
            if name == RESERVED_ID:
                self.problem(f"{RESERVED_ID!r} is reserved for contacts that fit no step; choose another id")
        return name

    def number(self, low: float = -math.inf, high: float = math.inf, *, open_ends: bool = False) -> float:
        """Read a finite number from `low` to `high`, or strictly between them with `open_ends`."""
        value = self._plain_number()
        if value is None:
            self.problem(f"must be a number, not {self._shown()}")
            return math.nan
        inside = low < value < high if open_ends else low <= value <= high
        if not math.isfinite(value) or not inside:
            self.problem(f"{self.node.value} is out of range; use a number {_span(low, high, open_ends)}".rstrip())
        return value

    def integer(self, low: int, high: int) -> int:
        """Read a whole number from `low` to `high`."""
        value = self._plain_number()
        if value is None or not math.isfinite(value) or value != int(value):
            self.problem(f"must be a whole number, not {self._shown()}")
            return low
        if not low <= value <= high:
            self.problem(f"{self.node.value} is out of range; use a whole number from {low} to {high}")
        return int(value)

    def flag(self) -> bool:
        """Read true or false."""
        word = str(self.node.value).lower() if self._is_plain else ""
        if word not in _TRUE | _FALSE:
            self.problem(f"must be true or false, not {self._shown()}")
        return word in _TRUE

    def choice(self, options: Collection[str], what: str) -> str:
        """Read one of `options`; `what` names the kind of thing in the message."""
        word = self.label()
        if word in options:
            return word
        if isinstance(self.node, yaml.ScalarNode):
            self.problem(f"{word!r} is not {what}; use one of {', '.join(options)}")
        return next(iter(options))

    @property
    def kind(self) -> str:
        """What the author wrote, in words: a mapping, a list, text, a number, true or false, nothing."""
        if isinstance(self.node, yaml.ScalarNode):
            names = {"int": "a number", "float": "a number", "bool": "true or false", "null": "nothing"}
            return names.get(self.node.tag.rpartition(":")[2], "text")
        return _KINDS[type(self.node)]

    @property
    def is_null(self) -> bool:
        """Whether the value was left empty."""
        return self.kind == "nothing"

    def plain(self) -> Any:
        """Turn the content into dicts, lists, numbers, flags, None and text; the digest is taken of this."""
        if isinstance(self.node, yaml.MappingNode):
            return {str(key.value): Cursor(value, "", self.report).plain() for key, value in self.node.value}
        if isinstance(self.node, yaml.SequenceNode):
            return [Cursor(item, "", self.report).plain() for item in self.node.value]
        match self.kind:
            case "nothing":
                return None
            case "true or false":
                return self.node.value.lower() in _TRUE
            case _:
                number = self._plain_number() if self.kind == "a number" else None
                return self.node.value if number is None else number

    def _pairs(self) -> list[tuple[yaml.Node, yaml.Node]]:
        if isinstance(self.node, yaml.MappingNode):
            return list(self.node.value)
        self.problem(f"must be a mapping of names to values, not {self.kind}")
        return []

    @property
    def _is_plain(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode) and not self.node.style

    def _plain_number(self) -> float | None:
        return float(self.node.value) if self._is_plain and _NUMBER.fullmatch(self.node.value) else None

    def _shown(self) -> str:
        return repr(self.node.value[:40]) if isinstance(self.node, yaml.ScalarNode) else self.kind


def hint(word: str, known: Collection[str]) -> str:
    """Name the nearest known word as a question, or all known words where few, to end a message with."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.6)
    if near:
        return f"; did you mean {by_lower[near[0]]!r}?"
    return f"; known here: {', '.join(known)}" if 0 < len(known) <= _FEW else ""


def open_document(text: str, report: Report) -> Cursor | None:
    """Return the root of the one YAML document in `text`, or None after noting in `report` why not."""
    try:
        _refuse_dangers(text, report)
        if report.problems:
            return None
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        report.add(mark.line + 1 if mark else 1, "", f"is not valid YAML: {error.problem or error}")
        return None
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        report.add(line, "", f"is not valid YAML: {getattr(error, 'reason', error)}")
        return None
    if root is None:
        report.add(1, "", "is empty; see docs/jobs.md for a small example to start from")
        return None
    return Cursor(root, "", report)


def _refuse_dangers(text: str, report: Report) -> None:
    depth = documents = 0
    events: Iterable[Any] = yaml.parse(text, Loader=_LOADER)
    for number, event in enumerate(events):
        line = int(event.start_mark.line) + 1
        if number > MAX_EVENTS:
            report.add(line, "", f"holds more than {MAX_EVENTS:,} names, values and lists; a job file is a short text")
            return
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            report.add(line, "", "anchors (&) and aliases (*) are not allowed; write the value out")
        if tag := getattr(event, "tag", None):
            report.add(line, "", f"the tag {tag!r} is not allowed; write plain values")
        if depth > MAX_DEPTH or documents > 1:
            what = "lists and mappings are nested too deeply" if depth > MAX_DEPTH else "holds a second document (---)"
            report.add(line, "", f"{what}; a job file is one shallow document")
            return


def _span(low: float, high: float, open_ends: bool) -> str:
    if math.isinf(low) and math.isinf(high):
        return ""
    if math.isinf(high):
        return f"above {low:g}" if open_ends else f"of at least {low:g}"
    return f"strictly between {low:g} and {high:g}" if open_ends else f"from {low:g} to {high:g}"
