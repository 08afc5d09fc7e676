"""What stands behind figures: pages of steps, outcomes and failure modes, their JSON, and two periods side by side."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from api.v1.drill_shapes import ComparisonShape, FailureModePageShape, OutcomeShape, StepShape

BASE = "/jobs/online-order"
PAGES = {
    f"{BASE}/steps/track-delivery": StepShape,
    f"{BASE}/outcomes/know-arrival": OutcomeShape,
    f"{BASE}/failure-modes/know-arrival": FailureModePageShape,
}


def halves(client) -> str:
    """The address of the newer half of the demo's weeks beside the older."""
    found = client.get(f"/v1{BASE}/comparison").json()
    before, after = found["before"], found["after"]
    return f"from={after['from']}&to={after['to']}&compare_from={before['from']}&compare_to={before['to']}"


@pytest.mark.parametrize(("path", "shape"), PAGES.items())
def test_a_page_and_its_json_have_the_same_parts(client, path, shape):
    found = shape.model_validate(client.get(f"/v1{path}").json())
    html = client.get(path).text

    assert f'href="/v1{path}"' in html
    assert {"h-change", "h-drivers", "h-contacts", "adds-up"} <= set(re.findall(r'id="([\w-]+)"', html))
    assert html.count('id="h-by-') == len(found.slices) >= 2
    assert set(found.trends) == {"friction", "effort", "fcr", "share"}


@pytest.mark.parametrize("path", PAGES)
def test_every_figure_of_a_page_is_redone_from_the_sums_it_shows(client, path):
    found = client.get(f"/v1{path}").json()

    assert sum(value for name, value in found["standing"].items() if name != "outside") == found["account"][0]["n"]
    for line in found["account"]:
        figure = line["figure"]
        assert (line["n"], line["reviewed"]) == (figure["n"], figure["reviewed"])
        if figure["value"] is None or figure["method"] == "labels":
            continue
        size = line["reviews"] + line["tagger"]
        total = line["reviews_total"] + line["tagger_total"]
        assert figure["value"] == pytest.approx(size if line["measure"] == "volume" else total / size)


def test_the_parts_of_a_change_add_up_to_what_the_tagger_saw(client):
    verdicts = client.get(f"/v1{BASE}/steps/track-delivery?{halves(client)}").json()["change"]["verdicts"]

    assert set(verdicts) == {"effort", "fcr", "share"}
    for one in verdicts.values():
        assert one["mix"] + one["within"] == pytest.approx(one["seen"])


def test_a_narrowed_list_holds_only_what_was_asked_for_and_its_pages_make_the_whole(client):
    path = f"/v1{BASE}/steps/track-delivery/contacts"
    whole = client.get(path, params={"limit": 1}).json()["total"]
    parts = {
        flag: client.get(path, params={"answered": flag, "limit": 1}).json()["total"] for flag in ("true", "false")
    }

    html = client.get(f"{BASE}/steps/track-delivery?answered=true&decided=false").text

    assert sum(parts.values()) == whole > parts["true"] > 0
    listed = html.partition('<ol class="contacts">')[2].partition("</ol>")[0]
    assert listed.count("<li>") == listed.count("effort ") > 0
    assert "decided by an analyst" not in listed
    many = client.get(f"{BASE}/steps/track-delivery?answered=false").text
    older = re.search(r'class="more"><a href="([^"]+)"', many).group(1).replace("&amp;", "&")
    assert "answered=false" in older and client.get(older).status_code == 200


def test_a_list_can_be_taken_along_as_a_file(client):
    html = client.get(f"{BASE}/failure-modes/know-arrival?driver=transfer").text
    files = re.search(r'class="export">.*?</p>', html, re.DOTALL).group(0)
    csv, parquet = (link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', files))

    assert client.get(csv).text.startswith("contact_id,")
    assert client.get(parquet).content[:4] == b"PAR1"
    assert "driver=transfer" in csv


@pytest.mark.parametrize("query", ["answered=maybe", "driver=luck", "decided=1"])
def test_a_choice_that_cannot_be_read_is_refused(client, query):
    assert client.get(f"{BASE}/steps/track-delivery?{query}").status_code == 422


def test_two_periods_stand_side_by_side_with_differences_and_a_verdict(client):
    asked = halves(client)
    found = ComparisonShape.model_validate(client.get(f"/v1{BASE}/comparison?{asked}").json())
    html = client.get(f"{BASE}?{asked}").text
    table = html.partition('<table class="pairs">')[2].partition("</table>")[0]

    assert set(found.steps) == set(re.findall(r'data-figure="before\.steps\.([\w-]+)\.friction"', table))
    assert table.count('<span class="said change-') == table.count("<tr>") - 1
    assert table.count(" to ") + table.count("not enough evidence") >= 13


def test_without_a_choice_the_newer_half_stands_beside_the_older_and_the_page_says_so(client):
    found = client.get(f"/v1{BASE}/comparison").json()
    days = [date.fromisoformat(found[when][end]) for when in ("before", "after") for end in ("from", "to")]

    assert days[1] == days[2]
    assert days[1] - days[0] == days[3] - days[2] <= timedelta(weeks=13)
    assert "no change beyond chance" in client.get(BASE).text


@pytest.mark.parametrize(
    "query",
    ["compare_from=2026-05-01", "from=2026-08-01&compare_from=2026-06-01&compare_to=2026-09-01",
     "from=2026-08-01&compare_from=2026-07-01&compare_to=2026-06-01", "from=2026-08-01&compare_from=may"],
)  # fmt: skip
def test_periods_that_cannot_be_compared_are_refused(client, query):
    answer = client.get(f"{BASE}?{query}")

    assert answer.status_code == 422
    assert "compare_" in answer.json()["detail"]
