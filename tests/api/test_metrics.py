from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api import metrics
from api.app import create_app
from store.settings import Settings

ROOT = Path(__file__).parents[2]
JOB = "online-order"


def families(client: TestClient) -> dict[str, list]:
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    return {one.name: one.samples for one in text_string_to_metric_families(answer.text)}


def values(samples: list, label: str) -> dict[str, float]:
    return {one.labels[label]: one.value for one in samples if one.labels["job"] == JOB}


def test_metrics_tell_how_the_machinery_does(client: TestClient) -> None:
    found = families(client)
    contacts = values(found["headway_contacts"], "stage")
    assert contacts["stored"] == contacts["tagged"] == 1500
    assert contacts["untagged"] == 0
    assert found["headway_deferral_ratio"][0].value == contacts["deferred"] / 1500
    lag = values(found["headway_lag_seconds"], "of")
    assert lag.keys() >= {"arrival", "measurement", "publication"}
    widths = values(found["headway_interval_width"], "figure")
    assert widths["index"] > 0
    assert len([name for name in widths if name.startswith("friction:")]) > 5
    assert found["headway_stale"][0].value == 0
    assert found["headway_llm_budget_dollars"][0].value == 10
    assert "headway_review_queue" in found


def test_requests_are_timed_by_route_and_never_by_address(client: TestClient) -> None:
    client.get(f"/v1/jobs/{JOB}/health")
    client.get("/no/such/address")
    said = client.get("/metrics").text
    assert 'route="/v1/jobs/{job}/health",status="200"' in said
    assert 'route="none",status="404"' in said
    assert "/no/such/address" not in said


def test_scraping_twice_reads_the_database_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    families(client)
    monkeypatch.setattr(metrics, "read_operations", lambda *_a, **_k: pytest.fail("read again"))
    began = time.perf_counter()
    families(client)
    assert time.perf_counter() - began < 0.5


def test_every_metric_of_the_dashboard_and_the_alert_rules_exists(client: TestClient) -> None:
    dashboard = json.loads((ROOT / "deploy" / "grafana" / "headway.json").read_text("utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    assert len(asked) >= 10
    text = "\n".join(asked) + (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text("utf-8")
    names = set(re.findall(r"\bheadway_[a-z_]+", text))
    client.get("/healthz")
    known = {sample.name for samples in families(client).values() for sample in samples} | set(families(client))
    # Two appear only with something to tell: no input was refused in the demo, and its stages ran without leases.
    seldom = {"headway_quarantined_inputs", "headway_stage_runs_last_day", "headway_stage_seconds"}
    assert names - known <= seldom
    assert seldom <= set(re.findall(r'"(headway_[a-z_]+)"', Path(metrics.__file__).read_text("utf-8")))
    assert names >= {"headway_contacts", "headway_lag_seconds", "headway_http_request_seconds_bucket"}


def test_ready_says_what_was_looked_at(client: TestClient) -> None:
    said = client.get("/readyz").json()
    assert said == {
        "status": "ok",
        "database": "reachable",
        "db_schema": "current",
        "jobs": 1,
        "jobs_without_model": 0,
    }


def test_not_ready_without_a_schema(tmp_path: Path) -> None:
    app = create_app(Settings(home=tmp_path))
    with TestClient(app, base_url="http://127.0.0.1:8321", client=("127.0.0.1", 50000)) as http:
        assert http.get("/healthz").status_code == 200
        assert http.get("/readyz").status_code == 503
