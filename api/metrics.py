"""What Prometheus reads: how the machinery does. Kept some seconds, so that scraping often costs little."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response

from api.access import Caller, caller_of, require
from store.jobs import list_jobs
from store.llm import open_ledger
from store.operations import Operations, read_operations
from store.quarantine import count_by_reason
from store.session import Database
from store.settings import Settings

KEPT_SECONDS = 15.0
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

router = APIRouter(tags=["health"], dependencies=[require("service")])


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request) -> Response:
    """Metrics in Prometheus' text format, at most 15 seconds old; a key for some jobs reads those of them only."""
    seen = Seen(request.app.state.metrics, caller_of(request))
    return Response(generate_latest(seen), media_type=CONTENT_TYPE_LATEST)


@dataclass(frozen=True)
class Seen(Collector):
    """The metrics of a registry that a caller may see."""

    registry: CollectorRegistry
    caller: Caller

    def collect(self) -> Iterator[Metric]:
        """Every family, without the samples of jobs that do not exist for the caller."""
        for family in self.registry.collect():
            shown = Metric(family.name, family.documentation, family.type)
            shown.samples = [one for one in family.samples if self._may(one.labels)]
            yield shown

    def _may(self, labels: Mapping[str, str]) -> bool:
        return "job" not in labels or self.caller.sees(labels["job"])


@dataclass(eq=False)
class State(Collector):
    """Reads the database at a scrape, unless it did so a moment ago."""

    database: Database
    settings: Settings
    _families: list[Metric] = field(default_factory=list)
    _read_at: float = -KEPT_SECONDS
    _lock: Lock = field(default_factory=Lock)

    def collect(self) -> Iterator[Metric]:
        """Every family of metrics."""
        with self._lock:
            if time.monotonic() - self._read_at >= KEPT_SECONDS:
                self._families, self._read_at = list(self._read()), time.monotonic()
            yield from self._families

    def _read(self) -> Iterator[Metric]:
        allowed = timedelta(hours=self.settings.stale_hours)
        silence = timedelta(days=self.settings.alert_silence_days)
        with self.database.session() as session:
            jobs = list_jobs(session)
            found = [read_operations(session, job, allowed=allowed, silence=silence) for job in jobs]
            refused = count_by_reason(session)
        yield _by("headway_quarantined_inputs", "refused inputs that wait", "reason", refused)
        yield from _of_llm(self.settings)
        yield from _of_contacts(found)
        yield from _of_runs(found)


def open_metrics(database: Database, settings: Settings) -> CollectorRegistry:
    """The registry of one server; nothing is read before the first scrape."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(State(database, settings))
    return registry


def request_seconds(registry: CollectorRegistry) -> Histogram:
    """Durations of HTTP requests by method, route (never the address asked for) and status."""
    return Histogram(
        "headway_http_request_seconds",
        "Duration of HTTP requests",
        ("method", "route", "status"),
        registry=registry,
        buckets=BUCKETS,
    )


def _of_llm(settings: Settings) -> Iterator[Metric]:
    spent = open_ledger(settings).spent_today() if settings.llm_configured else 0.0
    yield _one("headway_llm_cost_dollars_today", "dollars that LLM calls of this day (UTC) cost", spent)
    yield _one("headway_llm_budget_dollars", "most that a day's LLM calls may cost", settings.llm_budget_usd)


def _of_contacts(found: list[Operations]) -> Iterator[Metric]:
    contacts = _family("headway_contacts", "contacts by how far they came", "job", "stage")
    lag = _family("headway_lag_seconds", "seconds since something last happened", "job", "of")
    deferral = _family("headway_deferral_ratio", "share of tagged contacts that the tagger left to others", "job")
    stale = _family("headway_stale", "1 where figures are older than allowed", "job")
    queue = _family("headway_review_queue", "review items that wait", "job")
    age = _family("headway_review_queue_age_seconds", "age of the oldest review item that waits", "job")
    width = _family("headway_interval_width", "high minus low of a figure's 95 % interval", "job", "figure")
    for one in found:
        for stage, count in one.contacts.items():
            contacts.add_metric([one.job, stage], count)
        for of, seconds in one.lag.items():
            lag.add_metric([one.job, of], seconds)
        if one.contacts["tagged"]:
            deferral.add_metric([one.job], one.contacts["deferred"] / one.contacts["tagged"])
        stale.add_metric([one.job], float(one.stale))
        queue.add_metric([one.job], one.queue)
        age.add_metric([one.job], one.queue_age)
        for figure, value in one.widths.items():
            width.add_metric([one.job, figure], value)
    yield from (contacts, lag, deferral, stale, queue, age, width)


def _of_runs(found: list[Operations]) -> Iterator[Metric]:
    runs = _family("headway_stage_runs_last_day", "runs of the last day", "job", "stage", "status")
    seconds = _family("headway_stage_seconds", "seconds that the newest finished run of a stage took", "job", "stage")
    for one in found:
        for (stage, status), count in one.runs.items():
            runs.add_metric([one.job, stage, status], count)
        for stage, took in one.durations.items():
            seconds.add_metric([one.job, stage], took)
    yield from (runs, seconds)


def _family(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=labels)


def _one(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _by(name: str, text: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
