from pathlib import Path

import pytest

from evals.bench.jobs import label_id, made_up_job, words
from evals.bench.split import Split, shortened, with_budget
from taxonomy.loader import find_job


def split() -> Split:
    lines = [
        {
            "id": str(n),
            "turns": [{"speaker": "customer", "text": str(n)}],
            "labels": {"step": "s", "outcome": "ab"[n % 2]},
        }
        for n in range(40)
    ]
    return Split("x", "X", find_job("retail-banking"), lines, lines[:10])


def test_a_budget_holds_so_many_of_each_outcome() -> None:
    few = with_budget(split(), "4", seed=0)
    outcomes = [line["labels"]["outcome"] for line in few.train]
    assert sorted(outcomes) == ["a"] * 4 + ["b"] * 4
    assert few.budget == "4"


def test_another_seed_draws_other_contacts() -> None:
    first, again, other = (with_budget(split(), "4", seed=seed) for seed in (0, 0, 1))
    assert first.digest == again.digest
    assert first.digest != other.digest


def test_all_keeps_everything_and_none_nothing() -> None:
    assert len(with_budget(split(), "all", seed=0).train) == 40
    assert not with_budget(split(), "0", seed=0).train


def test_a_shortened_split_has_at_most_so_many() -> None:
    short = shortened(split(), train=7, test=99)
    assert (len(short.train), len(short.test)) == (7, 10)


@pytest.mark.parametrize("label", ["GetQuote", "get_quote", "get-quote"])
def test_labels_of_any_writing_become_the_same_id(label: str) -> None:
    assert label_id(label) == "get-quote"
    assert words(label) == "get quote"


def test_a_made_up_job_puts_each_label_under_its_step(tmp_path: Path) -> None:
    job = made_up_job("x", {"FileClaim": "file", "GetQuote": "get"})
    assert job.step_of == {"file-claim": "file", "get-quote": "get"}
