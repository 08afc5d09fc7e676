"""The pages around the scorecard and their JSON: index change, segments, data health, what happened."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from alignment.heat_map import MEASURES
from api.app import create_app
from api.v1.index import ChangeShape
from api.v1.runs import HealthShape
from api.v1.segments import HeatMapShape
from store.settings import Settings

JOB = "online-order"
BASE, API = f"/jobs/{JOB}", f"/v1/jobs/{JOB}"
CHANGE = "index/change?from=2026-10-15&to=2026-11-01&weeks=26"
PAGES = ("index", CHANGE, "segments", "alerts", "annotations", "health")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light_names_its_twin_and_has_no_inline_style_or_foreign_address(client, path) -> None:
    answer = client.get(f"{BASE}/{path}", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert int(answer.headers.get("content-length", 0)) < 60_000
    html = answer.text
    assert "style=" not in html
    assert not re.search(r"\son\w+=", html)
    assert [
        link for link in re.findall(r'(?:src|href|action)="([^"]+)"', html) if not re.match(r"/|#|data:", link)
    ] == []
    twin = re.search(r'<link rel="alternate" type="application/json" href="([^"]+)">', html).group(1)
    assert client.get(twin.replace("&amp;", "&")).status_code == 200


def test_every_page_of_a_job_is_reached_from_the_navigation_of_every_other(client) -> None:
    for path in ("", *(f"/{page}" for page in PAGES)):
        nav = client.get(f"{BASE}{path}").text.partition('<nav aria-label="Job">')[2].partition("</nav>")[0]
        links = {link.partition("?")[0] for link in re.findall(r'href="([^"]+)"', nav)}
        wanted = {
            BASE,
            *(f"{BASE}/{name}" for name in ("index", "segments", "alerts", "annotations", "health", "gaps")),
        }
        assert wanted <= links, path
    assert all(client.get(link).status_code == 200 for link in links)


def test_the_waterfall_of_two_dates_sums_exactly_and_so_does_what_is_shown(client) -> None:
    found = client.get(f"{API}/{CHANGE}").json()
    ChangeShape.model_validate(found)
    assert found["moved"] in (True, False)
    points = [bar["points"] for bar in found["bars"]]
    assert sum(points) == pytest.approx(found["after"]["value"] - found["before"]["value"], abs=1e-9)
    html = client.get(f"{BASE}/{CHANGE}").text
    fall = html.partition('class="table-like fall"')[2]
    shown = [float(text.replace("−", "-")) for text in re.findall(r'<b class="\w+">([^<]+)</b>', fall)]
    first, last = (float(text) for text in re.findall(r'<span class="num"><b>([\d.]+)</b></span>', fall))
    assert len(shown) == len(points)
    assert sum(shown) == pytest.approx(last - first, abs=1e-6)


def test_every_bar_leads_to_a_page(client) -> None:
    html = client.get(f"{BASE}/{CHANGE}").text
    links = re.findall(r'<a class="row" href="([^"]+)">', html)
    assert len(links) >= 10
    some = {links[0], links[6], links[-1]}  # an outcome, a step, a failure mode
    assert {client.get(link.replace("&amp;", "&")).status_code for link in some} == {200}


def test_dates_that_cannot_be_compared_are_said_not_drawn(client) -> None:
    assert "not published" in client.get(f"{BASE}/index/change?from=1999-01-01&to=1999-06-01").text
    assert client.get(f"{API}/index/change?from=1999-01-01&to=1999-06-01").status_code == 422
    assert client.get(f"{API}/index/change?from=2026-08-01&to=2026-11-01&weeks=0").status_code == 422


def test_the_download_redoes_the_figure_of_the_page(client, tmp_path: Path) -> None:
    answer = client.get(f"{API}/index/export")
    assert answer.headers["content-type"] == "application/zip"
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path)
    folder = tmp_path / f"{JOB}-index"
    done = subprocess.run([sys.executable, "-I", "redo.py"], cwd=folder, capture_output=True, text=True, check=True)
    shown = client.get(f"{API}/index").json()["index"]["value"]
    assert float(done.stdout.split()[1]) == pytest.approx(shown, abs=1e-8)
    assert f'{API}/index/export"' in client.get(f"{BASE}/index").text


@pytest.mark.parametrize("measure", MEASURES)
def test_every_cell_of_the_heat_map_has_its_figure_and_interval_or_its_reason_in_it(client, measure) -> None:
    found = client.get(f"{API}/segments", params={"measure": measure}).json()
    HeatMapShape.model_validate(found)
    html = client.get(f"{BASE}/segments", params={"measure": measure}).text
    cells = re.findall(r'<td class="heat-\d">(.*?)</td>', html, re.DOTALL)
    assert len(cells) == len(found["cells"])
    assert all(
        "not enough evidence" in cell or re.search(r"<b>.+</b> <span class=\"ci\">.+</span>", cell) for cell in cells
    )
    assert html.count('scope="row"') >= len({cell["step"] for cell in found["cells"]})
    assert sum(cell["differs"] for cell in found["cells"]) == found["named"]


def test_a_view_filtered_on_a_dimension_does_not_compare_it(client) -> None:
    found = client.get(f"{API}/segments?channel=chat").json()
    assert {cell["dimension"] for cell in found["cells"]} == {"segment.tier", "circumstance.urgency"}
    assert client.get(f"{API}/segments?measure=weather").status_code == 422


def test_segments_on_the_command_line_are_those_of_the_page(client, in_demo, run) -> None:
    printed = json.loads(run("segments", "--job", JOB, "--measure", "effort", "--json").output)
    served = client.get(f"{API}/segments?measure=effort").json()
    assert [cell["q"] for cell in printed["cells"]] == [cell["q"] for cell in served["cells"]]
    assert "comparisons" in run("segments", "--job", JOB, "--measure", "effort").output


def test_data_health_names_the_model_the_queue_and_how_fresh_figures_are(client) -> None:
    found = client.get(f"{API}/health").json()
    HealthShape.model_validate(found)
    assert found["model"]["accuracy"]["value"] > 0.5
    assert {one["reason"] for one in found["queue"]} >= {"drawn"}
    assert found["fresh"]["measured_at"]
    page = client.get(f"{BASE}/health").text
    assert found["model"]["id"] in page
    assert "drawn by chance" in page


def test_the_version_of_a_job_is_a_304_until_something_is_said(client) -> None:
    first = client.get(f"{API}/version")
    again = client.get(f"{API}/version", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{API}-of-another/version").status_code == 404


def test_only_pages_with_a_script_of_ours_may_run_one(client) -> None:
    page, listed = client.get(BASE), client.get("/jobs")
    assert "script-src 'self'; connect-src 'self'" in page.headers["content-security-policy"]
    assert re.findall(r"<script[^>]*>", page.text) == re.findall(
        r'<script src="/static/fresh\.\w+\.js" defer>', page.text
    )
    assert "script-src" not in listed.headers["content-security-policy"]


def test_a_kept_page_keeps_the_policy_under_which_its_script_runs(client) -> None:
    first = client.get(BASE)
    again = client.get(BASE, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert "content-security-policy" not in again.headers


def test_stale_figures_say_so_on_every_page_that_shows_them(demo_home: Path) -> None:
    app = create_app(Settings(home=demo_home, alert_silence_days=1e-6))
    with TestClient(app, base_url="http://127.0.0.1:8321", client=("127.0.0.1", 50000)) as late:
        for path in ("", "/index", "/segments", "/steps/track-delivery", "/outcomes/know-arrival"):
            assert "Stale: no new contacts since" in late.get(f"{BASE}{path}").text, path
        assert "Stale:" not in late.get(f"{BASE}?as_of=2026-11-01T00:00:00Z").text
        assert late.get(f"{API}/health").json()["fresh"]["stale"] is True
