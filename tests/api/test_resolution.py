"""First contact resolution by week over HTTP and on the step's page."""

from __future__ import annotations

BASE = "/v1/jobs/online-order"


def test_a_steps_weeks_end_with_those_whose_windows_are_open(client):
    found = client.get(f"{BASE}/steps/track-delivery/resolution").json()

    assert found["window_days"] == 7
    assert len(found["weeks"]) > 10
    assert found["weeks"][-1]["open"] > 0 == found["weeks"][-4]["open"]


def test_a_period_without_contacts_has_no_weeks(client):
    period = {"from": "1999-01-01", "to": "1999-02-01"}
    assert client.get(f"{BASE}/steps/track-delivery/resolution", params=period).json()["weeks"] == []


def test_an_unknown_step_has_no_resolution(client):
    assert client.get(f"{BASE}/steps/nowhere/resolution").status_code == 404


def test_the_steps_page_draws_them_and_says_which_are_read_by_kaplan_meier(client):
    page = client.get("/jobs/online-order/steps/track-delivery").text

    assert "Resolved on first contact, week by week" in page
    assert "Kaplan-Meier: " in page
