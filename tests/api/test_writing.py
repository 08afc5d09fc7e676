"""Contacts, survey answers, events and decisions sent over HTTP, on a copy of the demo."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.bodies import LINES, MAX_BODY
from store.settings import Settings

BASE = "/v1/jobs/online-order"
CONTACT = {"id": "h-1", "customer_id": "u-1", "text": "my parcel is late, write to ann@example.org"}
ANSWER = {
    "respondent_id": "p-1",
    "answered_at": "2026-03-02T12:00:00Z",
    "outcome": "know-terms",
    "importance": 9,
    "satisfaction": 2,
}
EVENT = {"event_id": "h-e-1", "at": "2026-03-01T09:00:00Z", "step": "track-delivery", "type": "start"}


@pytest.fixture
def client(in_demo_copy):
    app = create_app(Settings(home=in_demo_copy))
    with TestClient(app, base_url="http://127.0.0.1:8321", client=("127.0.0.1", 50000)) as found:
        yield found


def lines(*records) -> dict:
    return {
        "content": "".join(json.dumps(one) + "\n" for one in records),
        "headers": {"Content-Type": LINES[0]},
    }


def counts(answer) -> tuple[int, int, int]:
    body = answer.json()
    return body["accepted"], body["already_there"], body["quarantined"]


def test_a_contact_is_redacted_kept_once_and_can_be_read(client):
    assert counts(client.post("/v1/contacts", json=CONTACT)) == (1, 0, 0)
    assert counts(client.post("/v1/contacts", json=CONTACT)) == (0, 1, 0)

    text = client.get("/v1/contacts/h-1").json()["turns"][0]["text"]
    assert "parcel is late" in text
    assert "ann@example.org" not in text


def test_one_contact_that_cannot_be_used_is_refused_and_quarantined(client, run):
    answer = client.post("/v1/contacts", json={"id": "h-2"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["name"] == "missing-turns"
    listed = json.loads(run("quarantine", "list", "--json").output)["items"]
    assert "POST /v1/contacts" in {one["path"] for one in listed}


def test_an_id_with_a_control_character_is_refused_in_contacts_surveys_and_events(client):
    one = client.post("/v1/contacts", json={**CONTACT, "id": "h\x001"})
    many = client.post("/v1/contacts", **lines(CONTACT, {**CONTACT, "id": "h-\x1b2"}))
    answer = client.post(f"{BASE}/surveys", json={**ANSWER, "respondent_id": "p\x001"})
    event = client.post(f"{BASE}/events", json={**EVENT, "event_id": "h\x00e"})

    assert [one.status_code, answer.status_code, event.status_code] == [422] * 3
    assert counts(many) == (1, 0, 1)
    assert many.json()["refused"][0]["reason"] == "bad-id"
    assert all("bad-id" in each.text for each in (one, answer, event))


def test_an_id_that_was_seen_with_other_words_is_a_conflict(client):
    client.post("/v1/contacts", json=CONTACT)

    assert client.post("/v1/contacts", json={**CONTACT, "text": "another story"}).status_code == 409


@pytest.mark.parametrize("way", ["list", "lines"])
def test_of_several_contacts_each_stands_for_itself(client, way):
    records = [{"id": "h-3", "text": "hello"}, 3, {"id": "h-4"}, {"id": "h-5", "text": "where is it"}]
    answer = client.post("/v1/contacts", **(lines(*records) if way == "lines" else {"json": records}))

    assert counts(answer) == (2, 0, 2)
    assert [(one["line"], one["reason"]) for one in answer.json()["refused"]] == [
        (2, "wrong-type"),
        (3, "missing-turns"),
    ]


def test_two_thousand_lines_are_stored_batch_by_batch(client):
    records = [{"id": f"many-{n}", "text": f"contact number {n}"} for n in range(2100)]

    assert counts(client.post("/v1/contacts", **lines(*records))) == (2100, 0, 0)
    assert counts(client.post("/v1/contacts", **lines(*records))) == (0, 2100, 0)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client):
    answer = client.post("/v1/contacts", content=b" " * (MAX_BODY + 1), headers={"Content-Type": LINES[0]})

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "application/json", 422),
        (b"{", "application/json", 422),
        (b"null", "application/json", 422),
        (b"[]", "application/json", 200),
        (b"", LINES[0], 422),
        (b"id,text\n", "text/csv", 415),
        (b"{}", "", 415),
    ],
)
def test_a_body_that_holds_no_contact_says_so(client, content, kind, status):
    assert client.post("/v1/contacts", content=content, headers={"Content-Type": kind}).status_code == status


def test_survey_answers_and_events_are_kept_once_and_listed_last(client):
    for name, record in (("surveys", ANSWER), ("events", EVENT)):
        assert counts(client.post(f"{BASE}/{name}", json=record)) == (1, 0, 0)
        assert counts(client.post(f"{BASE}/{name}", **lines(record))) == (0, 1, 0)
        rows = client.get(f"{BASE}/{name}", params={"limit": 10000}).json()
        assert rows["next_cursor"] is None or len(rows["items"]) == 10000

    assert client.post(f"{BASE}/events", json={**EVENT, "step": "nowhere"}).status_code == 422
    assert client.post("/v1/jobs/none/events", json=EVENT).status_code == 404


def test_a_list_goes_on_where_it_was_when_rows_come_in_between(client):
    seen, cursor = [], None
    for page in range(4):
        params = {"limit": 50, **({"cursor": cursor} if cursor else {})}
        found = client.get(f"{BASE}/events", params=params).json()
        seen += [row["event_id"] for row in found["items"]]
        cursor = found["next_cursor"]
        client.post(f"{BASE}/events", json={**EVENT, "event_id": f"between-{page}"})

    assert len(set(seen)) == len(seen) == 200


def test_what_was_known_then_does_not_hold_what_came_later(client):
    before = datetime.now(UTC).isoformat()
    client.post(f"{BASE}/events", json={**EVENT, "event_id": "later"})
    known = client.get(f"{BASE}/events", params={"limit": 10000, "as_of": before}).json()["items"]

    assert "later" not in {row["event_id"] for row in known}


def test_decisions_are_taken_once_and_listed(client, run):
    first = client.get(f"{BASE}/decisions?limit=1").json()["items"][0]
    record = {
        "item": first["item"],
        "decision": {"step": first["step"], "by": "ann", "at": "2026-11-01T09:00:00Z"},
    }

    assert client.post(f"{BASE}/decisions", json=record).json()["added"] == 1
    assert client.post(f"{BASE}/decisions", json=[record]).json()["already_there"] == 1
    assert client.post(f"{BASE}/decisions", json=[{**record, "item": "none"}]).json()["refused"]
    for wrong in ({"item": ["none"]}, {"contact_id": 7}, {"pi": True}, {"pi": {}}):
        assert client.post(f"{BASE}/decisions", json=wrong).status_code == 422, wrong


def test_predict_gives_what_the_command_gives(client, run):
    record = {"id": "p-1", "text": "the parcel has not come and tracking says nothing"}
    served = client.post("/v1/predict", params={"job": "online-order"}, json=[record, {"id": "p-2"}]).json()["items"]
    printed = [
        json.loads(line)
        for line in run(
            "predict", "--job", "online-order", input=lines(record, {"id": "p-2"})["content"]
        ).stdout.splitlines()
    ]

    assert served == printed
    assert served[1]["error"]["type"] == "missing-turns"


def test_predict_takes_a_bounded_batch(client):
    many = [{"id": str(n), "text": "hi"} for n in range(201)]

    assert client.post("/v1/predict", params={"job": "online-order"}, json=many).status_code == 413
