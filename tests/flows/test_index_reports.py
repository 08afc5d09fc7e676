from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import Result

from alignment.redo import redo


def redone(folder: Path) -> float:
    """The index from the export alone, by the published formula and nothing of Headway."""
    formula = json.loads((folder / "formula.json").read_text())

    def norm(value: float, worst: float, best: float) -> float:
        return min(max((value - worst) / (best - worst), 0.0), 1.0)

    survey = pd.read_csv(folder / "survey.csv")
    means = survey.groupby("outcome").apply(
        lambda rows: np.average(2 * rows["importance"] - rows["satisfaction"], weights=rows["weight"])
    )
    errors = pd.read_csv(folder / "opportunity_errors.csv").set_index("outcome")["error"]
    means = means.loc[errors.index]
    between = max(means.var(ddof=1) - (errors**2).mean(), 0.0)
    scores = means.mean() + between / (between + errors**2) * (means - means.mean())
    first = np.mean(
        [
            norm(scores[goal["outcome"]], 2 * goal["baseline"] - goal["target"], goal["target"])
            for goal in formula["outcomes"]
        ]
    )
    success = pd.read_csv(folder / "attempts.csv").groupby("step")["success"].mean()
    posts = formula["goalposts"]
    second = sum(
        weight * norm(success[step], posts["task_success"]["worst"], posts["task_success"]["best"])
        for step, weight in formula["step_weights"].items()
    )
    rows = pd.read_csv(folder / "contacts.csv")
    rows["z"] = rows["response"] * (rows["lam"] * rows["f"] + rows["weight"] * (rows["on"] - rows["lam"] * rows["f"]))
    rows["vz"] = rows["value"] * rows["z"]
    sums = rows.groupby(["mode", "measure"])[["vz", "z"]].sum()
    third = np.mean(
        [
            norm(sums.loc[(f"{step}/{outcome}", name), "vz"] / sums.loc[(f"{step}/{outcome}", name), "z"],
                 posts[name]["worst"], posts[name]["best"])
            for step, outcome in formula["modes"]
            for name in ("effort", "fcr")
        ]
    )  # fmt: skip
    weights = formula["weights"]
    return 100 * float(weights["opportunity"] * first + weights["task_success"] * second + weights["service"] * third)


def test_the_index_can_be_redone_from_its_export_alone(
    run: Callable[..., Result], in_demo: Path, tmp_path: Path
) -> None:
    result = run("index", "export", "--job", "online-order", "--out", tmp_path / "rows", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert found["rows"]["contacts"] > 100
    assert redone(tmp_path / "rows") == pytest.approx(found["index"], rel=1e-9)


def test_a_change_is_the_sum_of_what_its_inputs_brought(run: Callable[..., Result], in_demo: Path) -> None:
    arguments = ("--since", "2026-10-15", "--until", "2026-11-01", "--weeks", "26")
    result = run("index", "change", "--job", "online-order", *arguments, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    total = sum(part["movement"] + part["evidence"] for part in found["inputs"])
    assert total == pytest.approx(found["after"]["value"] - found["before"]["value"], abs=1e-9)
    assert found["difference"]["low"] <= found["difference"]["value"] <= found["difference"]["high"]


def test_new_weights_start_an_epoch_that_says_who_and_why(run: Callable[..., Result], in_demo_copy: Path) -> None:
    before = json.loads(run("index", "--job", "online-order", "--json").output)
    weights = [("--weight", one) for one in ("opportunity=0.2", "task_success=0.4", "service=0.4")]
    flat = [word for pair in weights for word in pair]
    result = run("index", "reweight", "--job", "online-order", *flat, "--by", "Ada", "--why", "Q3 review", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    after = json.loads(run("index", "--job", "online-order", "--json").output)
    assert after["formula"] == found["formula"] != before["formula"]
    assert found["epoch"] == 2
    assert after["index"]["value"] * found["link_factor"] == pytest.approx(before["index"]["value"])
    explained = run("index", "explain", "--job", "online-order").output
    assert "Ada" in explained
    assert "Q3 review" in explained


def test_the_past_is_computed_again_under_new_weights_and_what_was_published_stays(
    run: Callable[..., Result], in_demo_copy: Path
) -> None:
    def history() -> list[dict]:
        return json.loads(run("index", "history", "--job", "online-order", "--json").output)["history"]

    before = history()
    flat = [word for one in ("opportunity=0.2", "task_success=0.4", "service=0.4") for word in ("--weight", one)]
    found = json.loads(
        run("index", "reweight", "--job", "online-order", *flat, "--by", "A", "--why", "B", "--json").output
    )
    after = history()
    assert [row for row in after if not row["content"].get("recomputed")] == before
    again = [row for row in after if row["content"].get("recomputed")]
    assert [row["as_of"] for row in again] == [row["as_of"] for row in before]
    assert {row["formula"] for row in again} == {found["formula"]}
    old, new = before[-1]["content"]["index"]["value"], again[-1]["content"]["index"]["value"]
    assert new * again[-1]["content"]["link_factor"] == pytest.approx(old)


def test_weights_that_do_not_sum_to_one_are_refused(run: Callable[..., Result], in_demo: Path) -> None:
    result = run("index", "reweight", "--job", "online-order", "--weight", "opportunity=1.2", "--by", "A", "--why", "B")
    assert result.exit_code != 0
    assert "sum to 1" in str(result.exception) + result.output


def test_the_export_brings_a_script_that_redoes_it_without_headway(
    run: Callable[..., Result], in_demo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "rows"
    found = json.loads(run("index", "export", "--job", "online-order", "--out", folder, "--json").output)
    done = subprocess.run([sys.executable, "-I", "redo.py"], cwd=folder, capture_output=True, text=True, check=True)
    first, second = (float(line.split()[1]) for line in done.stdout.splitlines())
    assert first == pytest.approx(second, abs=1e-8) == pytest.approx(found["index"], abs=1e-8)
    assert redo(folder) == pytest.approx(found["index"], rel=1e-9)
