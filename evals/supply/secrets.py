"""No secret is committed: every tracked file against the known false alarms. `python -m evals.supply.secrets`.

Alarms are told apart by file, kind and hash, not by line, so that moving text about raises none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

BASELINE = Path(".secrets.baseline")
LEFT_OUT = frozenset(["constraints.txt", "requirements.lock", str(BASELINE)])
"""Files of hashes and versions; and the list of false alarms itself."""

Alarm = tuple[str, str, str]
"""File, kind, and hash of what was found."""


def tracked() -> list[str]:
    """The files that git knows and that are there."""
    said = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True)  # noqa: S607 - git
    return [name for name in said.stdout.split("\0") if name and name not in LEFT_OUT and Path(name).is_file()]


def alarms(files: list[str]) -> dict[Alarm, int]:
    """Everything in the files that looks like a secret, with its line."""
    found = SecretsCollection()
    with default_settings():
        found.scan_files(*files)
    return {(name, secret.type, secret.secret_hash): secret.line_number for name, secret in found}


def known() -> set[Alarm]:
    """The false alarms that somebody looked at."""
    if not BASELINE.exists():
        return set()
    return {(one["file"], one["kind"], one["sha1"]) for one in json.loads(BASELINE.read_text("utf-8"))}


def main() -> None:
    """Name what is new, and fail; with --accept keep all there is as false alarms."""
    found = alarms(tracked())
    if "--accept" in sys.argv[1:]:
        rows = [{"file": name, "kind": kind, "sha1": digest} for name, kind, digest in sorted(found)]
        BASELINE.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    new = sorted(found.keys() - known())
    lines = [f"{name}:{found[name, kind, digest]}: {kind}" for name, kind, digest in new]
    if new:
        lines.append("take it out and change it; a false alarm is kept by `python -m evals.supply.secrets --accept`")
    sys.stdout.write("\n".join([*lines, f"{len(found)} alarms, {len(new)} new"]) + "\n")
    raise SystemExit(1 if new else 0)


if __name__ == "__main__":
    main()
