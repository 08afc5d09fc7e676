"""Thousands of requests made from the API's own document, good and bad ones, against a running server (schemathesis).

Each operation is asked with its examples, with values at every edge of its schema, and with random ones, valid and
not. All of schemathesis' checks hold: no 5xx, no undocumented status, type or shape, bad input refused, good input
taken, methods that are not there refused as such, and nothing answered without a key.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from evals.served import Server
from taxonomy.errors import HeadwayError

Say = Callable[[str], None]

CONFIG = """
[parameters]
"path.job" = "{job}"
"path.step" = "{step}"

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "401", "403", "404", "409", "413", "422", "503"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428"]
"""
"""422: a name that no job has, or a period that ends before it begins, is valid to a schema.
413: bad input that is also too long is refused for its length. A server error refuses nothing."""

NOT_ASKED = "ignored_auth"
"""Wrong keys are left to the tests of access: after a few of them the server refuses this address for up to a quarter
of an hour (429), good requests too, and nothing would be tried any more."""

ROUNDS = 6
"""A group is asked again with other random numbers until it has had its cases."""


class NoSchemathesisError(HeadwayError):
    """Schemathesis is not installed."""


class ApiBenchError(HeadwayError):
    """Schemathesis did not come to an end."""


@dataclass(frozen=True)
class Group:
    """One group of operations: cases that were sent, what failed (`METHOD path: what`), and faults of the run."""

    name: str
    operations: int
    cases: int
    failures: tuple[str, ...]
    errors: tuple[str, ...]
    seconds: float

    def __add__(self, other: Group) -> Group:
        failures = tuple(dict.fromkeys((*self.failures, *other.failures)))
        errors = tuple(dict.fromkeys((*self.errors, *other.errors)))
        seconds = round(self.seconds + other.seconds, 1)
        return Group(self.name, self.operations, self.cases + other.cases, failures, errors, seconds)


def api_bench(server: Server, *, cases: int, groups: Sequence[str] = (), seed: int = 1, say: Say) -> dict[str, Any]:
    """At least `cases` requests to each group of the server's document, or to those named.

    Raises NoSchemathesisError, ApiBenchError.
    """
    if find_spec("schemathesis") is None:
        raise NoSchemathesisError("schemathesis is for development: pip install -c constraints.txt .[dev]")
    sizes = group_sizes(server)
    unknown = sorted(set(groups) - sizes.keys())
    if unknown:
        raise ApiBenchError(f"no group {', '.join(unknown)}; the document has {', '.join(sizes)}")
    found = []
    for name in groups or sizes:
        found.append(_asked(server, name, sizes[name], cases, seed))
        say(_line(found[-1]))
    total = sum(one.cases for one in found)
    return {"seed": seed, "cases": total, "groups": [asdict(one) for one in found]}


def group_sizes(server: Server) -> dict[str, int]:
    """The groups of the server's document with the number of their operations."""
    document = httpx.get(f"{server.url}/openapi.json", headers=server.headers, timeout=60).json()
    sizes: dict[str, int] = {}
    for methods in document["paths"].values():
        for operation in methods.values():
            for tag in operation.get("tags", ["other"]):
                sizes[tag] = sizes.get(tag, 0) + 1
    return sizes


def _asked(server: Server, name: str, operations: int, cases: int, seed: int) -> Group:
    found = Group(name, operations, 0, (), (), 0.0)
    for number in range(ROUNDS):
        each = max(1, -(-(cases - found.cases) // operations))
        found += _run(server, name, each=each, seed=seed + number)
        if found.cases >= cases:
            break
    return found


def _run(server: Server, name: str, *, each: int, seed: int) -> Group:
    with TemporaryDirectory() as folder:
        config = Path(folder) / "schemathesis.toml"
        config.write_text(CONFIG.format(job=server.job, step=server.step), "utf-8")
        command = [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", f"{server.url}/openapi.json",
            "--header", f"Authorization: Bearer {server.token}", "--include-tag", name,
            "--phases", "examples,coverage,fuzzing", "--mode", "all", "--checks", "all", "--exclude-checks", NOT_ASKED,
            "--max-examples", str(each),
            "--seed", str(seed), "--continue-on-failure", "--no-shrink", "--suppress-health-check", "all",
            "--request-timeout", "120", "--max-response-time", "120", "--no-color",
            "--report", "json", "--report-json-path", str(Path(folder) / "report.json"),
        ]  # fmt: skip
        hooked = {**os.environ, "SCHEMATHESIS_HOOKS": "evals.api_hooks"}
        done = subprocess.run(command, capture_output=True, text=True, env=hooked, check=False, cwd=_root())  # noqa: S603
        try:
            report = json.loads((Path(folder) / "report.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ApiBenchError(f"{name}: schemathesis said: {(done.stdout + done.stderr)[-2000:]}") from error
    return _read(name, report, done.stdout)


def _read(name: str, report: dict[str, Any], printed: str) -> Group:
    failures = tuple(_failures(report))
    errors = tuple(f"{one['title']} ({one['count']})" for one in report["errors"])
    if not report["complete"]:
        errors += (printed[-1500:],)
    operations = (report["operations"] or {}).get("selected", 0)
    generated = report["test_cases"]["generated"]
    return Group(name, operations, generated, failures, errors, round(report["running_time"] or 0.0, 1))


def _failures(report: dict[str, Any]) -> Iterator[str]:
    for one in report["failures"]:
        for operation in one["operations"]:
            yield f"{operation}: {one['title']}"


def _root() -> Path:
    """Where the packages lie, so that the hooks are found."""
    return Path(__file__).parents[1]


def _line(group: Group) -> str:
    told = (
        f"{group.name:12s} {group.operations:3d} operations {group.cases:7,d} cases {len(group.failures):4d} failures"
    )
    more = "".join(f"\n    {one}" for one in (*group.failures, *group.errors))
    return f"{told}  {group.seconds:7.1f} s{more}"


def api_text(result: dict[str, Any]) -> str:
    """The result as lines for people."""
    lines = [_line(Group(**group)) for group in result["groups"]]
    failures = sum(len(group["failures"]) for group in result["groups"])
    return "\n".join([*lines, f"{result['cases']:,} cases, {failures} failures; seed {result['seed']}"])
