"""Erasures asked for over HTTP: announced at once, finished by the flows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from flows.erase import resume
from flows.workspace import Home
from store.contacts import Incoming, add_contacts
from store.settings import Settings
from tagger.model import Contact, Turn
from tests.planted import in_tables

LOCAL = ("127.0.0.1", 50000)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(Settings(home=tmp_path))
    found.database.upgrade()
    contact = Contact("zq-1", (Turn("customer", "turquoise zeppelin"),), customer_id="zq-who")
    incoming = Incoming.of(contact, redact=lambda one: one, identity=found.identity)
    with found.database.session() as session:
        add_contacts(session, [incoming], source="s", job_id=None, identity=found.identity)
    return found


@pytest.fixture
def client(home: Home) -> Iterator[TestClient]:
    with TestClient(create_app(home.settings), base_url="http://localhost", client=LOCAL) as found:
        yield found


def test_an_erasure_is_announced_over_http_and_finished_by_the_flows(home: Home, client: TestClient) -> None:
    asked = client.post("/v1/erasures", json={"customer_id": "zq-who"})
    assert asked.status_code == 202, asked.text
    receipt = asked.json()["receipt"]
    assert (asked.json()["finished_at"], asked.json()["scope"]) == (None, "customer")
    (done,) = resume(home)
    assert done.receipt.receipt == receipt
    assert in_tables(home.database, ["zq-1", "zq-who", "turquoise"]) == set()
    told = client.get(f"/v1/erasures/{receipt}").json()
    assert told["finished_at"]
    assert told["counts"]["contacts"] == 1
    assert [one["receipt"] for one in client.get("/v1/erasures").json()["items"]] == [receipt]


def test_nobody_named_is_unprocessable_and_an_unknown_receipt_is_not_found(client: TestClient) -> None:
    assert client.post("/v1/erasures", json={}).status_code in {400, 422}
    assert client.get("/v1/erasures/none").status_code == 404
