"""Reviewing over HTTP, on a copy of the demo that these tests may change."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from store.settings import Settings
from store.tables import review_decisions
from tests.form_token import form_headers

BASE = "http://127.0.0.1:8321"
JOB = {"job": "online-order"}


@pytest.fixture(scope="module")
def app(demo_home: Path, tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("review") / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    return create_app(Settings(home=home))


def ask(app) -> TestClient:
    headers = form_headers(app)
    return TestClient(app, base_url=BASE, client=("127.0.0.1", 50000), follow_redirects=False, headers=headers)


@pytest.fixture
def client(app) -> Iterator[TestClient]:
    with ask(app) as found:
        yield found


@pytest.fixture
def analyst(app) -> Iterator[TestClient]:
    with ask(app) as found:
        assert found.post("/review/name", data={"name": "  ann\tlee ", **JOB}).status_code == 303
        yield found


def one_item(client: TestClient, by: str) -> dict:
    return client.post("/v1/review/claim", json={"by": by}).json()["items"][0]


def test_an_item_is_claimed_decided_and_undone(client: TestClient) -> None:
    item = one_item(client, "ann")
    assert item["turns"]
    assert (item["suggested"] is None) == item["suggestion_hidden"]
    where = f"/v1/review/{item['item']}"

    done = client.post(f"{where}/decision", json={"by": "ann", "step": "track-delivery", "outcome": "know-arrival"})
    assert done.json()["read"] == item["read"]
    assert client.post(f"{where}/undo", json={"by": "ann"}).json()["state"] == "held"
    assert one_item(client, "ann")["item"] == item["item"]
    assert client.post(f"{where}/skip", json={"by": "ann"}).json()["state"] == "skipped"


def test_what_another_holds_is_a_conflict(client: TestClient) -> None:
    item = one_item(client, "holder")
    for action, more in (("decision", {"step": None}), ("skip", {}), ("undo", {})):
        answer = client.post(f"/v1/review/{item['item']}/{action}", json={"by": "other", **more})
        assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
        assert "holder holds this item" in answer.json()["detail"]


def test_a_step_that_the_job_does_not_have_and_an_item_that_is_not_there_are_refused(client: TestClient) -> None:
    item = one_item(client, "dora")
    bad = client.post(f"/v1/review/{item['item']}/decision", json={"by": "dora", "step": "nonsense"})
    assert (bad.status_code, "nonsense" in bad.json()["detail"]) == (422, True)
    assert client.post("/v1/review/nothing/decision", json={"by": "dora", "step": None}).status_code == 404
    assert client.post("/v1/review/claim", json={}).status_code == 422


@pytest.mark.parametrize("name", ["queue", "stats", "agreement"])
def test_the_queue_its_statistics_and_agreement_answer_in_their_declared_shape(client: TestClient, name: str) -> None:
    answer = client.get(f"/v1/review/{name}", params=JOB)
    assert answer.status_code == 200
    assert answer.json()["job"] == "online-order"
    assert client.get(f"/v1/review/{name}", params={"job": "nobody"}).status_code == 404


def test_another_sites_page_can_send_nothing(client: TestClient, analyst: TestClient) -> None:
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/v1/review/claim", json={"by": "x"}, headers=headers).status_code == 403
        assert analyst.post("/review/name", data={"name": "x"}, headers=headers).status_code == 403


def test_a_form_without_its_token_is_refused(analyst: TestClient, client: TestClient) -> None:
    page = analyst.get("/review", params=JOB).text
    action, token = re.search(r'action="(\S+/decide)"', page)[1], re.search(r'name="token" value="(\w+)"', page)[1]
    for other in ("", "0" * 32):
        assert analyst.post(action, data={"token": other, "answer": "no step"}).status_code == 403
    assert client.post(action, data={"token": token, "answer": "no step"}).status_code == 403
    assert analyst.post(action, data={"token": token, "answer": "no step"}).status_code == 303


def test_a_changed_cookie_is_nobody(app) -> None:
    with ask(app) as client:
        client.cookies.set("headway_analyst", "YW5uHzEfMg==")
        assert "Who is reviewing?" in client.get("/review", params=JOB).text


def test_only_the_review_page_may_run_a_script_and_only_our_own(analyst: TestClient) -> None:
    policy = analyst.get("/review", params=JOB).headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in analyst.get("/jobs").headers["content-security-policy"]


def test_a_form_that_says_nothing_is_shown_again_with_what_is_missing(analyst: TestClient) -> None:
    page = analyst.get("/review", params=JOB).text
    action, token = re.search(r'action="(\S+/decide)"', page)[1], re.search(r'name="token" value="(\w+)"', page)[1]
    for data, words in (({}, "nothing is chosen yet"), ({"find": "zzz"}, "no step or outcome holds"),
                        ({"find": "the"}, "may mean")):  # fmt: skip
        answer = analyst.post(action, data={"token": token, **data})
        assert (answer.status_code, words in answer.text) == (422, True)
    typed = analyst.post(action, data={"token": token, "find": "track the delivery"})
    assert typed.status_code == 303
    assert "Recorded: Track the delivery" in analyst.get("/review", params=JOB).text


def test_a_second_reader_sees_neither_the_model_nor_the_first_reader(client: TestClient) -> None:
    for _ in range(150):
        item = one_item(client, "first")
        client.post(f"/v1/review/{item['item']}/decision", json={"by": "first", "step": None})
        again = one_item(client, "second")
        client.post(f"/v1/review/{again['item']}/skip", json={"by": "second"})
        if again["read"] == "second":
            assert (again["suggested"], again["suggestion_hidden"], again["earlier"]) == (None, True, [])
            return
    pytest.fail("no second read came up")


def undrawn_contact(client: TestClient) -> str:
    rows = client.get("/v1/jobs/online-order/steps/track-delivery/contacts", params={"limit": 50}).json()["items"]
    for row in rows:
        if "The model was not sure" not in client.get(f"/contacts/{row['contact_id']}").text:
            return row["contact_id"]
    pytest.fail("every contact is unsure")


def test_a_leader_asks_on_the_contacts_page_and_the_analyst_sees_why(client: TestClient, analyst: TestClient) -> None:
    contact = undrawn_contact(client)
    form = {"contact": contact, "job": "online-order", "by": "lea", "why": "was it rude?"}
    sent = client.post("/review/ask", data=form, headers={"origin": "null", "sec-fetch-site": "same-origin"})
    assert (sent.status_code, sent.headers["location"].startswith("/contacts/")) == (303, True)
    assert "a leader asked, waiting" in client.get(sent.headers["location"]).text
    item = client.post("/v1/review/claim", json={"by": "hal", "reasons": ["asked"]}).json()["items"][0]
    assert item["contact_id"] == contact
    again = client.post("/v1/review/ask", json={"contacts": [contact, "nobody"], "by": "lea"}).json()
    assert again == {"added": 0, "already_there": 1, "unknown": ["nobody"]}


def test_nobody_asks_from_another_site_or_without_a_name(client: TestClient) -> None:
    form = {"contact": undrawn_contact(client), "job": "online-order"}
    assert client.post("/review/ask", data=form).status_code == 422
    named = {**form, "by": "lea"}
    assert client.post("/review/ask", data=named, headers={"origin": "null"}).status_code == 403
    cross = {"origin": "null", "sec-fetch-site": "cross-site"}
    assert client.post("/review/ask", data=named, headers=cross).status_code == 403


def test_a_known_answer_cannot_be_told_from_another_hidden_item(app, client: TestClient) -> None:
    from datetime import UTC, datetime

    from store.review_gold import set_gold

    now = datetime.now(UTC)
    with app.state.database.session() as session:
        set_gold(session, "online-order", [(1, "gain-access", None)], by="lea", now=now)
    item = client.post("/v1/review/claim", json={"by": "gil", "reasons": ["gold"]}).json()["items"][0]
    shown = {name: item[name] for name in ("reason", "drawn", "read", "suggestion_hidden", "suggested", "earlier")}
    assert shown == {
        "reason": None, "drawn": None, "read": "first", "suggestion_hidden": True, "suggested": None, "earlier": []
    }  # fmt: skip
    done = client.post(f"/v1/review/{item['item']}/decision", json={"by": "gil", "step": "gain-access"}).json()
    assert (done["read"], done["waits_for"]) == ("first", "done")
    assert "gil" not in client.get(f"/contacts/{item['contact_id']}").text


def test_a_spent_budget_says_so_and_lets_an_analyst_go_on(app, analyst: TestClient) -> None:
    from datetime import UTC, datetime

    from store.review_offers import set_budget
    from tagger.review_reasons import Budget

    now = datetime.now(UTC)
    with app.state.database.session() as session:
        set_budget(session, "online-order", Budget(per_day=1), by="lea", now=now)
    try:
        for data in ({"name": "late one"},):
            analyst.post("/review/name", data={**data, **JOB})
        page = analyst.get("/review", params=JOB).text
        assert "Today’s reviews are done" in page
        assert "beyond=1" in page
        assert 'name="beyond"' in analyst.get("/review", params={**JOB, "beyond": "1"}).text
    finally:
        with app.state.database.session() as session:
            set_budget(session, "online-order", Budget(), by="lea", now=now)


def test_what_the_model_suggests_besides_stands_first_and_is_not_chosen_beforehand() -> None:
    from api.pages.review_card import also_choices
    from tagger.model import Secondary, Tag
    from taxonomy.loader import shipped_jobs

    job = shipped_jobs()[0]
    last = job.steps[-1].id
    shares = {job.steps[0].id: 1.0}
    tag = Tag("c", job.steps[0].id, None, 0.9, False, "classifier", shares, {}, (), 0.1, "m", job.id, job.stamp)
    found = also_choices(job, replace(tag, secondary=(Secondary(last, None, 0.7),)))
    assert (found[0].id, found[0].suggested, len(found)) == (last, True, len(job.steps))
    assert not any(choice.suggested for choice in also_choices(job, None))


def test_a_secondary_step_must_be_a_step_and_is_kept_once_beside_the_primary_one(app, client: TestClient) -> None:
    where = f"/v1/review/{one_item(client, 'cleo')['item']}/decision"
    body = {"by": "cleo", "step": "track-delivery"}
    for wrong in (["_none"], [""], ["nope"], "recover-money"):
        assert client.post(where, json={**body, "secondary": wrong}).status_code == 422
    given = ["recover-money", "track-delivery", "recover-money"]
    assert client.post(where, json={**body, "secondary": given}).status_code == 200
    with app.state.database.session() as session:
        query = select(review_decisions.c.secondary).where(review_decisions.c.by == "cleo")
        assert session.scalars(query).all() == [["recover-money"]]


def test_a_name_is_not_blank_and_a_stray_space_makes_no_second_analyst(client: TestClient) -> None:
    assert client.post("/v1/review/claim", json={"by": "  "}).status_code == 422
    assert client.post("/v1/review/claim", json={"by": "dora", "reasons": ["zz"]}).status_code == 422
    assert one_item(client, " dora\x00 ")["item"] == one_item(client, "dora")["item"]
    assert client.post("/v1/review/nope/decision", json={"by": "dora", "step": ""}).status_code == 422


def test_without_keys_a_request_must_say_who_acts(client):
    refused = client.post("/v1/review/claim", json={})

    assert refused.status_code == 422
    assert "say who does it" in refused.json()["detail"]
