"""Finished parts of a long run, kept on disk: a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
OUR_CODE = ("classifiers", "tagger", "flows", "taxonomy")
BASELINE_CODE = ("evals/bench/baselines.py",)
OTHER_CODE = {
    "setfit": ("evals/bench/setfit.py", "evals/bench/setfit_run.py"),
    "llm": ("evals/bench/asked.py", "classifiers/llm_prompt.py", "classifiers/llm_reader.py"),
}
SEVERAL_CODE = ("evals/bench/several.py",)
SPEED_CODE = ("evals/tagger_speed.py",)
"""What a cell depends on beside its contacts; how it is reported may change without measuring again."""


@dataclass(frozen=True)
class Cells:
    """One JSON file a cell (data set, fold, system, budget, seed). A cell counts only with the same fingerprint."""

    folder: Path

    def get(self, name: str, fingerprint: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The kept cell, or a new one that is then kept."""
        path = self.folder / f"{name}.json"
        if self.has(name, fingerprint):
            return dict(json.loads(path.read_text("utf-8"))["cell"])
        cell = make()
        self.folder.mkdir(parents=True, exist_ok=True)
        # Renamed into place: a run that is killed while writing leaves no half a cell.
        scratch = path.with_suffix(".part")
        scratch.write_text(json.dumps({"fingerprint": fingerprint, "cell": cell}), "utf-8")
        scratch.replace(path)
        return cell

    def has(self, name: str, fingerprint: str) -> bool:
        """Whether this cell was finished on the same contacts by the same code."""
        path = self.folder / f"{name}.json"
        return path.is_file() and json.loads(path.read_text("utf-8"))["fingerprint"] == fingerprint


def code_digest(places: Iterable[str]) -> str:
    """A hash of these files and the source under these folders: figures of older code are never shown as today's."""
    digest = hashlib.sha256()
    for place in places:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def system_digest(system: str) -> str:
    """A hash of the code that makes this system's answers."""
    return code_digest(OUR_CODE if system.startswith("ours") else OTHER_CODE.get(system, BASELINE_CODE))
