from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from store.settings import Settings

HERE = ("127.0.0.1", 50000)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return create_app(Settings(home=tmp_path_factory.mktemp("home")))


def ask(app, *, peer=HERE, host="127.0.0.1:8321", **headers):
    return TestClient(app, base_url="http://127.0.0.1:8321", client=peer).get(
        "/healthz", headers={"host": host, **headers}
    )


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_answered(app, peer):
    assert ask(app, peer=(peer, 1)).status_code == 200


@pytest.mark.parametrize("peer", ["10.0.0.7", "192.168.1.2", "::ffff:10.0.0.7", "2001:db8::1", "testclient"])
def test_another_machine_is_refused_with_problem_json(app, peer):
    answer = ask(app, peer=(peer, 1))

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 403


def test_a_forwarding_header_does_not_make_another_machine_this_one(app):
    assert ask(app, peer=("10.0.0.7", 1), **{"x-forwarded-for": "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_a_caller_behind_a_proxy_on_this_machine_is_refused(app, name):
    assert ask(app, **{name: "10.0.0.7"}).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:8321", "LOCALHOST", "127.0.0.1:1", "[::1]:8321"])
def test_a_name_of_this_machine_is_answered(app, host):
    assert ask(app, host=host).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "evil.example:8321"]
)
def test_a_foreign_name_pointed_at_this_machine_is_refused(app, host):
    assert ask(app, host=host).status_code == 403


@pytest.mark.parametrize("path", ["/", "/static/headway.css", "/openapi.json", "/v1/jobs", "/nothing"])
def test_no_address_is_forgotten(app, path):
    client = TestClient(app, base_url="http://127.0.0.1", client=("10.0.0.7", 1))

    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/static/none.css", "/v1/jobs"])
def test_every_answer_carries_the_strict_headers(app, path):
    headers = TestClient(app, base_url="http://127.0.0.1", client=HERE).get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert "script-src" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_a_home_without_tables_is_alive_but_not_ready(app):
    client = TestClient(app, base_url="http://127.0.0.1", client=HERE)

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert "headway db upgrade" in client.get("/readyz").json()["detail"]
    assert client.get("/v1/jobs").status_code == 503
