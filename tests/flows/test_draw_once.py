"""A draw that was stored, but whose run was cut off before it could say so, is not made again by the same command."""

import json
import sys

import pytest

from flows.draw import draw_once
from flows.stage_run import at_work
from flows.workspace import Workspace

JOB = "online-order"


def drawn(workspace: Workspace, *, budget: int, cut_off: bool = False) -> dict[str, int | str]:
    """What a run draws; `cut_off`: it ends before it can say so."""
    found: dict[str, int | str] = {}
    try:
        with at_work(workspace, "draw", job=workspace.job.id):
            found = draw_once(workspace, budget=budget, tau=0.5)
            if cut_off:
                raise ConnectionError("cut off")
    except ConnectionError:
        assert cut_off
    return found


@pytest.mark.usefixtures("in_demo_copy")
def test_a_draw_that_was_cut_off_after_it_was_stored_is_not_made_twice() -> None:
    workspace = Workspace.open(JOB)
    first = drawn(workspace, budget=60, cut_off=True)
    assert int(first["added"]) > 0
    assert drawn(workspace, budget=60, cut_off=True)["added"] == 0
    again = drawn(workspace, budget=60)
    assert (again["added"], again["drawn_before_it_was_cut_off"]) == (0, first["added"])


@pytest.mark.usefixtures("in_demo_copy")
def test_after_a_good_end_or_with_another_budget_as_many_are_drawn_on_top() -> None:
    workspace = Workspace.open(JOB)
    drawn(workspace, budget=60, cut_off=True)
    assert int(drawn(workspace, budget=50)["added"]) > 0
    assert int(drawn(workspace, budget=50)["added"]) > 0


@pytest.mark.usefixtures("in_demo_copy")
def test_a_command_that_ends_before_it_could_print_what_it_drew_draws_nothing_more(run, monkeypatch) -> None:
    arguments = ("review", "sample", "--job", JOB, "--budget", 60, "--json")
    with monkeypatch.context() as patch:
        patch.setattr("cli.review.print_counts", lambda *_said, **_how: sys.exit(137))
        assert run(*arguments).exit_code == 137
    again = json.loads(run(*arguments).stdout)
    assert again["added"] == 0
    assert again["drawn_before_it_was_cut_off"] > 0
