from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifiers.artifact import ModelFileError
from store.job_version import JobVersionError
from store.models import NoModelError

STEPS = "steps:\n  - {{id: a, stage: locate, name: {}}}\n  - {{id: b, stage: conclude, name: B}}\n"
JOB = "id: mine\nversion: {}\nstatement: Get it\n" + STEPS


@pytest.fixture
def job(home: Path, tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(JOB.format(1, "A"))
    return path


def trained(job: Path, tmp_path: Path, *, word: str = "parcel") -> str:
    """A model of the job from a few contacts; which word they use makes it another model."""
    from flows.jobs import open_job
    from flows.train import train
    from store.settings import load_settings

    rows = [(f"where is my {word} {n}", "a") for n in range(8)] + [(f"money back {n}", "b") for n in range(8)]
    data = tmp_path / f"{word}.jsonl"
    lines = [{"id": str(n), "text": text, "labels": {"step": step}} for n, (text, step) in enumerate(rows)]
    data.write_text("\n".join(map(json.dumps, lines)))
    settings = load_settings()
    return train(open_job(str(job), settings), data, settings=settings).model


def listed(run, job: Path) -> dict[str, dict]:
    done = run("model", "list", "--job", job, "--json")
    assert done.exit_code == 0, done.output
    return {one["model"]: one for one in json.loads(done.stdout)["models"]}


def test_models_are_listed_shown_promoted_and_rolled_back_with_who_and_why(job: Path, tmp_path: Path, run) -> None:
    assert "no model yet" in run("model", "list", "--job", job).output
    first = trained(job, tmp_path)
    second = trained(job, tmp_path, word="order")
    found = listed(run, job)
    assert found.keys() == {first, second}
    assert [one["contacts"] for one in found.values()] == [16, 16]
    assert all(one["fits"] for one in found.values())
    run("model", "promote", "--job", job, second, "--why", "try it", "--by", "ann")
    assert listed(run, job)[second]["in_use"]
    assert run("model", "promote", "--job", job, second, "--why", "again").output.startswith(
        f"{second} is in use already"
    )
    assert run("model", "rollback", "--job", job, "--why", "worse", "--by", "bob").exit_code == 0
    assert listed(run, job)[first]["in_use"]
    shown = json.loads(run("model", "show", "--job", job, "--json").stdout)
    assert shown["model"] == first
    assert [(one["by"], one["why"]) for one in shown["promotions"]][-1] == ("bob", "worse")
    text = run("model", "show", "--job", job, second).output
    assert f"# Model {second}" in text
    assert "by bob: worse" in text
    assert second in run("model", "list", "--job", job).output


def test_a_model_of_another_job_version_is_listed_as_such_and_not_promoted(job: Path, tmp_path: Path, run) -> None:
    model = trained(job, tmp_path)
    job.write_text(JOB.format(2, "Another"))
    assert not listed(run, job)[model]["fits"]
    done = run("model", "promote", "--job", job, model, "--why", "please")
    assert isinstance(done.exception, JobVersionError)


def test_a_damaged_model_is_listed_and_not_promoted(job: Path, tmp_path: Path, run) -> None:
    model = trained(job, tmp_path)
    (tmp_path / "home" / "models" / "mine" / model / "card.json").write_text("{")
    assert not listed(run, job)[model]["fits"]
    assert isinstance(run("model", "promote", "--job", job, model, "--why", "x").exception, ModelFileError)
    assert "cannot be read" in run("model", "show", "--job", job, model).output


def test_without_an_earlier_model_there_is_nothing_to_go_back_to(job: Path, tmp_path: Path, run) -> None:
    trained(job, tmp_path)
    done = run("model", "rollback", "--job", job, "--why", "x")
    assert "no other model in use" in str(done.exception)


def test_an_unknown_model_is_refused(job: Path, run) -> None:
    for arguments in (("show",), ("promote", "nobody", "--why", "x")):
        assert isinstance(run("model", *arguments, "--job", job).exception, NoModelError)
