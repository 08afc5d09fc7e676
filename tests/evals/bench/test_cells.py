from pathlib import Path

import pytest

from evals.bench.cells import Cells, code_digest


def test_a_finished_cell_is_not_made_again(tmp_path: Path) -> None:
    cells, made = Cells(tmp_path), []
    for _ in range(2):
        assert cells.get("a", "1", lambda: {"n": len(made), **({"x": made.append(1)})}) == {"n": 0, "x": None}
    assert made == [1]


def test_a_cell_of_other_contacts_or_code_is_made_again(tmp_path: Path) -> None:
    cells = Cells(tmp_path)
    cells.get("a", "1", lambda: {"n": 1})
    assert not cells.has("a", "2")
    assert cells.get("a", "2", lambda: {"n": 2}) == {"n": 2}


def test_a_cell_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> dict[str, int]:
        raise ValueError

    with pytest.raises(ValueError):
        Cells(tmp_path).get("a", "1", fail)
    assert not Cells(tmp_path).has("a", "1")


def test_the_digest_of_code_is_of_these_folders() -> None:
    one = code_digest(("evals/bench",))
    assert one == code_digest(("evals/bench",))
    assert one != code_digest(("evals/bench/cells.py",)) != code_digest(("evals/bench/split.py",))
