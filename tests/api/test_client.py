"""The Python client against a running server, on a copy of the demo, and a small part of `headway bench api`."""

from __future__ import annotations

import json

import pytest

from api.client import Headway, HeadwayProblem
from evals.api_bench import api_bench, api_text
from evals.served import Server, served
from tests import patient

JOB, STEP = "online-order", "track-delivery"


@pytest.fixture(scope="module")
def server(demo_home, tmp_path_factory):
    import shutil

    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    with served(home, job=JOB, step=STEP, settings={}) as found:
        yield found


@pytest.fixture
def headway(server: Server):
    with Headway(server.url, server.token) as found:
        yield found


def test_figures_come_with_their_types(headway):
    card = headway.scorecard(JOB, channel="chat", from_="2026-06-01")

    assert [job.id for job in headway.jobs()] == [JOB]
    assert card.from_.isoformat() == "2026-06-01"
    assert {one.step for one in card.steps} == {step.id for step in headway.job(JOB).steps}
    assert headway.friction(JOB, by="channel").slices
    assert headway.index(JOB).index.as_of == headway.index(JOB).index.as_of


def test_a_list_is_walked_to_its_end(headway):
    rows = list(headway.contacts(JOB, STEP, limit=40, **{"segment.tier": "gold"}))

    assert len({row.contact_id for row in rows}) == len(rows) > 40


def test_contacts_that_come_in_between_two_pages_move_nothing(headway, server):
    first = headway.get(f"/v1/jobs/{JOB}/steps/{STEP}/contacts", _shape(), limit=20)
    decided = [{"item": row.item, "decision": {"step": STEP, "by": "eve", "at": "2026-11-01T09:00:00Z"}}
               for row, _ in zip(headway.decisions(JOB), range(60), strict=False)]  # fmt: skip
    assert headway.send_decisions(JOB, decided).added == 60
    rest, cursor = [], first.next_cursor
    while cursor:
        page = headway.get(f"/v1/jobs/{JOB}/steps/{STEP}/contacts", _shape(), limit=200, cursor=cursor)
        rest, cursor = rest + page.items, page.next_cursor

    names = [row.contact_id for row in (*first.items, *rest)]
    assert len(names) == len(set(names)) == first.total


def test_what_is_sent_is_counted_over_all_requests(headway):
    records = [{"id": f"k-{n}", "text": f"parcel {n}"} for n in range(1500)]

    assert headway.send_contacts(records).accepted == 1500
    assert headway.send_contacts([*records, {"id": "k-x"}]).already_there == 1500
    assert headway.contact("k-7").turns[0].text == "parcel 7"
    tags = list(headway.predict(JOB, records[:3]))
    assert [one.id for one in tags] == ["k-0", "k-1", "k-2"]


def test_a_problem_says_what_was_wrong(headway, server):
    with pytest.raises(HeadwayProblem, match="404 Not Found: job 'none'"):
        headway.scorecard("none")
    with Headway(server.url, "hw_wrong") as stranger, pytest.raises(HeadwayProblem) as refused:
        stranger.jobs()
    assert refused.value.problem.status == 401


def test_a_table_is_safe_for_a_spreadsheet_and_has_every_row(headway):
    rows = headway.table(f"/v1/jobs/{JOB}/friction", by="channel").decode().splitlines()
    assert rows[0].startswith("slice,step,volume.value,")
    assert len(rows) > 1 + 13

    headway.send_events(JOB, [{"event_id": "=1+1", "at": "2026-03-01T09:00:00Z", "step": STEP, "type": "start"}])
    listed = headway.table(f"/v1/jobs/{JOB}/events", limit=10000).decode()
    assert "'=1+1" in listed
    assert "\n=1+1" not in listed


def test_parquet_keeps_types(headway, tmp_path):
    import pyarrow.parquet as pq

    (tmp_path / "c.parquet").write_bytes(headway.table(f"/v1/jobs/{JOB}/steps/{STEP}/contacts", "parquet"))
    table = pq.read_table(tmp_path / "c.parquet")

    assert table.num_rows == len(list(headway.contacts(JOB, STEP, limit=1000)))
    assert str(table.schema.field("started_at").type).startswith("timestamp")


def test_accept_asks_for_a_table_as_well(server):
    accept = {"Accept": "text/csv;q=0.9, application/json;q=0.1"}
    answer = patient.get(f"{server.url}/v1/jobs/{JOB}/outcomes", headers={**server.headers, **accept})

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["etag"]


def test_an_answer_that_is_kept_is_made_anew_when_something_is_recorded(server, headway):
    path, head = f"{server.url}/v1/jobs/{JOB}/annotations", server.headers
    first = patient.get(f"{server.url}/v1/jobs/{JOB}/friction", headers=head)
    known = {**head, "If-None-Match": first.headers["etag"]}
    again = patient.get(f"{server.url}/v1/jobs/{JOB}/friction", headers=known)
    page = patient.get(f"{server.url}/jobs/{JOB}", headers=head).text
    patient.post(path, headers=head, json={"at": "2026-08-03T00:00:00Z", "text": "a new map", "by": "ann"})
    later = patient.get(f"{server.url}/jobs/{JOB}", headers=head).text

    assert again.status_code == 304
    assert "a new map" not in page
    assert "a new map" in later


@pytest.mark.parametrize("group", ["jobs", "experiments"])
def test_a_group_of_operations_holds_every_check_of_schemathesis(server, group):
    found = api_bench(server, cases=40, groups=[group], say=lambda _line: None)

    assert found["cases"] >= 40
    assert [one["failures"] + one["errors"] for one in found["groups"]] == [()], json.dumps(api_text(found))


def _shape():
    from api.v1.contact_shapes import ContactsShape

    return ContactsShape
