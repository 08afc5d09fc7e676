"""One contact's page: its words for those who may read them, its chain, and where it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from store.audit import read_audit
from store.keys import create_key
from store.settings import Settings
from store.tables import contacts

BASE = "/v1/jobs/online-order"
LOCAL = {"base_url": "http://127.0.0.1:8321", "client": ("127.0.0.1", 50000)}


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


@pytest.fixture
def guarded(in_demo_copy) -> Iterator[TestClient]:
    """A server with keys, asked from elsewhere; `keys` by role."""
    app = create_app(Settings(home=in_demo_copy))
    with app.state.database.session() as session:
        app.state.keys = {
            role: create_key(session, name=role, role=role, by="test")[1] for role in ("leader", "analyst")
        }
    with TestClient(app, base_url="http://headway.example", client=("10.1.2.3", 50000)) as found:
        yield found


def ask(client: TestClient, path: str, role: str):
    headers = {"authorization": f"Bearer {client.app.state.keys[role]}", "accept": "text/html"}
    return client.get(path, headers=headers)


def test_a_leader_sees_the_words_that_carried_the_decision_an_analyst_all_and_both_are_written_down(guarded):
    row = ask(guarded, f"{BASE}/steps/track-delivery/contacts?limit=1", "leader").json()["items"][0]
    address = f"/contacts/{row['contact_id']}"

    with guarded.app.state.database.session() as session:
        earlier = max((event.number for event in read_audit(session)), default=0)
    leader, analyst = (ask(guarded, address, role).text for role in ("leader", "analyst"))

    assert "<mark>" in leader and "<mark>" in analyst
    assert leader.count("<li class=") < analyst.count("<li class=")
    assert "Your role sees these words alone" in leader and "Your role" not in analyst
    with guarded.app.state.database.session() as session:
        seen = [event for event in read_audit(session, after=earlier) if event.action == "contact.read"]
    assert [(event.who, event.detail["text"]) for event in seen] == [("leader", "evidence"), ("analyst", "whole")]


def test_a_contact_shows_the_customers_other_contacts_in_their_order(client, in_demo):
    with client.app.state.database.session() as session:
        customers = session.scalars(select(contacts.c.customer).where(contacts.c.customer.is_not(None))).all()
        often = max(set(customers), key=customers.count)
        query = select(contacts.c.contact_id).where(contacts.c.customer == often).order_by(contacts.c.started_at)
        ids = list(session.scalars(query))

    html = client.get(f"/contacts/{ids[1]}").text
    chain = html.partition('<ol class="chain">')[2].partition("</ol>")[0]

    assert chain.count("<li") == len(ids) > 1
    assert chain.count('aria-current="true"') == 1
    assert re.findall(r"/contacts/([\w-]+)", chain) == [one for one in ids if one != ids[1]]


def test_a_reviewed_contact_counts_by_its_review_and_another_by_the_taggers_chances(client):
    path = f"{BASE}/steps/track-delivery/contacts?decided="
    reviewed, tagged = (client.get(path + flag).json()["items"] for flag in ("true", "false"))
    shown = [
        [words_of(client.get(f"/contacts/{one['contact_id']}").text) for one in rows[:5]] for rows in (reviewed, tagged)
    ]

    assert any("as the analyst decided, with weight" in one for one in shown[0])
    assert all("the tagger's chance" in one for one in shown[1])
    assert all("Where it counts" in one and "Resolved, 7 days" in one for one in (*shown[0], *shown[1]))
