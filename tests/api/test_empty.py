"""A job without a single contact: every page says what is missing, none fails."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from store.jobs import save_job
from store.settings import Settings
from taxonomy.loader import find_job, shipped_jobs


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    app = create_app(Settings(home=tmp_path_factory.mktemp("empty")))
    database = app.state.database
    database.upgrade()
    with database.session() as session:
        save_job(session, find_job("online-order"))
    with TestClient(app, base_url="http://localhost", client=("::1", 1)) as client:
        yield client


@pytest.mark.parametrize("page", ["", "/steps/track-delivery", "/outcomes/know-arrival", "/index"])
def test_a_page_says_that_there_is_not_enough_evidence(empty, page):
    answer = empty.get(f"/jobs/online-order{page}")

    assert answer.status_code == 200
    assert "ot enough evidence" in answer.text or "Not published" in answer.text
    assert "no reviews yet" in answer.text


@pytest.mark.parametrize("path", ["scorecard", "friction?by=channel", "outcomes", "index", "index/history"])
def test_the_api_answers_with_reasons(empty, path):
    assert empty.get(f"/v1/jobs/online-order/{path}").status_code == 200


def test_a_formula_that_is_not_there_yet_is_a_problem_with_the_next_step(empty):
    answer = empty.get("/v1/jobs/online-order/index/formula")

    assert answer.status_code == 404
    assert "headway publish" in answer.json()["detail"]


def test_the_list_of_contacts_is_empty(empty):
    page = empty.get("/v1/jobs/online-order/steps/track-delivery/contacts").json()

    assert page == {"items": [], "next_cursor": None, "total": 0}


def test_two_jobs_are_a_choice_at_the_front_door(tmp_path):
    app = create_app(Settings(home=tmp_path))
    app.state.database.upgrade()
    client = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1))
    assert "No job has been run" in client.get("/").text

    with app.state.database.session() as session:
        for job in shipped_jobs():
            save_job(session, job)

    assert client.get("/").text.count("/jobs/") == len(shipped_jobs())
