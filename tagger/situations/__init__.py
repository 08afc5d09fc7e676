"""What people come with in many lines of business, as Headway wrote it down: needs, situations, and things said."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True)
class KnownSituation:
    """One thing people come with: `need`, as they would say what they want; its `name`; what they say, line by line."""

    need: str
    name: str
    said: tuple[str, ...]


@cache
def known_situations() -> tuple[KnownSituation, ...]:
    """All situations of all lines of business, in the order of file names."""
    files = sorted((file for file in resources.files(__name__).iterdir() if file.name.endswith(".yaml")), key=str)
    read = [yaml.safe_load(file.read_text("utf-8")) for file in files]
    return tuple(
        KnownSituation(need, name, tuple(line.strip() for line in said.splitlines() if line.strip()))
        for needs in read
        for need, situations in needs.items()
        for name, said in situations.items()
    )
