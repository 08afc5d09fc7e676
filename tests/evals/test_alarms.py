from __future__ import annotations

import numpy as np
import pytest

from alignment.targets import Targets
from evals.alarms import _ratio, alarms_text, study
from evals.coverage_bank import bank_of
from evals.worlds import WorldSpec, generate
from taxonomy.loader import shipped_jobs


@pytest.fixture(scope="module")
def found():
    """A study of a bank whose tagger knows nine in ten contacts for sure, and takes the rest for another step."""
    job = next(job for job in shipped_jobs() if job.id == "online-order")
    world = generate(WorldSpec(job="online-order", contacts=3000, seed=5))
    bank = bank_of(world, job, np.zeros((len(world), len(Targets.of(job)))))
    belief = bank.truth.copy()
    wrong = np.flatnonzero(np.random.default_rng(1).random(len(belief)) < 0.1)
    belief[wrong] = np.roll(bank.truth[wrong], 1, axis=0)
    probabilities = 0.9 * belief + 0.1 * bank.truth.mean(axis=0)
    bank = bank.__class__(**{**vars(bank), "probabilities": probabilities})
    return study(bank, quiet=2, planted=3, weeks=66, contacts=12_000, say=lambda _line: None)


def test_a_planted_change_is_found_by_both_and_the_oracle_is_not_later(found) -> None:
    planted = found["planted"]
    assert planted["found"] == {"headway": 3, "oracle": 3}
    assert planted["mean_delay_weeks"]["oracle"] <= planted["mean_delay_weeks"]["headway"] < 12
    assert planted["delay_over_oracle"]["value"] >= 1


def test_quiet_worlds_are_counted_in_job_years(found) -> None:
    calm = found["false_alarms"]
    assert calm["job_years"] == pytest.approx(2 * 58 / 52, abs=0.05)
    assert calm["alarms"] <= 2
    assert calm["interval"][0] <= calm["a_year"] <= calm["interval"][1]
    assert "false alarms in" in alarms_text({**found, "seconds": 1})


def test_a_ratio_needs_worlds_where_both_found_it() -> None:
    assert _ratio([None, 3.0], [2.0, None])["value"] is None
    assert _ratio([4.0, None, 2.0], [2.0, 1.0, 2.0])["value"] == 1.5
