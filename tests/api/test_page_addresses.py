"""Every page of the server, taken from its routes: it has an address, names its JSON twin, and `.json` leads there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.permissions import served_routes
from store.settings import Settings

JOB, STEP, OUTCOME = "online-order", "track-delivery", "know-arrival"
WITHOUT_FIGURES = ("/", "/login", "/login/oidc", "/login/callback", "/account")
"""Who you are and where to go: there is nothing to read for a program."""


@pytest.fixture(scope="module")
def client(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The app over a copy of the demo, so that an experiment can be registered."""
    home = tmp_path_factory.mktemp("addresses") / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    app = create_app(Settings(home=home))
    with TestClient(app, base_url="http://127.0.0.1:8321", client=("127.0.0.1", 50000)) as found:
        yield found


@pytest.fixture(scope="module")
def pages(client) -> tuple[str, ...]:
    """The address of one page of each route."""
    rows = client.get(f"/v1/jobs/{JOB}/steps/{STEP}/contacts", params={"limit": 1}).json()["items"]
    experiment = {"id": "map", "title": "Map", "step": STEP, "arms": [{"name": "standard"}, {"name": "gold"}]}
    experiment |= {"start": "2026-05-01", "segment": "tier"}
    assert client.post(f"/v1/jobs/{JOB}/experiments", json=experiment).status_code == 201
    names = {
        "job": JOB,
        "step": STEP,
        "outcome": OUTCOME,
        "contact_id:path": rows[0]["contact_id"],
        "experiment": "map",
    }
    documented = client.get("/openapi.json").json()["paths"]
    found = [
        route.path
        for route in served_routes(client.app.routes)
        if "GET" in route.methods and route.path not in (*documented, *WITHOUT_FIGURES)
    ]
    paths = [one for one in found if not one.endswith(".json") and not one.startswith(("/static", "/v1"))]
    return tuple(re.sub(r"{([^}]+)}", lambda name: names[name[1]], path) for path in paths)


def test_every_page_names_its_twin_and_its_address_with_json_leads_there(client, pages) -> None:
    assert len(pages) >= 15
    for path in pages:
        answer = client.get(path, headers={"accept": "text/html"})
        assert answer.headers["content-type"].startswith("text/html"), path
        named = re.search(r'<link rel="alternate" type="application/json" href="([^"]+)">', answer.text)
        assert named, path
        twin = client.get(f"{path}.json")
        if twin.status_code == 422:  # which reviews chance drew decides whether an index can be shown; both say so
            assert "not enough evidence" in twin.json()["detail"] and "not enough evidence" in answer.text, path
        else:
            assert (twin.status_code, twin.headers["content-type"]) == (200, "application/json"), path
        assert client.get(named[1].replace("&amp;", "&")).json().keys() == twin.json().keys(), path


def test_a_page_filtered_on_what_no_contact_has_says_so(client) -> None:
    answer = client.get(f"/jobs/{JOB}/steps/{STEP}?channel=pigeon", headers={"accept": "text/html"})
    assert answer.status_code == 422
    assert "no contact of this job has" in answer.text


def test_every_page_of_a_job_and_its_contacts_leads_to_all_others(client, pages) -> None:
    wanted = {
        f"/jobs/{JOB}{name}" for name in ("", "/index", "/segments", "/alerts", "/annotations", "/health", "/gaps")
    }
    for path in pages:
        if path.startswith(("/jobs/", "/contacts/", "/review")):
            nav = client.get(path).text.partition('<nav aria-label="Job">')[2].partition("</nav>")[0]
            assert wanted <= {link.partition("?")[0] for link in re.findall(r'href="([^"]+)"', nav)}, path
