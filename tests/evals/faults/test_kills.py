"""A few real kills of real processes, and what the comparison sees."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from evals.faults.commands import run_well
from evals.faults.course import SOURCE, Step, Undisturbed
from evals.faults.kills import Killing
from evals.faults.picture import compare, picture_of
from evals.faults.sites import JOB, Base, SqliteSite

LINE = (
    '{{"id": "c-{0}", "started_at": "2026-02-01T10:{1:02}:00Z", "turns": [{{"speaker": "customer", "text": "{0}"}}]}}\n'
)


@pytest.fixture
def site(demo_home: Path, tmp_path: Path) -> SqliteSite:
    """Homes with the demo's tagger, and a file of contacts of a few batches."""
    base = Base(tmp_path, 2400)
    shutil.copytree(demo_home / "models", base.home / "models")
    (base.home / "encoders").symlink_to(demo_home / "encoders")
    base.world.mkdir()
    for number in range(8):
        lines = (LINE.format(n, n % 60) for n in range(number * 300, number * 300 + (2400 if number == 0 else 300)))
        base.part(number).write_text("".join(lines), "utf-8")
    return SqliteSite(base)


def test_contacts_read_by_a_command_that_is_killed_again_and_again_are_those_of_one_that_is_not(
    site: SqliteSite,
) -> None:
    step = Step("ingest contacts", ("ingest", str(site.base.part(0)), "--job", JOB, "--source", SOURCE), 1)
    alone = site.fresh("undisturbed")
    took = run_well(alone, *step.arguments).seconds
    expected = Undisturbed(picture_of(site.address(alone)), {}, {step.name: took / 2})
    killed = site.fresh("killed")
    killing = Killing(site, killed, expected, random.Random(1))
    left = killing.over(step, [False, True, False])
    killing.over(step, left)
    found = compare(expected.picture, picture_of(site.address(killed)))
    assert len(killing.kills) + killing.too_late >= 3
    assert killing.wrong == []
    assert expected.picture["contacts"].keys() == {f'["{SOURCE}", "c-{n}"]' for n in range(2400)}
    assert all(table.equal for table in found)


def test_a_lost_a_doubled_and_a_different_row_are_seen() -> None:
    row = {"step": "pay", "confidence": 0.5}
    known = {"tags": {"a": [row], "b": [row], "c": [row]}}
    found = {"tags": {"a": [row, row], "c": [{**row, "confidence": 0.6}]}}
    empty = {held: {} for held in picture_names()}
    tags = next(one for one in compare({**empty, **known}, {**empty, **found}) if one.table == "tags")
    assert (tags.rows, tags.lost, tags.doubled, tags.different) == (3, 1, 1, 1)


def picture_names() -> list[str]:
    from evals.faults.picture import HELD

    return [held.table for held in HELD]
