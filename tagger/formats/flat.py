"""Rows of a table (CSV, Parquet) as contact records: dotted names nested again, text cells given their type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tagger.formats.json_lines import parse_json
from tagger.formats.problems import ContactError
from tagger.model import NONE_FITS

_NESTED = ("segment", "circumstance", "survey", "labels")
_NUMBERS = frozenset(("transfers", "cost", "survey.effort"))
_FLAGS = frozenset(("abandoned", "survey.resolved"))
_TRUE = frozenset(("true", "yes", "y", "1", "t"))
_FALSE = frozenset(("false", "no", "n", "0", "f"))


def nested_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record from one row; empty cells are left out before. Raises ContactError for a cell of the wrong type."""
    record: dict[str, Any] = {}
    for name, cell in row.items():
        value = typed_cell(name, cell)
        outer, dot, inner = name.partition(".")
        if dot and inner and outer in _NESTED:
            nested = record.setdefault(outer, {})
            if not isinstance(nested, dict):
                raise ContactError("wrong-type", f"both {outer} and {name} are given", name)
            nested[inner] = value
        else:
            record[name] = value
    return record


def typed_cell(name: str, cell: Any) -> Any:
    """A text cell as the type that the field needs: a number, a flag, a list of turns; anything else as it is."""
    if not isinstance(cell, str):
        return cell
    if name == "turns" or (name in _NESTED and cell.lstrip().startswith("{")):
        return parse_json(cell.encode("utf-8", "surrogatepass"))
    if name in _NUMBERS:
        return _number(name, cell)
    if name in _FLAGS:
        return _flag(name, cell)
    return None if name == "labels.step" and cell == NONE_FITS else cell


def _number(name: str, cell: str) -> float:
    try:
        return float(cell.strip())
    except ValueError as error:
        raise ContactError("bad-number", f"{name} {cell[:40]!r} is not a number", name) from error


def _flag(name: str, cell: str) -> bool:
    word = cell.strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ContactError("wrong-type", f"{name} {cell[:40]!r} is neither true nor false", name)
