"""What each role reads of a contact, what a key for another job reads of the demo, and what of it is logged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, select

from api.app import create_app
from store.audit import read_audit, verify_audit
from store.jobs import save_job
from store.keys import create_key
from store.settings import Settings
from store.tables import contacts, review_items, tags
from store.tables import jobs as jobs_table
from taxonomy.loader import find_job

FAR = ("10.1.2.3", 1)


@pytest.fixture(scope="module")
def app(demo_home: Path, tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("reading") / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    made = create_app(Settings(home=home))
    with made.state.database.session() as session:
        save_job(session, find_job("retail-banking"))
        roles = {"leader": None, "analyst": None, "service": None, "admin": None, "other": ["retail-banking"]}
        made.state.keys = {
            name: create_key(session, name=name, role="admin" if jobs else name, by="test", jobs=jobs)[1]
            for name, jobs in roles.items()
        }
        session.execute(delete(jobs_table).where(jobs_table.c.job_id == "retail-banking"))  # the demo has one job
    return made


def ask(app, caller: str) -> TestClient:
    headers = {"authorization": f"Bearer {app.state.keys[caller]}"}
    return TestClient(app, base_url="http://headway.example", client=FAR, headers=headers)


@pytest.fixture(scope="module")
def tagged(app) -> tuple[int, str]:
    """A contact whose decision was carried by less than all of its words: its row number and its id."""
    with app.state.database.session() as session:
        rows = session.execute(select(contacts.c.pk, contacts.c.contact_id, tags.c.evidence).join(tags)).all()
    row = next(row for row in rows if len(row.evidence) == 1)
    return row.pk, row.contact_id


@pytest.mark.parametrize(
    ("caller", "whole"), [("leader", False), ("service", False), ("analyst", True), ("admin", True)]
)
def test_whole_conversations_are_for_analysts_the_others_read_the_evidence(app, tagged, caller, whole):
    pk, contact_id = tagged
    seen = ask(app, caller).get(f"/v1/contacts/{contact_id}").json()
    full = ask(app, "admin").get(f"/v1/contacts/{contact_id}").json()

    assert seen["whole"] is whole
    assert (seen["turns"] == full["turns"]) is whole
    for span in seen["tags"][0]["evidence"]:
        of_one, of_all = (each["turns"][span["turn"]]["text"] for each in (seen, full))
        assert of_one[span["start"] : span["end"]].rstrip() == of_all[span["start"] : span["end"]].rstrip()
    with app.state.database.session() as session:
        rows = [row for row in read_audit(session, action="contact.read", object=f"contact/{pk}") if row.who == caller]
    assert rows[0].detail == {"page": "api", "text": "whole" if whole else "evidence"}


def test_a_setting_lets_leaders_read_whole_conversations(app, tagged):
    app.state.settings.leaders_read_text = True
    try:
        assert ask(app, "leader").get(f"/v1/contacts/{tagged[1]}").json()["whole"] is True
        assert ask(app, "service").get(f"/v1/contacts/{tagged[1]}").json()["whole"] is False
    finally:
        app.state.settings.leaders_read_text = False


def test_a_key_for_another_job_finds_neither_contacts_nor_items_nor_runs(app, tagged):
    other = ask(app, "other")
    with app.state.database.session() as session:
        item = session.scalar(select(review_items.c.item).limit(1))
        owned = session.scalar(select(contacts.c.job_id).where(contacts.c.pk == tagged[0]))

    for path in (f"/v1/contacts/{tagged[1]}", f"/contacts/{tagged[1]}"):
        answer = other.get(path)
        assert answer.status_code == (404 if owned else 200)
        assert "online-order" not in answer.text
    said = {"by": "x", "step": "track-delivery"}
    for change in ("decision", "skip", "undo"):
        assert other.post(f"/v1/review/{item}/{change}", json=said).status_code == 404
    assert other.post("/v1/review/claim", json={"by": "x", "job": "online-order"}).status_code == 404
    assert other.get("/v1/runs").json() == []
    assert other.get("/v1/jobs").json()["items"] == []


def test_who_acts_is_whose_key_it_is_whatever_name_the_body_says(app):
    analyst = ask(app, "analyst")
    item = analyst.post("/v1/review/claim", json={"by": "lee"}).json()["items"][0]["item"]
    done = analyst.post(f"/v1/review/{item}/decision", json={"by": "lee", "step": "track-delivery", "outcome": None})
    assert done.status_code == 200, done.text
    analyst.post(f"/v1/review/{item}/undo", json={})
    said = {"at": "2026-08-03T00:00:00Z", "text": "a new map", "by": "the board"}
    assert analyst.post("/v1/jobs/online-order/annotations", json=said).json()["by"] == "analyst"

    with app.state.database.session() as session:
        rows = list(read_audit(session, object=f"item/{item}"))
        assert verify_audit(session).breaks == ()
    assert [(row.who, row.action, row.detail["by"]) for row in rows] == [
        ("analyst", "review.decide", "analyst"), ("analyst", "review.undo", "analyst")
    ]  # fmt: skip


def test_a_page_that_is_kept_for_several_people_holds_nobodys_token(app):
    page = ask(app, "leader").get("/jobs/online-order")

    assert page.status_code == 200
    assert 'name="csrf"' not in page.text
    assert "leader" not in page.text.lower().replace("leaders", "")
