from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from flows.promotion import put_in_use
from flows.workspace import Workspace
from store.settings import Settings
from taxonomy.loader import shipped_jobs

PAGE = "/jobs/online-order/annotations"


@pytest.fixture
def writing(in_demo_copy) -> Iterator[TestClient]:
    app = create_app(Settings(home=in_demo_copy))
    with TestClient(app, base_url="http://127.0.0.1:8321", client=("127.0.0.1", 50000)) as found:
        yield found


def send(client: TestClient, path: str, **fields: str) -> int:
    token = re.search(r'name="csrf" value="([^"]*)"', client.get(PAGE).text).group(1)
    return client.post(path, data={**fields, "csrf": token}, follow_redirects=False).status_code


def test_what_was_added_changed_and_withdrawn_stays_visible_as_events(writing: TestClient) -> None:
    first = {
        "text": "map in the <message>",
        "kind": "change",
        "at": "2026-08-05",
        "step": "track-delivery",
        "by": "ann",
    }
    assert send(writing, PAGE, **first) == 303
    page = writing.get(PAGE).text
    assert "map in the &lt;message&gt;" in page
    key = next(one["id"] for one in writing.get(f"/v1{PAGE}").json()["items"] if one["by"] == "ann")
    changed = {"text": "map in the mail", "at": "2026-08-06T09:30", "step": "", "by": "ben", "do": "change"}
    assert send(writing, f"{PAGE}/{key}", **changed) == 303
    page = writing.get(PAGE).text
    assert "said “map in the &lt;message&gt;” before" in page
    assert "was about track-delivery" in page
    assert send(writing, f"{PAGE}/{key}", by="cat", do="withdraw") == 303
    page = writing.get(PAGE).text
    assert page.index('id="h-withdrawn"') < page.index(f'id="a-{key}"')
    assert key not in {one["id"] for one in writing.get(f"/v1{PAGE}").json()["items"]}


@pytest.mark.parametrize(
    "wrong",
    [{"text": ""}, {"text": "x" * 501}, {"at": "soon"}, {"kind": "model"}, {"step": "nowhere"}, {"by": ""}],
)
def test_a_field_that_cannot_be_used_is_refused(writing: TestClient, wrong: dict[str, str]) -> None:
    good = {"text": "x", "kind": "note", "at": "2026-08-05", "step": "", "by": "ann"}
    assert send(writing, PAGE, **{**good, **wrong}) == 422
    assert send(writing, f"{PAGE}/no-such", **good) == 404


def test_headway_itself_annotates_models_formulas_and_job_versions(writing: TestClient, in_demo_copy, run) -> None:
    """A promotion, new weights of the index, and a job file that was changed and used."""
    workspace = Workspace.open("online-order")
    model = workspace.shelf.current()
    put_in_use(workspace.job, model, settings=workspace.settings, by="ann", why="rolled back")
    weights = [part for one in ("opportunity=0.2", "task_success=0.4", "service=0.4") for part in ("--weight", one)]
    done = run("index", "reweight", "--job", "online-order", *weights, "--by", "Ada", "--why", "Q3")
    assert done.exit_code == 0, done.output
    shipped = next(job for job in shipped_jobs() if job.id == "online-order")
    changed = in_demo_copy / "online-order.yaml"
    changed.write_text(shipped.source.replace("\nversion: 1\n", "\nversion: 2\n"), "utf-8")
    done = run("taxonomy", "import", changed)
    assert done.exit_code == 0, done.output
    Workspace.open("online-order").record_job()
    kinds = [one["kind"] for one in writing.get(f"/v1{PAGE}").json()["items"]]
    assert kinds.count("model") >= 2
    assert kinds.count("formula") == 2
    assert kinds.count("job") == 1
