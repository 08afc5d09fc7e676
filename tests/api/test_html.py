"""The pages as text, without a browser."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from alignment.estimate import Estimate
from alignment.scorecard import ServiceEvidence
from api.address import Asked
from api.pages.contact import parts_of
from api.pages.scorecard import scorecard_html
from tagger.model import EvidenceSpan

BASE = "/jobs/online-order"


@pytest.fixture(scope="module")
def page(scorecard):
    return scorecard_html(scorecard, asked=Asked(), choices={"channel": ("chat",)})


def test_a_missing_figure_says_why(page):
    assert "not enough evidence" in page
    assert "only 6 contacts, 30 are needed" in page


def test_an_uncorrected_figure_is_marked(page):
    words = re.sub(r"<[^>]+>|\s+", " ", page)

    assert re.search(r"Set up details\s+24\s+uncorrected", words)


def test_steps_stand_in_the_order_of_their_burden(page):
    rows = re.findall(r'<a class="row" href="/jobs/online-order/steps/([\w-]+)">', page)

    assert rows[:3] == ["track-delivery", "recover-money", "complete-purchase"]
    assert "return-item" in rows[11:13]


def test_a_page_has_no_inline_style_or_script(page):
    assert "style=" not in page
    assert re.findall(r"<script[^>]*>[^<]*", page) == re.findall(r'<script src="/static/fresh\.\w+\.js" defer>', page)
    assert not re.search(r"\son\w+=", page)


def test_every_figure_of_a_step_leads_to_it(page, scorecard):
    for figures in scorecard.steps:
        assert page.count(f'href="/jobs/online-order/steps/{figures.step}"') >= 2


def test_the_address_keeps_its_filters_in_every_link(scorecard):
    asked = Asked(filters={"channel": "chat"}, as_of=datetime(2026, 10, 1, tzinfo=UTC))
    page = scorecard_html(scorecard, asked=asked, choices={"channel": ("chat",)})

    assert "/steps/track-delivery?as_of=2026-10-01T00%3A00%3A00%2B00%3A00&amp;channel=chat" in page


def test_the_only_job_is_where_the_front_door_leads(client):
    answer = client.get("/", follow_redirects=False)

    assert answer.status_code == 307
    assert answer.headers["location"] == BASE


@pytest.mark.parametrize(
    "path",
    [
        BASE,
        *(
            f"{BASE}/{page}"
            for page in ("steps/track-delivery", "outcomes/know-arrival", "failure-modes/know-arrival", "index")
        ),
    ],
)
def test_the_json_twin_of_a_page_answers(client, path):
    html = client.get(path).text
    twin = re.search(r'<link rel="alternate" type="application/json" href="([^"]+)">', html).group(1)

    assert client.get(twin.replace("&amp;", "&")).status_code == 200
    assert client.get(f"{path}.json?channel=chat").json()["filters"] == {"channel": "chat"}


def test_a_contacts_address_has_a_twin_too(client):
    row = client.get(f"/v1{BASE}/steps/track-delivery/contacts?limit=1").json()["items"][0]

    assert client.get(f"/contacts/{row['contact_id']}.json").json()["id"] == row["contact_id"]
    assert client.get("/contacts/nobody.json").status_code == 404


@pytest.mark.parametrize("page", ["", "/steps/track-delivery", "/outcomes/know-arrival", "/failure-modes/know-arrival"])
def test_a_page_is_light(client, page):
    answer = client.get(BASE + page, headers={"accept-encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 60_000


def test_every_link_on_the_scorecard_leads_somewhere(client):
    html = client.get(BASE).text
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*)"', html)}
    steps = {link for link in links if "?" not in link}

    assert len(steps) > 30
    assert [link for link in sorted(steps) if client.get(link).status_code != 200] == []


def test_a_style_sheet_may_be_kept_for_ever_because_its_name_holds_its_hash(client):
    name = re.search(r'href="(/static/headway\.[0-9a-f]{10}\.css)"', client.get(BASE).text).group(1)
    answer = client.get(name)

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert client.get("/static/../app.py").status_code == 404


def test_an_error_is_a_page_for_a_browser_and_a_problem_for_a_program(client):
    browser = client.get("/jobs/<script>", headers={"accept": "text/html"})
    program = client.get("/jobs/none")

    assert browser.status_code == 404
    assert "<script>" not in browser.text
    assert program.headers["content-type"] == "application/problem+json"


def test_evidence_is_marked_once_however_spans_overlap():
    text = "my parcel is <b>late</b>"
    parts = parts_of(text, [EvidenceSpan(0, 3, 9), EvidenceSpan(0, 5, 12), EvidenceSpan(0, 20, 99)])

    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if part.marked] == ["parcel", " is", "</b>"]


def test_satisfaction_since_the_survey_stands_beside_what_people_said(scorecard):
    first, *rest = scorecard.outcomes
    moved = [Estimate(value, value - 0.4, value + 0.4, 320, 41, "blend", first.satisfaction.as_of) for value in (5, 4)]
    evidence = ServiceEvidence(*moved, 0.37, "w was held down")
    card = replace(scorecard, outcomes=(replace(first, service=evidence), *rest))
    table = scorecard_html(card, asked=Asked(), choices={}).partition("Satisfaction since the survey")[2]
    cells = re.sub(r"<[^>]+>|\s+", " ", table.partition("</details>")[0])

    assert all(
        part in cells for part in ("As people said", "5.0", "4.6–5.4", "4.0", "3.6–4.4", "0.37", "w was held down.")
    )


def test_an_outcomes_page_says_why_contacts_say_nothing_of_its_satisfaction(client):
    found = client.get(f"/v1{BASE}/outcomes").json()["outcomes"]
    unknown = next(one for one in found if one["service"] and one["service"]["satisfaction"]["value"] is None)
    page = client.get(f"{BASE}/outcomes/{unknown['outcome']}").text

    assert "As contacts have it since" in page and "Weight w of contacts" in page
    assert unknown["service"]["reason"].removeprefix("not enough evidence: ") in page


def test_the_steps_page_shows_contacts_per_active_customer_or_why_not(client):
    steps = client.get(f"/v1{BASE}/friction").json()["steps"]
    known = next(one for one in steps if one["exposure"]["value"] is not None)
    unknown = next(one for one in steps if one["exposure"]["value"] is None)

    assert known["exposure"]["low"] < known["exposure"]["value"] < known["exposure"]["high"]
    assert known["exposure"]["reason"] in client.get(f"{BASE}/steps/{known['step']}").text
    assert "10 are needed" in client.get(f"{BASE}/steps/{unknown['step']}").text
