"""`requirements.lock`: every package of the run-time set, its version as constraints.txt has it, the hash of its file.

`python -m evals.supply.lock` asks pip what it would install and writes the file. Hashes of other platforms stay as long
as the version stays, so that a lock made on Linux and then on macOS serves both.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taxonomy.errors import HeadwayError

LOCK, CONSTRAINTS = Path("requirements.lock"), Path("constraints.txt")
BUILT_WITH = "setuptools"
"""Builds Headway's own wheel, so it is locked too."""

HEAD = """\
# Made by `make lock`. Every file that a production install downloads, by its hash:
#   pip install --require-hashes --no-deps -r requirements.lock && pip install --no-deps --no-build-isolation .
# constraints.txt is where versions are chosen; a test holds the two together.
"""


class LockError(HeadwayError):
    """The lock cannot be made or read."""


@dataclass(frozen=True)
class Locked:
    """A package of the lock; `hashes` are SHA-256 of its files, one a platform at least."""

    name: str
    version: str
    hashes: frozenset[str]


def plain_name(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(text: str) -> dict[str, Locked]:
    """The packages of a lock by plain name. Raises LockError for a line that has no version or no hash."""
    found = {}
    for entry in text.replace("\\\n", " ").splitlines():
        if not entry.strip() or entry.startswith("#"):
            continue
        head, *options = entry.split()
        name, pinned, version = head.partition("==")
        hashes = frozenset(one.removeprefix("--hash=sha256:") for one in options)
        if not pinned or not hashes or not all(re.fullmatch(r"[0-9a-f]{64}", one) for one in hashes):
            raise LockError(f"{LOCK}: {head}: a line is NAME==VERSION and its hashes; run `make lock`")
        found[plain_name(name)] = Locked(name, version, hashes)
    return found


def read_constraints(text: str) -> dict[str, str]:
    """Versions of constraints.txt by plain name."""
    pairs = (line.split("==") for line in text.splitlines() if "==" in line and not line.startswith("#"))
    return {plain_name(name): version for name, version in pairs}


def locked_of(report: Mapping[str, Any]) -> dict[str, Locked]:
    """What pip's report says it would install, without Headway itself. Raises LockError where a hash is missing."""
    found = {}
    for one in report["install"]:
        name, version = one["metadata"]["name"], one["metadata"]["version"]
        if name == "headway":
            continue
        digest = one["download_info"].get("archive_info", {}).get("hashes", {}).get("sha256")
        if not digest:
            raise LockError(f"{name} {version}: pip knows no SHA-256 of it; a lock without it would guard nothing")
        public = version.partition("+")[0]  # torch's builds for processors call themselves 2.13.0+cpu
        found[plain_name(name)] = Locked(name, public, frozenset([digest]))
    return found


def merged(new: Mapping[str, Locked], old: Mapping[str, Locked]) -> list[Locked]:
    """The new lock, with the old one's hashes where the version is the same."""
    kept = {name: old[name].hashes for name in new.keys() & old.keys() if old[name].version == new[name].version}
    return [
        Locked(one.name, one.version, one.hashes | kept.get(name, frozenset())) for name, one in sorted(new.items())
    ]


def lock_text(packages: Iterable[Locked]) -> str:
    """The file."""
    entries = []
    for one in packages:
        hashes = " \\\n".join(f"    --hash=sha256:{digest}" for digest in sorted(one.hashes))
        entries.append(f"{one.name}=={one.version} \\\n{hashes}")
    return HEAD + "\n".join(entries) + "\n"


def disagreements(lock: Mapping[str, Locked], constraints: Mapping[str, str]) -> list[str]:
    """Packages of the lock whose version is not the one that constraints.txt has."""
    return [
        f"{one.name}: {one.version} in the lock, {constraints.get(name, 'nothing')} in constraints.txt"
        for name, one in lock.items()
        if constraints.get(name) != one.version
    ]


def resolved() -> dict[str, Any]:
    """The report of pip on what the run-time set would install here; takes a minute or two. Raises LockError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
        asked = [*pip, "--report", str(path), "-c", str(CONSTRAINTS), ".", BUILT_WITH]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - pip
        if done.returncode:
            raise LockError(f"pip could not resolve the run-time set:\n{done.stderr.strip()[-2000:]}")
        report: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return report


def main() -> None:
    """Write the lock; say what changed."""
    old = read_lock(LOCK.read_text("utf-8")) if LOCK.exists() else {}
    packages = merged(locked_of(resolved()), old)
    new = {plain_name(one.name): one for one in packages}
    wrong = disagreements(new, read_constraints(CONSTRAINTS.read_text("utf-8")))
    if wrong:
        raise SystemExit("\n".join(["pin these in constraints.txt first:", *wrong]))
    LOCK.write_text(lock_text(packages), "utf-8")
    changed = sum(old.get(name) != one for name, one in new.items())
    sys.stdout.write(f"{LOCK}: {len(packages)} packages, {changed} changed, {len(old.keys() - new.keys())} gone\n")


if __name__ == "__main__":
    main()
