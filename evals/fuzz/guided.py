"""Coverage-guided search (atheris): bytes that reach new code of a reader are kept and changed further."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from evals.fuzz.case import Target
from taxonomy.errors import HeadwayError

SUFFIXES = {
    "job": ".yaml",
    "webvtt": ".vtt",
    "csv": ".csv",
    "json": ".json",
    "parquet": ".parquet",
    "vcon": ".vcon",
    "contact-lens": ".json",
    "transcribe": ".json",
}
"""Endings by reader; any other reads lines of JSON."""

INSTRUMENTED = ("tagger", "taxonomy")
MOST_BYTES = 20_000
SLOWEST = 20
MEMORY_MB = 4096


class NoAtherisError(HeadwayError):
    """The search needs a package that is not installed."""


def guided(name: str, where: str, *, seconds: float, say: Callable[[str], None]) -> bool:
    """Search one reader for so long in a process of its own; False where a crash, a hang or a leak was found."""
    if find_spec("atheris") is None:
        raise NoAtherisError("the search needs atheris: pip install -c constraints.txt 'headway[fuzz]' (Linux)")
    with tempfile.TemporaryDirectory(prefix="headway-corpus-") as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        command = [sys.executable, "-m", "evals.fuzz.guided", where, name, str(corpus), str(seconds), folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    said = [line for line in done.stderr.splitlines() if "DONE" in line or "Error" in line or "ALARM" in line]
    say(f"{name}: {'; '.join(said[-2:]) or done.stderr[-300:]}")
    return done.returncode == 0


def main(arguments: list[str]) -> None:
    """`MODULE:FUNCTION TARGET CORPUS SECONDS FOLDER`: the search itself, begun at the reader's own cases."""
    import atheris

    where, name, corpus, seconds, folder = arguments
    with atheris.instrument_imports(include=list(INSTRUMENTED)):
        module, function = where.split(":")
        target: Target = getattr(importlib.import_module(module), function)(line_of=1024**2)[name]
    path = Path(folder) / f"case{SUFFIXES.get(name, '.jsonl')}"
    for seed in range(40):
        made = target.mutated(seed).make(Path(folder))
        if made.stat().st_size <= MOST_BYTES:
            (Path(corpus) / str(seed)).write_bytes(made.read_bytes())
        made.unlink()

    def one(data: bytes) -> None:
        path.write_bytes(data)
        try:
            target.read(path)
        except HeadwayError:
            return

    limits = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOWEST}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={MOST_BYTES}",
    ]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={folder}/", corpus], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
