"""Trained models on disk: one folder each, and an append-only list of promotions."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from taxonomy.errors import BadInputError


class NoModelError(BadInputError):
    """The job has no model that could be used."""


@dataclass(frozen=True)
class Promotion:
    """A model that was put in use: when, by whom, and why."""

    model: str
    at: datetime
    by: str
    why: str


class ModelShelf:
    """The models of one job under `HOME/models/JOB/`. The promoted last is in use."""

    def __init__(self, models: Path, job_id: str) -> None:
        self.job_id = job_id
        self.folder = models / job_id
        self._promotions = self.folder / "promotions.jsonl"

    def add(self, model_id: str, write: Callable[[Path], None]) -> Path:
        """Put a model on the shelf whole or not at all; one that is there already stays as it is."""
        target = self.folder / model_id
        if target.exists():
            return target
        draft = self.folder / f".draft-{uuid4().hex}"
        draft.mkdir(parents=True)
        try:
            write(draft)
            draft.replace(target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return target

    def promote(self, model_id: str, *, by: str, why: str) -> None:
        """Put a model in use. Raises NoModelError if it is not on the shelf."""
        self.path(model_id)
        record = {"model": model_id, "at": datetime.now(UTC).isoformat(), "by": by, "why": why}
        with self._promotions.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def promotions(self) -> list[Promotion]:
        """Every promotion, oldest first."""
        if not self._promotions.exists():
            return []
        records: list[dict[str, Any]] = [json.loads(line) for line in self._promotions.read_text("utf-8").splitlines()]
        return [Promotion(one["model"], datetime.fromisoformat(one["at"]), one["by"], one["why"]) for one in records]

    def current(self) -> str | None:
        """The id of the model in use, if there is one."""
        promotions = self.promotions()
        return promotions[-1].model if promotions else None

    def path(self, model_id: str | None = None) -> Path:
        """The folder of a model, or of the one in use. Raises NoModelError."""
        name = model_id or self.current()
        if name is None:
            raise NoModelError(
                f"job {self.job_id!r} has no model yet: run `headway train --job {self.job_id} --data FILE`"
            )
        path = self.folder / name
        if Path(name).name != name or not path.is_dir():
            known = ", ".join(self.known()) or "none"
            raise NoModelError(f"job {self.job_id!r} has no model {name!r} (there are: {known})")
        return path

    def card(self, model_id: str | None = None) -> dict[str, Any]:
        """The card of a model, or of the one in use; {} where it cannot be read. Raises NoModelError."""
        try:
            card: dict[str, Any] = json.loads((self.path(model_id) / "card.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return card

    def known(self) -> list[str]:
        """The ids of all models on the shelf."""
        if not self.folder.exists():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith("."))
