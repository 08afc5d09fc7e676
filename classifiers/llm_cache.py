"""Answers on disk, so that no question is paid for twice and a killed run goes on where it stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import get_ident

from classifiers.documents import Document
from classifiers.llm_prompt import text_hash


@dataclass(frozen=True)
class Vote:
    """One sample: a checked answer (`label`, `evidence`), or `fault`, the kind of an answer that cannot be used.

    `chance` is the probability of the label's tokens where the endpoint gave it.
    """

    label: str | None
    evidence: str = ""
    fault: str | None = None
    chance: float | None = None


class AnswerCache:
    """Votes by question: `FOLDER/ab/TEXTHASH-KEY.json`, so that all answers about one text can be found and erased."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, text: str, key: str) -> list[Vote]:
        """The votes kept for a text's hash and a question's key; a damaged file counts as none.

        Earlier versions kept answers that could not be used too: those are passed over, and asked again.
        """
        try:
            kept = json.loads(self._path(text, key).read_text("utf-8"))
            return _usable([Vote(**one) for one in kept["votes"]])
        except (OSError, ValueError, TypeError, KeyError):
            return []

    def write(self, text: str, key: str, votes: Sequence[Vote]) -> None:
        """Keep the votes that can be used, whole or not at all; an endpoint's bad hour is not kept for good."""
        kept = [asdict(vote) for vote in _usable(votes)]
        if not kept:
            return
        path = self._path(text, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}-{get_ident()}.tmp")
        draft.write_text(json.dumps({"votes": kept}, ensure_ascii=False), "utf-8")
        draft.replace(path)

    def forget(self, document: Document) -> int:
        """Erase every answer about a document; how many there were."""
        text = text_hash(document)
        found = list((self._folder / text[:2]).glob(f"{text}-*"))
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def forget_before(self, moment: float) -> int:
        """Erase answers kept before a moment in Unix seconds; how many there were."""
        found = self.older_than(moment)
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def older_than(self, moment: float) -> list[Path]:
        """The files of answers kept before a moment in Unix seconds."""
        return [path for path in sorted(self._folder.glob("*/*.json")) if path.stat().st_mtime < moment]

    def _path(self, text: str, key: str) -> Path:
        return self._folder / text[:2] / f"{text}-{key[:24]}.json"


def _usable(votes: Sequence[Vote]) -> list[Vote]:
    return [vote for vote in votes if vote.label is not None and vote.fault is None]
