import pytest

from evals.bench.split import Split
from taxonomy.loader import find_job

SAID = {"charged-once": "i was charged twice for it", "account-closed": "please close my account"}


@pytest.fixture
def banking() -> Split:
    """Two outcomes, six contacts of each to learn from, one of each to measure."""
    job = find_job("retail-banking")
    lines = [
        {
            "id": f"{outcome}-{n}",
            "turns": [{"speaker": "customer", "text": f"{text} {'now' * (n % 2)}"}],
            "labels": {"step": job.step_of[outcome], "outcome": outcome},
        }
        for n in range(7)
        for outcome, text in SAID.items()
    ]
    return Split("x", "X, tiny", job, lines[:12], lines[12:])
