"""Files made by hand to be too long, too deep, too many, packed too tightly, or not what they say."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from evals.fuzz.case import Case
from evals.fuzz.seeds import CONTACT

MB = 1024 * 1024
Make = Callable[[Path], Path]


def good_line(number: int) -> bytes:
    """An honest contact as one line."""
    return json.dumps(CONTACT | {"id": f"good-{number}"}).encode()


def lines(name: str, middle: Iterable[bytes], *, good: int = 3) -> Make:
    """A file of good lines with others between them."""

    def make(folder: Path) -> Path:
        path = folder / name
        with path.open("wb") as file:
            for part in (*(good_line(at) + b"\n" for at in range(good)), *middle, b"\n"):
                file.write(part)
            for at in range(good, 2 * good):
                file.write(good_line(at) + b"\n")
        return path

    return make


def repeated(part: bytes, size: int) -> Iterator[bytes]:
    """One part again and again, in pieces of a megabyte or so, until there are `size` bytes."""
    piece = part * max(1, MB // len(part))
    for _ in range(max(1, size // len(piece))):
        yield piece


class Again:
    """A long line that is made anew each time a file is written; a generator would be empty the second time."""

    def __init__(self, part: bytes, size: int, *, start: bytes = b"", end: bytes = b"") -> None:
        self._about = (part, size, start, end)

    def __iter__(self) -> Iterator[bytes]:
        part, size, start, end = self._about
        yield start
        yield from repeated(part, size)
        yield end


def packed(name: str, parts: Iterable[bytes]) -> Make:
    """The parts as one gzip file."""

    def make(folder: Path) -> Path:
        path = folder / name
        with gzip.open(path, "wb", compresslevel=6) as file:
            for part in parts:
                file.write(part)
        return path

    return make


def written(name: str, content: bytes | str) -> Make:
    """A file of just this."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
        return path

    return make


def _record(**more: Any) -> bytes:
    return json.dumps(CONTACT | {"id": "odd"} | more).encode()


def json_lines_cases(*, line_of: int) -> Iterator[Case]:
    """JSON Lines; `line_of` is the length in bytes of the one line that is far too long."""
    yield Case(f"line of {line_of // MB} MB", lines("a.jsonl", Again(b"x" * 1024, line_of)), good=6)
    yield Case("line of 19 MB", lines("a.jsonl", Again(b"y ", 18 * MB, start=b'{"id":"l","text":"', end=b'"}')), good=6)
    yield Case(
        "list of 6 million lists",
        lines("a.jsonl", Again(b"[],", 18 * MB, start=b'{"id":"l","text":"t","x":[', end=b"0]}")),
        good=6,
    )
    many = {f"key-{number}": number for number in range(1_000_000)}
    yield Case(
        "object of a million keys", lines("a.jsonl", [json.dumps({"id": "k", "text": "t", **many}).encode()]), good=6
    )
    yield Case(
        "100,000 turns", lines("a.jsonl", [_record(turns=[{"speaker": "customer", "text": "hi"}] * 100_000)]), good=6
    )
    yield Case(
        "5,000 turns of 3,000 letters",
        lines("a.jsonl", [_record(turns=[{"speaker": "customer", "text": "ab " * 1000}] * 5000)]),
        good=6,
    )
    yield from _odd_values()


def _odd_values() -> Iterator[Case]:
    for depth in (49, 900, 100_000):
        deep = b'{"id":"d","text":"t","x":' + b"[" * depth + b"]" * depth + b"}"
        yield Case(f"{depth:,} levels", lines("a.jsonl", [deep]), good=6)
    yield Case("same key twice", lines("a.jsonl", [b'{"id":"one","id":"two","text":"t"}']), good=6)
    yield Case("newlines only", written("a.jsonl", good_line(0) + b"\n" * 500_000), good=1)
    yield Case("NULs only", lines("a.jsonl", Again(b"\0" * 1024, 3 * MB)), good=6)
    for number in (b"1e400", b"-1e400", b"1" * 10_000, b"NaN", b"-Infinity", b"0." + b"0" * 5000 + b"1"):
        yield Case(
            f"cost {number[:9].decode()}", lines("a.jsonl", [b'{"id":"n","text":"t","cost":' + number + b"}"]), good=6
        )
    for odd in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1969-12-31", "0001-01-02"):
        yield Case(f"started_at {odd}", lines("a.jsonl", [_record(started_at=odd, ended_at=None)]), good=6)
    for encoding in ("utf-16", "utf-32", "utf-8-sig"):
        yield Case(f"as {encoding}", written("a.jsonl", json.dumps(CONTACT).encode(encoding)))
    yield Case("id of 10,000 letters", lines("a.jsonl", [_record(id="i" * 10_000)]), good=6)


