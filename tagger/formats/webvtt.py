"""WebVTT: one captioned call a file, its voice tags (`<v Customer>`) or `Customer:` prefixes naming who speaks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from tagger.formats.chunks import MAX_LINE, Line, problem_of, split_lines
from tagger.formats.foreign import speaker_of
from tagger.formats.outcome import Found, Rejected, rejected
from tagger.formats.problems import ContactError
from tagger.formats.record import MAX_TURN_LENGTH, MAX_TURNS

_CUE = re.compile(r"^\s*(?:\d{1,6}:)?\d{1,2}:\d{2}[.,]\d{3}\s+-->\s")
_VOICE = re.compile(r"^<v(?:\.[\w.-]{1,80})?\s+([^>]{1,80})>")
_PREFIX = re.compile(r"^([A-Za-z][\w -]{1,24}):\s+")
_TAG = re.compile(r"</?[a-z0-9][^<>]{0,200}>", re.IGNORECASE)


def read_webvtt(source: Iterator[bytes], *, name: str) -> Iterator[Found | Rejected]:
    """One record: the file's name is its id, captions in a row by one speaker are one turn.

    Captions that name nobody are the speaker's before them; a file that names nobody at all is one customer turn.
    """
    raw = bytearray()
    try:
        turns = _turns(_captions(_text(split_lines(source), raw)))
    except UnicodeDecodeError:
        yield rejected(1, ContactError("invalid-utf8", "not valid UTF-8; save the file as UTF-8"), bytes(raw))
    except ContactError as error:
        yield rejected(raw.count(b"\n") or 1, error, bytes(raw), contact_id=name)
    else:
        yield Found({"id": name, "channel": "voice", "turns": turns}, 1, bytes(raw))


def _text(lines: Iterator[Line], raw: bytearray) -> Iterator[str]:
    """Line by line, each kept in `raw` too. Raises ContactError, UnicodeDecodeError."""
    begun = False
    for line in lines:
        raw += line.data + b"\n"
        problem = problem_of(line)
        if problem is None and len(raw) > MAX_LINE:
            problem = ContactError("line-too-long", f"longer than {MAX_LINE // 2**20} MB")
        if problem is not None:
            raise problem
        text = line.data.decode("utf-8")
        if not begun and not text.startswith("WEBVTT"):
            break
        begun = True
        yield text
    if not begun:
        raise ContactError("bad-webvtt", "the file does not begin with WEBVTT")


def _turns(captions: Iterator[str]) -> list[dict[str, Any]]:
    said: list[tuple[str, list[str]]] = []
    speaker, length = "customer", 0
    for caption in captions:
        speaker, text = _spoken(caption, speaker)
        if said and said[-1][0] == speaker:
            said[-1][1].append(text)
            length += len(text) + 1
        elif text:
            said.append((speaker, [text]))
            length = len(text)
        if length > MAX_TURN_LENGTH or len(said) > MAX_TURNS:  # before all the rest is taken into memory
            raise ContactError(
                "turn-too-long", f"more than {MAX_TURN_LENGTH:,} characters a turn or {MAX_TURNS:,} turns"
            )
    return [{"speaker": who, "text": " ".join(texts)} for who, texts in said]


def _captions(lines: Iterator[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        if _CUE.match(line):
            inside = True
        elif not line.strip():
            inside = False
        elif inside:
            yield line.strip()


def _spoken(caption: str, speaker: str) -> tuple[str, str]:
    for pattern in (_VOICE, _PREFIX):
        match = pattern.match(caption)
        role = speaker_of(_role(match[1])) if match else ""
        if match and (pattern is _VOICE or role in ("customer", "agent", "system")):
            speaker, caption = role, caption[match.end() :]
            break
    return speaker, html.unescape(_TAG.sub("", caption)).strip()


def _role(voice: str) -> str:
    """`Agent 2` and `Customer (caller)` speak for their first word."""
    return re.split(r"[\s(_-]", voice.strip(), maxsplit=1)[0]
