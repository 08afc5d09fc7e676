from pathlib import Path

import numpy as np
import pytest

from evals.bench.baselines import Baselines, by_scores
from evals.bench.split import Split


def test_a_baseline_answers_with_outcomes_and_their_steps(banking: Split, tmp_path: Path) -> None:
    answered = Baselines(tmp_path).tfidf_svc(banking)
    assert answered.outcomes == banking.truth["outcome"]
    assert answered.steps == banking.truth["step"]
    assert not answered.calibrated
    assert answered.per_second > 0


def test_margins_rank_by_the_lead_on_the_next_class(banking: Split) -> None:
    classes = ["account-closed", "charged-once", ""]
    scores = np.array([[3.0, 1.0, 0.0], [0.0, 1.0, 0.5]])
    answered = by_scores(banking, classes, scores, per_second=1, trained=0, calibrated=False)
    assert answered.outcomes == ["account-closed", "charged-once"]
    assert answered.confidence == [2.0, 0.5]


def test_a_step_is_as_probable_as_its_outcomes_together(banking: Split) -> None:
    outcomes = next([one.id for one in step.outcomes] for step in banking.job.steps if len(step.outcomes) > 1)[:2]
    scores = np.array([[0.5, 0.3, 0.2]])
    answered = by_scores(banking, [*outcomes, ""], scores, per_second=1, trained=0, calibrated=True)
    assert answered.confidence == [0.5]
    assert answered.step_confidence == pytest.approx([0.8])
