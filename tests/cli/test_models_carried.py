"""A job's next version, and the model that goes along."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from store.job_version import JobVersionError
from tagger.lineage import LineageError
from taxonomy.loader import find_job

LINE = '{"id": "c1", "text": "where is my parcel, when will it arrive?"}\n'


def test_a_model_is_carried_to_the_next_version_and_tags_under_it(
    in_demo_copy: Path, run: Callable[..., Result], tmp_path: Path
) -> None:
    next_version = tmp_path / "next.yaml"
    text = find_job("online-order").source.replace("version: 1\n", "version: 2\n", 1)
    text = text.replace("id: know-arrival", "id: arrival").replace("[O11]", "[O11, know-arrival]")
    next_version.write_text(text, "utf-8")
    assert json.loads(run("predict", "--job", "online-order", input=LINE).output)["outcome"] == "know-arrival"
    assert run("taxonomy", "import", next_version).exit_code == 0

    refused = run("predict", "--job", "online-order", input=LINE)
    assert isinstance(refused.exception, JobVersionError) and "headway model carry" in str(refused.exception)
    carried = run("model", "carry", "--job", "online-order", "--why", "renamed", "--json")
    found = json.loads(carried.output)

    assert found["renamed"] == {"know-arrival": "arrival"}
    assert found["unknown"] == [] and found["in_use"]
    assert json.loads(run("predict", "--job", "online-order", input=LINE).output)["outcome"] == "arrival"
    again = run("model", "carry", "--job", "online-order", "--why", "renamed")
    assert isinstance(again.exception, LineageError) and "already" in str(again.exception)
    tagged = run("tag", "--job", "online-order")
    assert tagged.exit_code == 0, tagged.output
    listed = json.loads(run("model", "list", "--job", "online-order", "--json").output)["models"]
    assert {one["model"] for one in listed if one["fits"]} == {found["model"]}
