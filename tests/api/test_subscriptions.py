from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from store.jobs import save_job
from store.keys import create_key
from store.settings import Settings
from taxonomy.loader import find_job
from tests.flows.receivers import WebReceiver, web_receiver

JOB = "online-order"
API, PAGE = f"/v1/jobs/{JOB}/subscriptions", f"/jobs/{JOB}/alerts"


@pytest.fixture
def receiver() -> Iterator[WebReceiver]:
    with web_receiver() as found:
        yield found


@pytest.fixture
def app(tmp_path: Path):
    made = create_app(Settings(home=tmp_path, webhook_private_hosts="localhost"))
    made.state.database.upgrade()
    with made.state.database.session() as session:
        save_job(session, find_job(JOB))
    return made


@pytest.fixture
def client(app) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1:8321", client=("127.0.0.1", 50000)) as found:
        yield found


def test_a_webhook_is_added_tested_shown_without_its_path_and_removed(client, receiver: WebReceiver) -> None:
    made = client.post(API, json={"channel": "webhook", "address": f"{receiver.address}/secret-path"})
    assert made.status_code == 201
    assert made.json()["key"].startswith("whsec_")
    key = made.json()["id"]
    listed = client.get(API)
    assert "secret-path" not in listed.text
    assert "whsec_" not in listed.text
    assert client.post(f"{API}/{key}/test").json() == {"arrived": True, "failure": None}
    assert len(receiver.requests) == 1
    receiver.answers = [(404, {})]
    assert "404" in client.post(f"{API}/{key}/test").json()["failure"]
    assert client.delete(f"{API}/{key}").status_code == 204
    assert client.get(API).json()["items"] == []
    assert client.post(f"{API}/{key}/test").status_code == 404


def test_a_webhook_at_a_private_address_is_told_no_at_its_test(client) -> None:
    made = client.post(API, json={"channel": "slack", "address": "https://169.254.169.254/latest"}).json()
    found = client.post(f"{API}/{made['id']}/test").json()
    assert found["arrived"] is False
    assert "private" in found["failure"]


def test_the_page_adds_tests_and_removes_without_javascript(client, receiver: WebReceiver) -> None:
    def send(path: str, **fields: str):
        token = re.search(r'name="csrf" value="([^"]*)"', client.get(PAGE).text).group(1)
        return client.post(f"/jobs/{JOB}/subscriptions{path}", data={**fields, "csrf": token}, follow_redirects=False)

    made = send("", channel="webhook", address=f"{receiver.address}/x", kinds="data")
    assert made.status_code == 201
    assert re.search(r"<code>whsec_[\w+/=]+</code>", made.text)
    assert "whsec_" not in client.get(PAGE).text
    key = client.get(API).json()["items"][0]["id"]
    assert "A test was sent" in send(f"/{key}", do="test").text
    assert send(f"/{key}", do="remove").status_code == 303
    assert "Nobody is told yet" in client.get(PAGE).text
    assert send("", channel="email", address="not an address").status_code == 422


def test_a_leader_may_subscribe_mail_but_not_send_the_server_elsewhere(app) -> None:
    with app.state.database.session() as session:
        leader, admin = (create_key(session, name=role, role=role, by="t")[1] for role in ("leader", "admin"))
    with TestClient(app, base_url="http://headway.example", client=("10.1.2.3", 1)) as far:
        as_leader, as_admin = ({"authorization": f"Bearer {key}"} for key in (leader, admin))
        mail = far.post(API, json={"address": "ann@example.com"}, headers=as_leader)
        assert mail.status_code == 201
        hook = {"channel": "webhook", "address": "https://hooks.example.com/x"}
        assert far.post(API, json=hook, headers=as_leader).status_code == 403
        made = far.post(API, json=hook, headers=as_admin).json()
        assert far.delete(f"{API}/{made['id']}", headers=as_leader).status_code == 403
        assert far.post(f"{API}/{made['id']}/test", headers=as_leader).status_code == 403
        assert far.delete(f"{API}/{mail.json()['id']}", headers=as_leader).status_code == 204


@pytest.mark.parametrize(
    "body",
    [{"address": ""}, {"address": "a b"}, {"channel": "pigeon", "address": "x"}, {"address": "a@b.example", "more": 1}],
)
def test_a_bad_subscription_is_refused(client, body) -> None:
    assert client.post(API, json=body).status_code == 422
