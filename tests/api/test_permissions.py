"""Every route for every role: allowed or 403. The routes are read from the app, so that none can be missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from api.access import anybody, require
from api.app import create_app
from api.permissions import ServedRoute, UndeclaredRouteError, served_routes
from store.jobs import save_job
from store.keys import create_key
from store.roles import ROLES
from store.settings import Settings
from taxonomy.loader import find_job

JOB, OTHER = "online-order", "retail-banking"
FAR = ("10.1.2.3", 50000)
OWN_REFUSALS = {"/login", "/login/callback"}
"""Open to anybody; what is refused there is a login: see test_access_login.py and test_access_oidc.py."""


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> FastAPI:
    """Two jobs, a key for each role, one of an admin of the other job only, one that expired."""
    made = create_app(Settings(home=tmp_path_factory.mktemp("home")))
    made.state.database.upgrade()
    job = find_job(JOB)
    with made.state.database.session() as session:
        save_job(session, job)
        save_job(session, find_job(OTHER))
        keys = {role: create_key(session, name=role, role=role, by="test")[1] for role in ROLES}
        keys["other"] = create_key(session, name="other", role="admin", by="test", jobs=[OTHER])[1]
    made.state.keys = keys
    return made


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://headway.example", client=FAR, follow_redirects=False) as found:
        yield found


def ask(client: TestClient, route: ServedRoute, caller: str | None, *, method: str | None = None):
    """The route's first method with a path that fits, and an empty JSON object where something is sent."""
    path = route.path.replace("{job}", JOB)
    path = re.sub(r"\{\w+(:path)?\}", "x", path)
    headers = {"accept": "application/json"}
    if caller is not None:
        headers["authorization"] = f"Bearer {client.app.state.keys[caller]}"
    method = method or sorted(route.methods)[0]
    body = {"json": {}} if method not in {"GET", "HEAD"} else {}
    return client.request(method, path, headers=headers, **body)


def routes(app: FastAPI) -> tuple[ServedRoute, ...]:
    found = served_routes(app.routes)
    assert len(found) > 50
    return found


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_given_what_it_may_have_and_refused_the_rest(app, client, role):
    wrong = []
    for route in routes(app):
        if route.path in OWN_REFUSALS:
            continue
        answer = ask(client, route, role)
        may = route.open or role in route.roles
        if (answer.status_code == 403) == may or answer.status_code in {401, 500}:
            wrong.append((str(route), role, may, answer.status_code, answer.text[:200]))
    assert wrong == []


def test_nobody_is_answered_without_a_key_but_health_login_and_style(app, client):
    for route in routes(app):
        if route.path in OWN_REFUSALS:
            continue
        answer = ask(client, route, None)
        assert (answer.status_code == 401) == (not route.open), (str(route), answer.status_code)
    opened = {route.path for route in routes(app) if route.open}
    assert opened == {
        "/healthz", "/readyz", "/static/{name}", "/login", "/login/oidc", "/login/callback",
    }  # fmt: skip


def test_a_key_for_another_job_meets_nothing_of_this_one(app, client):
    for route in routes(app):
        answer = ask(client, route, "other")
        if "{job}" in route.path:
            assert answer.status_code == 404, (str(route), answer.status_code)
        elif route.path != "/openapi.json":  # describes what there is to ask, with examples
            assert JOB not in answer.text, (str(route), answer.text[:300])


def test_a_key_for_one_job_cannot_send_contacts_that_every_job_reads(app, client):
    with app.state.database.session() as session:
        token = create_key(session, name="feed", role="service", by="test", jobs=[OTHER])[1]
    app.state.keyring.forget()
    headers, contact = {"authorization": f"Bearer {token}"}, {"id": "c-1", "text": "where is my parcel"}

    assert client.post("/v1/contacts", json=contact, headers=headers).status_code == 403
    assert client.post(f"/v1/contacts?job={JOB}", json=contact, headers=headers).status_code == 404
    assert client.post(f"/v1/contacts?job={OTHER}", json=contact, headers=headers).status_code == 200
    assert [job["id"] for job in client.get("/v1/jobs", headers=headers).json()["items"]] == [OTHER]


def test_a_page_asked_for_by_a_browser_leads_to_the_login_and_back(client):
    answer = client.get(f"/jobs/{JOB}?from=2026-01-01", headers={"accept": "text/html"})

    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fjobs%2Fonline-order%3Ffrom%3D2026-01-01"


def test_readers_do_not_write_unless_it_is_meant(app):
    meant = {str(route) for route in routes(app) if route.changes and "leader" in route.roles}

    assert {"POST /logout", "POST /review/ask", "POST /v1/review/ask"} <= meant
    for route in routes(app):
        if str(route) in meant:
            assert route.open or any(one.writes for one in route.permissions), str(route)


@pytest.mark.parametrize(
    ("router", "route", "said"),
    [
        ([], {}, "say who may use it"),
        ([require("leader")], {"methods": ["POST"]}, "leaders only read"),
        ([require("leader")], {"dependencies": [anybody()]}, "both anybody"),
    ],
)
def test_an_app_with_a_route_that_declares_nothing_does_not_start(router, route, said):
    asked = APIRouter(dependencies=router)
    asked.add_api_route("/new", lambda: None, **route)
    made = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    made.include_router(asked)

    with pytest.raises(UndeclaredRouteError, match=said):
        served_routes(made.routes)


def test_a_route_that_can_declare_nothing_is_not_served():
    with pytest.raises(UndeclaredRouteError, match=re.escape("/openapi.json")):
        served_routes(FastAPI(docs_url=None, redoc_url=None).routes)


def test_a_router_and_a_route_must_both_allow():
    asked = APIRouter(dependencies=[require("leader")])
    asked.add_api_route("/new", lambda: None, methods=["POST"], dependencies=[require("analyst"), require("service")])
    made = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    made.include_router(asked)

    assert [set(route.roles) for route in served_routes(made.routes)] == [{"admin"}]


def test_a_key_that_expired_or_was_never_made_is_refused(app, client):
    with app.state.database.session() as session:
        until = datetime.now(UTC) + timedelta(milliseconds=1)
        late = create_key(session, name="late", role="admin", by="test", expires_at=until)[1]
    app.state.keyring.forget()
    for token in (late, late[:-4] + "AAAA", "hw_nonsense", "", "\x00", "ü"):
        answer = client.get("/v1/jobs", headers={"authorization": f"Bearer {token}".encode()})
        assert answer.status_code in {401, 429}
        assert "WWW-Authenticate" in answer.headers or answer.status_code == 429
    assert client.get("/v1/jobs", headers={"authorization": "Basic eDp5"}).status_code == 401
