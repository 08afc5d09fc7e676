"""WebVTT: one captioned call a file, its voice tags (`<v Customer>`) or `Customer:` prefixes naming who speaks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from tagger.formats.chunks import Line, split_lines
from tagger.formats.foreign import speaker_of
from tagger.formats.outcome import Found, Rejected, rejected
from tagger.formats.problems import ContactError

_CUE = re.compile(r"^\s*(?:\d{1,6}:)?\d{1,2}:\d{2}[.,]\d{3}\s+-->\s")
_VOICE = re.compile(r"^<v(?:\.[\w.-]{1,80})?\s+([^>]{1,80})>")
_PREFIX = re.compile(r"^([A-Za-z][\w -]{1,24}):\s+")
_TAG = re.compile(r"</?[a-z0-9][^<>]{0,200}>", re.IGNORECASE)
_MAX_BYTES = 20 * 1024 * 1024


def read_webvtt(source: Iterator[bytes], *, name: str) -> Iterator[Found | Rejected]:
    """One record: the file's name is its id, captions in a row by one speaker are one turn.

    Captions that name nobody are the speaker's before them; a file that names nobody at all is one customer turn.
    """
    lines, raw = [], bytearray()
    for line in split_lines(source):
        raw += line.data + b"\n"
        if line.too_long or line.damaged or len(raw) > _MAX_BYTES:
            yield rejected(line.number, _problem(line), bytes(raw))
            return
        lines.append(line.data)
    try:
        text = [data.decode("utf-8") for data in lines]
        if not text or not text[0].startswith("WEBVTT"):
            raise ContactError("bad-webvtt", "the file does not begin with WEBVTT")
        yield Found({"id": name, "channel": "voice", "turns": _turns(text)}, 1, bytes(raw))
    except UnicodeDecodeError:
        yield rejected(1, ContactError("invalid-utf8", "not valid UTF-8; save the file as UTF-8"), bytes(raw))
    except ContactError as error:
        yield rejected(1, error, bytes(raw), contact_id=name)


def _problem(line: Line) -> ContactError:
    if line.damaged:
        return ContactError("truncated-file", f"the file ends early or is damaged after line {line.number - 1}")
    return ContactError("line-too-long", f"longer than {_MAX_BYTES // 2**20} MB")


def _turns(lines: list[str]) -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = []
    speaker = "customer"
    for caption in _captions(lines):
        speaker, said = _spoken(caption, speaker)
        if turns and turns[-1]["speaker"] == speaker:
            turns[-1]["text"] += " " + said
        elif said:
            turns.append({"speaker": speaker, "text": said})
    return turns


def _captions(lines: list[str]) -> Iterator[str]:
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
