from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from alignment.effort import scale_named
from alignment.fold import Evidence, part_of
from alignment.gaps import Known, gap_shares, keep_names
from alignment.targets import Targets
from evals.coverage_bank import bank_of, true_targets
from evals.coverage_worlds import draw_world
from evals.worlds import WorldSpec, generate

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CES = scale_named("ces2-7")
EAST, NORTH, UP = np.eye(3, dtype=np.float32)


def test_a_group_that_keeps_its_contacts_keeps_its_name_though_its_size_changed() -> None:
    earlier = [Known("gap-1", {1, 2, 3, 4}, EAST), Known("gap-2", {5, 6, 7, 8}, NORTH)]
    names = keep_names(earlier, [{5, 6, 7, 20, 21, 22, 23}, {1, 2, 3}], np.stack([NORTH, EAST]), used=2)
    assert names == ["gap-2", "gap-1"]


def test_a_group_of_other_contacts_about_the_same_matter_keeps_its_name() -> None:
    earlier = [Known("gap-4", {1, 2, 3}, EAST)]
    near = (EAST + 0.2 * NORTH) / np.linalg.norm(EAST + 0.2 * NORTH)
    assert keep_names(earlier, [{30, 31, 32}], near[None], used=7) == ["gap-4"]


def test_a_new_group_gets_a_number_that_no_group_ever_had() -> None:
    earlier = [Known("gap-2", {1, 2, 3}, EAST)]
    names = keep_names(earlier, [{1, 2, 3}, {7, 8, 9}], np.stack([EAST, UP]), used=9)
    assert names == ["gap-2", "gap-10"]


def test_of_two_halves_of_a_group_one_alone_keeps_its_name() -> None:
    earlier = [Known("gap-1", {1, 2, 3, 4, 5, 6}, None)]
    names = keep_names(earlier, [{1, 2, 3, 4}, {5, 6, 9}], np.stack([EAST, EAST]), used=1)
    assert names == ["gap-1", "gap-2"]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """A world with 400 drawn reviews of 3,000 contacts."""
    world = generate(WorldSpec(contacts=4000, seed=3))
    job = world.stage.job
    truth = true_targets(world, Targets.of(job))
    bank = bank_of(world, job, truth)
    drawn = draw_world(bank, contacts=3000, reviews=400, seed=1).evidence
    return replace(drawn, frame=drawn.frame.assign(pk=range(len(drawn.frame))))


def parts(evidence: Evidence) -> list[Evidence]:
    """As they are read: some at a time."""
    first = np.arange(len(evidence.frame)) < 1700
    return [part_of(evidence, first), part_of(evidence, ~first)]


def groups(evidence: Evidence) -> tuple[np.ndarray, dict[int, str], dict[int, str]]:
    """A tenth of all contacts is truly in a group; the model finds most of them and some others."""
    rows = len(evidence.frame)
    rng = np.random.default_rng(0)
    inside = rng.random(rows) < 0.1
    found = np.where(rng.random(rows) < 0.85, inside, rng.random(rows) < 0.1)
    strange = {int(row): "gap-1" for row in np.flatnonzero(found)}
    return inside, strange, {int(row): "gap-1" for row in np.flatnonzero(inside & (evidence.weight > 0))}


def test_the_share_of_a_group_holds_the_truth_though_the_model_misses_some(evidence: Evidence) -> None:
    inside, strange, decided = groups(evidence)
    share = gap_shares(parts(evidence), ("gap-1",), strange=strange, decided=decided, scale=CES, as_of=NOW)["gap-1"]
    assert share.method == "rectified"
    assert share.low < inside.mean() < share.high
    assert share.reviewed == (evidence.weight > 0).sum()


def test_without_reviews_the_share_is_uncorrected(evidence: Evidence) -> None:
    _, strange, _ = groups(evidence)
    bare = replace(evidence, weight=np.zeros_like(evidence.weight))
    share = gap_shares(parts(bare), ("gap-1", "gap-2"), strange=strange, decided={}, scale=CES, as_of=NOW)
    assert (share["gap-1"].method, share["gap-1"].low) == ("uncorrected", None)
    assert share["gap-1"].value == pytest.approx(len(strange) / len(evidence.frame))
