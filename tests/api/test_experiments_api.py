"""Experiments over HTTP, on a copy of the demo: its tiers stand in for two ways of doing a step."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.v1.experiments import ReadOutShape
from store.settings import Settings

BASE = "/v1/jobs/online-order/experiments"
BODY = {
    "id": "map",
    "title": "Map on tracking",
    "step": "track-delivery",
    "arms": [{"name": "standard", "weight": 3}, {"name": "gold", "weight": 1}],
    "start": "2026-05-01",
    "segment": "tier",
}


@pytest.fixture
def client(in_demo_copy):
    app = create_app(Settings(home=in_demo_copy))
    with TestClient(app, base_url="http://127.0.0.1:8321", client=("127.0.0.1", 50000)) as found:
        yield found


def test_an_experiment_is_registered_once_read_out_and_finished(client):
    assert client.post(BASE, json=BODY).status_code == 201
    assert client.post(BASE, json=BODY).status_code == 201
    assert client.post(BASE, json={**BODY, "title": "Another"}).status_code == 409

    found = ReadOutShape.model_validate_json(client.get(f"{BASE}/map").content)
    assert set(found.measures) == {"standard", "gold"}
    assert {one.measure for one in found.differences} == {"task_success", "effort", "fcr", "transfers", "time"}
    assert sum(found.sizes.customers.values()) > 100

    assert client.post(f"{BASE}/map/finish", json={"end": "2026-10-01", "note": "kept"}).json()["finished"]
    assert client.post(f"{BASE}/map/finish", json={"end": "2026-10-01", "note": "kept"}).status_code == 200
    for other in ({"end": "2026-10-02", "note": "kept"}, {"end": "2026-10-01"}):
        refused = client.post(f"{BASE}/map/finish", json=other)
        assert (refused.status_code, refused.headers["content-type"]) == (409, "application/problem+json")
    texts = [one["text"] for one in client.get("/v1/jobs/online-order/annotations").json()["items"]]
    assert sum("Map on tracking" in text for text in texts) == 1
    assert client.get(BASE).json()["items"][0]["finished"]


def test_arms_of_other_sizes_than_planned_are_not_compared(client):
    client.post(BASE, json={**BODY, "arms": [{"name": "standard"}, {"name": "gold"}]})
    found = client.get(f"{BASE}/map").json()

    assert found["sizes"]["mismatch"]
    assert all(one["difference"]["value"] is None for one in found["differences"])


def test_arms_drawn_by_customer_are_compared_on_task_success(client):
    arms = [{"name": "a"}, {"name": "b"}]
    client.post(BASE, json={**BODY, "id": "drawn", "by": "customer", "segment": None, "arms": arms})
    found = client.get(f"{BASE}/drawn").json()

    assert not found["sizes"]["mismatch"]
    assert [one["measure"] for one in found["differences"]] == ["task_success"]
    # arms are drawn with the home's secret: a true difference of none lies outside of 95 % in one home of twenty
    difference = found["differences"][0]["difference"]
    half = (difference["high"] - difference["low"]) / 2
    assert abs(difference["value"]) < 3 * half


def test_what_was_not_registered_yet_is_not_known(client):
    client.post(BASE, json=BODY)

    assert client.get(BASE, params={"as_of": "2026-01-01T00:00:00Z"}).json()["items"] == []
    assert client.get(f"{BASE}/none").status_code == 404
    assert client.post(BASE, json={**BODY, "step": "nowhere"}).status_code == 422
