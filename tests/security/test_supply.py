"""What Headway is made of: the lock, the licences, the bill of materials, the audit, the secrets."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from evals.supply import audit, sbom, secrets
from evals.supply.licences import Licence, Rules, licences
from evals.supply.lock import (
    Locked,
    LockError,
    disagreements,
    lock_text,
    locked_of,
    merged,
    plain_name,
    read_constraints,
    read_lock,
)

ROOT = Path(__file__).parents[2]
LOCK = read_lock((ROOT / "requirements.lock").read_text())
CONSTRAINTS = read_constraints((ROOT / "constraints.txt").read_text())


def run_time_set() -> set[str]:
    """Plain names of everything that the run-time dependencies ask for here, extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    waiting = [Requirement(one) for one in project["dependencies"]]
    found: dict[str, set[str]] = {}
    while waiting:
        wanted = waiting.pop()
        name, extras = plain_name(wanted.name), {"", *wanted.extras}
        if extras <= found.get(name, set()):
            continue
        found[name] = found.get(name, set()) | extras
        for line in metadata.requires(name) or []:
            one = Requirement(line)
            if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(one)
    return set(found)


def test_the_lock_has_the_versions_of_the_constraints() -> None:
    assert disagreements(LOCK, CONSTRAINTS) == []


def test_the_lock_holds_all_that_the_run_time_set_asks_for_and_nothing_else() -> None:
    """Where this fails after a change of dependencies, run `make lock`."""
    assert LOCK.keys() - {"setuptools"} == run_time_set() - {"setuptools"}


def test_the_lock_names_no_host() -> None:
    assert not re.search(r"https?://|index-url|find-links", (ROOT / "requirements.lock").read_text())


names = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)


packages = st.builds(Locked, names, st.just("1.2"), st.frozensets(digests, min_size=1, max_size=2))


@settings(max_examples=30)
@given(st.dictionaries(names, packages, max_size=4))
def test_a_lock_that_was_written_is_read_back(found: dict[str, Locked]) -> None:
    written = [Locked(name, one.version, one.hashes) for name, one in found.items()]
    assert set(read_lock(lock_text(written)).values()) == set(written)


@pytest.mark.parametrize("line", ["numpy", "numpy==2", "numpy>=2 --hash=sha256:" + "a" * 64, "numpy==2 --hash=md5:aa"])
def test_a_line_that_guards_nothing_is_refused(line: str) -> None:
    with pytest.raises(LockError):
        read_lock(line)


def test_hashes_of_another_platform_stay_while_the_version_stays() -> None:
    old = {"a": Locked("a", "1", frozenset(["x"])), "b": Locked("b", "1", frozenset(["x"]))}
    new = {"a": Locked("a", "1", frozenset(["y"])), "b": Locked("b", "2", frozenset(["y"]))}
    assert [one.hashes for one in merged(new, old)] == [{"x", "y"}, {"y"}]


def test_a_report_without_a_hash_is_refused() -> None:
    one = {"metadata": {"name": "a", "version": "1"}, "download_info": {"url": "file:///a", "dir_info": {}}}
    with pytest.raises(LockError, match="no SHA-256"):
        locked_of({"install": [one]})


def test_every_licence_of_the_run_time_set_is_allowed_or_explained() -> None:
    rules = Rules.read()
    found = licences([one.name for one in LOCK.values()], rules)
    assert [problem for one in found if (problem := rules.problem(one))] == []
    assert rules.notes.keys() <= LOCK.keys()


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("", False),
    ],
)
def test_copyleft_is_allowed_only_as_a_choice(said: str, allowed: bool) -> None:
    assert (Rules.read().problem(Licence("x", "1", said)) is None) is allowed


def test_a_note_about_another_licence_counts_for_nothing() -> None:
    assert "is about" in str(Rules.read().problem(Licence("psycopg", "4", "AGPL-3.0-only")))


def test_the_bill_of_materials_names_every_locked_package_with_its_hash() -> None:
    document = json.loads(sbom.sbom(list(LOCK.values()), version="0"))
    assert document["bomFormat"] == "CycloneDX"
    assert {one["name"] for one in document["components"]} == {one.name for one in LOCK.values()}
    assert all(one["hashes"] and one["licenses"] for one in document["components"])


def test_an_audit_that_knew_no_package_is_no_answer() -> None:
    skipped = {"dependencies": [{"name": "a", "skip_reason": "not found"}]}
    found = {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": []}]}]}
    assert audit.findings("") is None
    assert audit.findings(json.dumps(skipped)) is None
    assert [one.vulnerability for one in audit.findings(json.dumps(found)) or []] == ["CVE-1"]


def test_a_planted_secret_is_found_and_known_alarms_are_not(tmp_path: Path) -> None:
    path = tmp_path / "settings.py"
    path.write_text('AWS = "AKIA' + "IOSFODNN7EXAMPLQ" + '"\nNOTHING = 1\n')
    assert [kind for _, kind, _ in secrets.alarms([str(path)])] == ["AWS Access Key"]
