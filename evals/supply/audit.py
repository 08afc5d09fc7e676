"""Known vulnerabilities of the locked run-time set, by pip-audit. `python -m evals.supply.audit`.

Only findings fail: where the vulnerability data cannot be reached the command says that nothing was checked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evals.supply.lock import LOCK

SERVICES = ("pypi", "osv")
PATIENCE = 300


@dataclass(frozen=True)
class Finding:
    """A locked package with a known vulnerability."""

    package: str
    version: str
    vulnerability: str
    mended_in: str


def findings(said: str) -> list[Finding] | None:
    """What pip-audit's JSON says; None where it says nothing, because its data was out of reach.

    Out of reach it may also call every package one that the index does not know, and end well: that is no answer.
    """
    try:
        audited: dict[str, Any] = json.loads(said)
    except ValueError:
        return None
    if all("skip_reason" in one for one in audited["dependencies"]):
        return None
    return [
        Finding(one["name"], one["version"], found["id"], ", ".join(found["fix_versions"]) or "no version yet")
        for one in audited["dependencies"]
        for found in one.get("vulns", [])
    ]


def ask(service: str) -> tuple[list[Finding] | None, str]:
    """The findings of one source of vulnerabilities, or None and why not."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--require-hashes", "--disable-pip"]
    options = ["--vulnerability-service", service, "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            [*command, *options], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return None, f"no answer in {PATIENCE} s"
    reason = done.stderr.strip().splitlines()
    return findings(done.stdout), reason[-1][:200] if reason else f"exit code {done.returncode}"


def report(found: Sequence[Finding]) -> str:
    """The findings, a line each."""
    lines = [f"{one.package} {one.version}: {one.vulnerability}, mended in {one.mended_in}" for one in found]
    return "\n".join([*lines, f"{len(found)} known vulnerabilities in {LOCK}"])


def main() -> None:
    """Ask one source after the other until one answers."""
    for service in SERVICES:
        found, why = ask(service)
        if found is not None:
            sys.stdout.write(f"{service}: {report(found)}\n")
            raise SystemExit(1 if found else 0)
        sys.stdout.write(f"{service}: cannot be reached from here ({why})\n")
    sys.stdout.write("nothing was checked: run `make audit` where one of these can be reached\n")


if __name__ == "__main__":
    main()