def gzip_cases(*, size: int) -> Iterator[Case]:
    """Packed files; `size` is what the bombs unpack to, in bytes."""
    zeros = Again(b"\0" * 1024, size)
    yield Case(f"{size // MB} MB of zeros, packed", packed("a.jsonl.gz", [*[good_line(0) + b"\n"], *zeros]), good=1)
    short = Again(b'{"id":"z","text":"z"}\n', min(size, MB))
    yield Case("one short line again and again, packed", packed("b.jsonl.gz", [good_line(0) + b"\n", *short]), good=1)
    inner = gzip.compress(gzip.compress(bytes(32 * MB)))
    yield Case("packed twice", written("c.jsonl.gz", gzip.compress(inner)))
    yield Case(
        "200,000 empty members",
        written("d.jsonl.gz", gzip.compress(b"") * 200_000 + gzip.compress(good_line(1))),
        good=1,
    )
    whole = gzip.compress(b"\n".join(good_line(at) for at in range(200)))
    yield Case("broken in the middle", written("e.jsonl.gz", whole[: len(whole) // 2] + b"\xff" * 64))
    yield Case("a zip named .gz", written("f.jsonl.gz", b"PK\x03\x04" + bytes(100)))
    yield Case("a zip named .jsonl", written("f.jsonl", b"PK\x03\x04" + bytes(100)))


def document_cases() -> Iterator[Case]:
    """Files named .json."""
    yield Case("list of 100,000 empty items", written("a.json", b"[" + b"{}," * 100_000 + good_line(0) + b"]"), good=1)
    yield Case("list never closed, 5,000 brackets", written("b.json", b"[" * 5000 + good_line(0)))
    yield Case(
        "document of 63 MB of lists", written("c.json", b'{"id":"l","text":"t","x":[' + b"[]," * (21 * MB) + b"0]}")
    )
    yield Case("document of 70 MB", written("d.json", b'{"id":"l","text":"' + b"x" * (70 * MB) + b'"}'))
    yield Case("a string never closed", written("e.json", b'[{"id":"a","text":"' + b"x" * (30 * MB)))
    yield Case("backslashes", written("f.json", b'["' + b"\\" * (5 * MB)))


def csv_cases() -> Iterator[Case]:
    """Tables."""
    head = b"id,text\n"
    yield Case("a quote never closed", written("a.csv", head + b'q,"open\n' + b"r,fine\n" * 30_000))
    yield Case("a quote on every line", written("b.csv", head + b'q,"\n' * 20_000))
    yield Case("three quotes on every line", written("c.csv", head + b'q,"""\n' * 20_000))
    yield Case(
        "100,000 columns",
        written("d.csv", b",".join([b"id", b"text", *[b"c%d" % n for n in range(100_000)]]) + b"\n1,t\n"),
    )
    yield Case(
        "same column 1,000 times", written("e.csv", b"id,text" + b",text" * 1000 + b"\n1,t" + b",u" * 1000 + b"\n")
    )
    yield Case("first line of 30 MB", written("f.csv", b"id,text," + b"x" * (30 * MB) + b"\n1,t\n"))
    yield Case(
        "cell of 500,000 lines",
        written("g.csv", head + b'1,"' + b"some words of a cell that goes on\n" * 500_000 + b'"\n2,fine\n'),
    )
    yield Case("NULs in cells", written("h.csv", head + b"1,a\0b\n\0,t\n3,fine\n"), good=1)
    yield Case("deep JSON in turns", written("i.csv", b'id,turns\n1,"' + b"[" * 100_000 + b'"\n'))
    yield Case("carriage returns", written("j.csv", head + b"1,a\rb\r2,b\r\n3,fine\n"))
    yield Case("formula cells", written("k.csv", head + b"=1+1,\"=cmd|' /C calc'!A0\"\n+1,@x\n"), good=2)


def webvtt_cases() -> Iterator[Case]:
    """Captions."""
    cue = b"00:00:01.000 --> 00:00:02.000\n"
    yield Case("19 MB of one-letter captions", written("a.vtt", b"WEBVTT\n\n" + cue + b"a\n" * (9 * MB)))
    yield Case("600,000 cues", written("b.vtt", b"WEBVTT\n\n" + (cue + b"a\n\n") * 600_000))
    yield Case("30 MB", written("c.vtt", b"WEBVTT\n\n" + cue + b"x" * (30 * MB)))
    yield Case("a million tags", written("d.vtt", b"WEBVTT\n\n" + cue + b"<b>" * 1_000_000 + b"\n"))
    yield Case("half tags", written("e.vtt", b"WEBVTT\n\n" + cue + b"<v " * 1_000_000 + b"\n"))
    yield Case("entities", written("f.vtt", b"WEBVTT\n\n" + cue + b"&#x0;&#xd800;&#999999999999;&amp" * 30_000 + b"\n"))
