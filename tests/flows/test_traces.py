from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from flows.run import story
from flows.stage_run import Plan
from flows.stages import STAGES
from store.settings import load_settings
from store.traces import TracesNotInstalledError, tracing
from tests.chat_server import ChatServer
from tests.store.trace_collector import TraceCollector, facts

JOB = "online-order"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[TraceCollector]:
    found = TraceCollector()
    monkeypatch.setenv("HEADWAY_OTLP_ENDPOINT", found.address)
    yield found
    tracing.stop()
    found.close()


def test_a_run_arrives_at_the_collector_with_its_stages_and_counts(
    in_demo_copy: Path, collector: TraceCollector
) -> None:
    plan = Plan(JOB)
    for _ in range(2):
        story(STAGES, plan)  # the first starts the tracer inside its first stage; the second has a span around all
    tracing.stop()
    (run,) = collector.named("run")
    stages = [span for span in collector.spans if span.parent_span_id == run.span_id]
    assert [span.name for span in stages] == [
        f"stage {name}" for name in ("tag", "draw", "measure", "publish", "watch")
    ]
    said = facts(stages[0])
    assert said["headway.job"] == JOB
    assert said["headway.tagged"] == 0
    assert len(str(said["headway.run"])) == 32
    assert collector.services == {"headway"}


def test_requests_arrive_by_route_inside_the_callers_trace(in_demo: Path, collector: TraceCollector) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    app = create_app(load_settings())
    with TestClient(app, base_url="http://127.0.0.1:8321", client=("127.0.0.1", 1)) as http:
        http.get(f"/v1/jobs/{JOB}/health?secret=1", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
        http.get("/no/such/place")
    (span,) = collector.named("GET /v1/jobs/{job}/health")
    assert span.trace_id.hex() == trace
    assert facts(span)["http.response.status_code"] == 422  # it asks for what is not known
    (lost,) = collector.named("GET none")
    assert facts(lost)["http.response.status_code"] == 404
    assert "secret" not in str(collector.spans)
    assert collector.services == {"headway-monitor"}


def test_calls_of_an_llm_arrive_inside_their_stage_without_a_word(
    in_demo_copy: Path, collector: TraceCollector, chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.stages import tag_stage

    monkeypatch.setenv("HEADWAY_LLM_BASE_URL", chat_server.url)
    monkeypatch.setenv("HEADWAY_LLM_MODEL", "test-model")
    monkeypatch.setenv("HEADWAY_LLM_PRICE", "0/0")
    from store.session import open_database
    from store.tables import tags

    with open_database(load_settings()).session() as session:
        # An LLM that was not measured is asked only where it would confirm what the classifier leans to.
        leaning = tags.select().with_only_columns(tags.c.pk).where(tags.c.deferred, tags.c.confidence > 0.8)
        keys = session.scalars(leaning.limit(3)).all()
        session.execute(tags.delete().where(tags.c.pk.in_(keys)))
    tag_stage(Plan(JOB), "r")
    tracing.stop()
    (stage,) = collector.named("stage tag")
    calls = collector.named("llm call")
    assert calls
    assert {span.parent_span_id for span in calls} == {stage.span_id}
    assert facts(calls[0])["headway.llm"].startswith("test-model at ")
    assert {name for call in calls for name in facts(call)} <= {
        "headway.llm", "headway.finish", "headway.tokens_in", "headway.tokens_out",
    }  # fmt: skip


def test_a_block_that_fails_tells_the_kind_of_error_and_no_message(collector: TraceCollector) -> None:
    tracing.start(load_settings(), service="test")
    with pytest.raises(ValueError, match="what somebody said"), tracing.span("work", {}):
        raise ValueError("what somebody said")
    tracing.stop()
    (span,) = collector.spans
    assert span.status.message == "ValueError"
    assert "somebody" not in str(span)


def test_without_an_address_nothing_is_traced_and_without_the_packages_it_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import sys

    from store.settings import Settings

    assert not tracing.start(Settings(home=tmp_path), service="test")
    assert tracing.headers() == {}
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(TracesNotInstalledError, match=r"headway\[otel\]"):
        tracing.start(Settings(home=tmp_path, otlp_endpoint="http://127.0.0.1:1"), service="test")
