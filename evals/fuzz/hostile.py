"""Values that break careless readers, and the ways a seeded mutation puts them into records and bytes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

SCRIPT = '<script>window.hurt=1</script><img src=x onerror="window.hurt=1">'

HOSTILE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    10**4000,
    2**63,
    -(2**64),
    1e308,
    -1e-308,
    0.1,
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\ufeff",
    "\u202eevil\u202c",
    "\x1b]0;owned\x07",
    "\x1b[2J",
    "\x9b31m",
    "[bold]x[/bold]",
    "[/]",
    "[/nothing]",
    SCRIPT,
    "{{7*7}}",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1)",
    "-2+3",
    "\t=1",
    "\r=1",
    "../../etc/passwd",
    "/dev/zero",
    "C:\\x",
    "a" * 201,
    "a" * 300_000,
    "\U0001f9d1\u200d\U0001f4bb" * 100,
    "e\u0301" * 500,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30",
    "0000-00-00",
    "2026-01-01T00:00:00+99:99",
    "20260101",
    "1e400",
    "NaN",
    "Infinity",
    "-0",
    "\uff11",
    "\u0661",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"": ""},
    {"a": {}},
    {"\x00": "\ud800"},
    [1, "a", None],
    ["x"] * 6000,
    {"id": []},
    {"$ref": "#"},
    "'; DROP TABLE contacts; --",
    "\n\n\n",
    "WEBVTT",
    "<v Agent>",
)
"""JSON values. Those that JSON cannot carry as they are (lone surrogates) go through its escapes."""

SHREDS: tuple[bytes, ...] = (
    b"\x00",
    b"\xff",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf0\x9f",
    b'"',
    b"'",
    b"\\",
    b"\\u",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b";",
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-",
    b"1" * 5000,
    b"[" * 2000,
    b'{"a":' * 2000,
    b"null",
    b"true",
    b"-->",
    b"<",
    b">",
    b"&",
    b"&#x0;",
    b"&#xd800;",
    b"&#99999999999;",
    b"!!python/object/apply:os.system",
    b"&a ",
    b"*a",
    b"<<: *a",
    b"---",
    b"%YAML 9.9",
    b"\t",
    b"  ",
    b"\x1f\x8b\x08\x00",
    b"PK\x03\x04",
    b"PAR1",
    b"\x1b[31m",
    b"=1+1",
    b"\xe2\x80\xae",
)


def hostile_record(record: Any, rng: random.Random, *, changes: int = 2) -> Any:
    """A copy of a JSON record in which a few values, at any depth, are replaced, doubled, renamed or taken out."""
    changed = _copy(record)
    for _ in range(rng.randint(1, changes)):
        places = list(_places(changed))
        if places:
            holder, key = rng.choice(places)
            _change(holder, key, rng)
    return changed


def hostile_bytes(data: bytes, rng: random.Random, *, changes: int = 3) -> bytes:
    """The bytes with a few flipped, cut out, doubled, or with shreds of other formats pushed in."""
    found = bytearray(data)
    for _ in range(rng.randint(1, changes)):
        at = rng.randrange(len(found) + 1)
        rng.choice(_SURGERY)(found, at, rng)
    return bytes(found)


def _flip(found: bytearray, at: int, rng: random.Random) -> None:
    if at < len(found):
        found[at] ^= 1 << rng.randrange(8)


def _cut(found: bytearray, at: int, rng: random.Random) -> None:
    del found[at : at + rng.choice((1, 2, 16, 400))]


def _end(found: bytearray, at: int, _rng: random.Random) -> None:
    del found[at:]


def _double(found: bytearray, at: int, rng: random.Random) -> None:
    found[at:at] = found[at : at + rng.choice((1, 8, 200))]


def _push(found: bytearray, at: int, rng: random.Random) -> None:
    found[at:at] = rng.choice(SHREDS)


_SURGERY: tuple[Callable[[bytearray, int, random.Random], None], ...] = (
    _flip,
    _flip,
    _cut,
    _end,
    _double,
    _push,
    _push,
)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of everything inside a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(pairs):
        yield value, key
        yield from _places(item)


def _change(holder: Any, key: Any, rng: random.Random) -> None:
    match rng.randrange(10):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[str(rng.choice(HOSTILE))[:300]] = holder.pop(key)
        case 2 if isinstance(holder, list):
            holder.extend([_copy(holder[key])] * rng.choice((1, 2, 50)))
        case 3:
            holder[key] = [holder[key]]
        case 4:
            holder[key] = _deep(rng.choice((5, 60, 200)))
        case 5 if isinstance(holder[key], str):
            text = holder[key]
            at = rng.randrange(len(text) + 1)
            holder[key] = text[:at] + str(rng.choice(HOSTILE))[:2000] + text[at:]
        case _:
            holder[key] = _copy(rng.choice(HOSTILE))


def _deep(levels: int) -> Any:
    value: Any = "deep"
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value
