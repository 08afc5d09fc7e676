"""Effort drivers and second steps over HTTP and on the pages."""

from __future__ import annotations

from tagger.drivers import DRIVERS

BASE = "/v1/jobs/online-order"


def test_a_steps_drivers_are_shares_with_intervals(client):
    found = client.get(f"{BASE}/steps/track-delivery/drivers").json()

    assert list(found["drivers"]) == list(DRIVERS)
    transfer = found["drivers"]["transfer"]
    assert transfer["method"] == "rectified"
    assert 0 < transfer["low"] < transfer["value"] < transfer["high"] < 1


def test_drivers_of_no_contacts_say_why_there_is_no_figure(client):
    found = client.get(f"{BASE}/steps/track-delivery/drivers", params={"from": "1999-01-01", "to": "1999-02-01"}).json()

    assert found["drivers"]["transfer"]["value"] is None
    assert "looked for" in found["drivers"]["transfer"]["reason"]


def test_an_unknown_step_has_no_drivers(client):
    assert client.get(f"{BASE}/steps/nowhere/drivers").status_code == 404


def test_the_steps_page_names_its_drivers(client):
    page = client.get("/jobs/online-order/steps/track-delivery").text

    assert "Effort drivers" in page
    assert "Came back about it" in page


def test_a_contact_names_what_made_it_hard_work_and_what_else_it_is_about(client):
    rows = client.get(f"{BASE}/steps/track-delivery/contacts", params={"limit": 100}).json()["items"]
    contacts = [client.get(f"/v1/contacts/{row['contact_id']}").json() for row in rows]
    hard = next(one for one in contacts if one["drivers"])
    assert {driver["driver"] for driver in hard["drivers"]} <= set(DRIVERS)
    assert "What made it hard work" in client.get(f"/contacts/{hard['id']}").text
    both = next(one for one in contacts if one["tags"][0]["secondary"])
    assert both["tags"][0]["secondary"][0]["confidence"] > 0.6
    assert "Also about" in client.get(f"/contacts/{both['id']}").text
