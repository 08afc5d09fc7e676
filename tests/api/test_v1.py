"""The JSON API over the demo's database."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from api.v1 import shapes
from api.v1.contact_shapes import ContactShape, ContactsShape

BASE = "/v1/jobs/online-order"


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/v1/jobs", shapes.JobsShape),
        (BASE, shapes.JobShape),
        (f"{BASE}/scorecard", shapes.ScorecardShape),
        (f"{BASE}/friction", shapes.FrictionShape),
        (f"{BASE}/friction?by=channel", shapes.FrictionShape),
        (f"{BASE}/friction?by=segment.tier&channel=chat", shapes.FrictionShape),
        (f"{BASE}/friction?from=1999-01-01&to=1999-02-01", shapes.FrictionShape),
        (f"{BASE}/outcomes", shapes.OutcomesShape),
        (f"{BASE}/outcomes?by=segment.tier", shapes.OutcomesShape),
        (f"{BASE}/index", shapes.IndexShape),
        (f"{BASE}/index/formula", shapes.FormulaShape),
        (f"{BASE}/index/history", shapes.HistoryShape),
        (f"{BASE}/steps/track-delivery/contacts", ContactsShape),
    ],
)
def test_an_answer_has_the_shape_that_the_documentation_gives(client, path, shape):
    answer = client.get(path)

    assert answer.status_code == 200
    shape.model_validate_json(answer.content)


def test_friction_is_what_the_command_line_prints(client, in_demo, run):
    served = client.get(f"{BASE}/friction").json()
    printed = json.loads(run("friction", "--job", "online-order", "--json").output)

    assert [step["friction"]["value"] for step in served["steps"]] == [s["friction"]["value"] for s in printed["steps"]]


def test_a_filter_changes_the_figures(client):
    whole = client.get(f"{BASE}/friction").json()["steps"]
    part = client.get(f"{BASE}/friction", params={"channel": "chat", "segment.tier": "gold"}).json()

    assert part["filters"] == {"channel": "chat", "segment.tier": "gold"}
    assert part["steps"][0]["volume"]["n"] < whole[0]["volume"]["n"]


def test_a_period_without_contacts_has_reasons_not_zeros(client):
    steps = client.get(f"{BASE}/friction?from=1999-01-01&to=1999-02-01").json()["steps"]

    assert all(step["friction"]["value"] is None and step["friction"]["reason"] for step in steps)


def test_cursors_give_every_contact_once_newest_first(client):
    path, seen, cursor = f"{BASE}/steps/track-delivery/contacts", [], None
    while True:
        page = client.get(path, params={"limit": 40, **({"cursor": cursor} if cursor else {})}).json()
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len({(row["source"], row["contact_id"]) for row in seen}) == len(seen) == page["total"] > 40
    assert [row["started_at"] for row in seen] == sorted((row["started_at"] for row in seen), reverse=True)
    assert {row["step"] for row in seen} == {"track-delivery"}


def test_contacts_follow_the_filters(client):
    params = {"channel": "chat", "segment.tier": "gold", "from": "2026-06-01", "to": "2026-08-01"}
    page = client.get(f"{BASE}/steps/track-delivery/contacts", params=params).json()
    contact = client.get(f"/v1/contacts/{page['items'][0]['contact_id']}").json()

    assert {row["channel"] for row in page["items"]} == {"chat"}
    assert contact["segment"]["tier"] == "gold"
    assert "2026-06-01" <= contact["started_at"][:10] < "2026-08-01"


def test_a_contact_shows_evidence_inside_its_words(client):
    row = client.get(f"{BASE}/steps/track-delivery/contacts").json()["items"][0]
    answer = client.get(f"/v1/contacts/{row['contact_id']}", params={"source": row["source"]})
    contact = ContactShape.model_validate_json(answer.content)

    assert contact.tags[0].evidence
    for span in contact.tags[0].evidence:
        assert 0 <= span.start < span.end <= len(contact.turns[span.turn].text)
    assert abs(sum(contact.tags[0].steps.values()) - 1) < 1e-5


def test_what_has_not_changed_is_not_sent_again(client):
    first = client.get(f"{BASE}/scorecard")
    again = client.get(f"{BASE}/scorecard", headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert again.content == b""
    assert client.get(f"{BASE}/scorecard", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/v1/nothing", 404, "/v1/nothing"),
        ("/v1/jobs/none", 404, "none"),
        ("/v1/contacts/none", 404, "none"),
        (f"{BASE}/steps/none/contacts", 404, "none"),
        (f"{BASE}/friction?from=31.3.2026", 422, "31.3.2026"),
        (f"{BASE}/friction?from=2026-05-01&to=2026-05-01", 422, "not after"),
        (f"{BASE}/friction?as_of=yesterday", 422, "yesterday"),
        (f"{BASE}/friction?from=0001-01-01&to=9999-12-31", 422, "out of reach"),
        (f"{BASE}/scorecard?as_of=0001-01-01T00:00:00%2B14:00", 422, "out of reach"),
        (f"{BASE}/index/change?from=9999-12-30&to=9999-12-31", 422, "out of reach"),
        (f"{BASE}/friction?segment.shoe=9", 422, "segment.shoe"),
        (f"{BASE}/friction?colour=red", 422, "colour"),
        (f"{BASE}/friction?by=shoe", 422, "shoe"),
        (f"{BASE}/friction?channel=chat&channel=phone", 422, "twice"),
        (f"{BASE}/friction?channel=pigeon", 422, "pigeon"),
        (f"{BASE}/scorecard?segment.tier=tin", 422, "known are gold, standard"),
        (f"{BASE}/steps/track-delivery/contacts?circumstance.urgency=x", 422, "circumstance.urgency"),
        (f"{BASE}/steps/track-delivery/contacts?outcome=fit-goods", 404, "fit-goods"),
        (f"{BASE}/annotations?step=nowhere", 422, "step"),
        ("/v1/review/queue?limit=-5", 422, "limit"),
        ("/v1/jobs?limit=-5", 422, "limit"),
        (f"{BASE}/steps/track-delivery/contacts?limit=0", 422, "limit"),
        (f"{BASE}/steps/track-delivery/contacts?limit=x", 422, "limit"),
        (f"{BASE}/steps/track-delivery/contacts?cursor=%FF%00", 422, "cursor"),
        (f"{BASE}/steps/track-delivery/contacts?cursor=WzFd", 422, "cursor"),
    ],
)
def test_bad_input_is_a_problem_that_names_the_word_at_fault(client, path, status, word):
    answer = client.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert word in answer.json()["detail"]


def test_another_method_is_a_problem_too(client):
    answer = client.post("/v1/jobs")

    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert "GET" in answer.headers["allow"]


def test_as_of_before_the_first_tag_knows_nothing(client):
    card = client.get(f"{BASE}/scorecard?as_of=2020-01-01T00:00:00Z").json()

    assert card["contacts"] == 0
    assert card["index"]["value"] is None


def test_the_openapi_document_lists_every_read(client):
    paths = client.get("/openapi.json").json()["paths"]

    assert {"/healthz", "/readyz", "/v1/jobs", "/v1/jobs/{job}/friction", "/v1/jobs/{job}/index/history"} <= set(paths)
    names = {parameter["name"] for parameter in paths["/v1/jobs/{job}/friction"]["get"]["parameters"]}
    assert {"job", "from", "to", "as_of", "channel", "by"} <= names


def test_the_server_starts_without_the_taggers_libraries():
    code = "import sys, api.app; print([name for name in ('torch', 'prefect', 'openai') if name in sys.modules])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_head_answers_what_get_would_without_a_body(client):
    for path in ("/healthz", BASE, "/jobs/online-order"):
        answer = client.head(path)
        assert answer.status_code == 200
        assert answer.content == b""
        assert answer.headers["content-type"] == client.get(path).headers["content-type"]


def test_outcomes_by_a_segment_are_what_the_command_line_prints(client, in_demo, run):
    found = client.get(f"{BASE}/outcomes", params={"by": "segment.tier"}).json()
    printed = json.loads(run("outcomes", "--job", "online-order", "--by", "segment.tier", "--json").output)

    assert len(found["slices"]) > 1
    assert {value: [one["rank"] for one in part] for value, part in found["slices"].items()} == {
        value: [one["rank"] for one in part] for value, part in printed["slices"].items()
    }


def test_outcomes_by_what_people_are_not_grouped_by_are_refused(client):
    assert client.get(f"{BASE}/outcomes", params={"by": "channel"}).status_code == 422
