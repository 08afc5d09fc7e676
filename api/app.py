"""The composition root: what the monitor is made of, put together once for a server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from api import assets, metrics, openapi, problems, schema
from api.authentication import AccessMiddleware
from api.caching import CachingMiddleware
from api.csrf import check_csrf
from api.headers import HeadersMiddleware
from api.heads import HeadMiddleware
from api.keyring import Keyring
from api.metrics import open_metrics, request_seconds
from api.observing import ObservingMiddleware
from api.oidc import open_provider
from api.pages.alerts import router as alerts_page
from api.pages.annotations import router as annotations_page
from api.pages.contact import router as contact_page
from api.pages.experiments import router as experiments_page
from api.pages.failure_mode import router as failure_mode_page
from api.pages.gaps import router as gaps_page
from api.pages.index import router as index_page
from api.pages.index_change import router as index_change_page
from api.pages.jobs import router as jobs_page
from api.pages.login import router as login_page
from api.pages.outcome import router as outcome_page
from api.pages.review import router as review_page
from api.pages.review_stats import router as review_stats_page
from api.pages.runs import router as runs_page
from api.pages.scorecard import router as scorecard_page
from api.pages.segments import router as segments_page
from api.pages.step import router as step_page
from api.pages.subscriptions import router as subscriptions_page
from api.pages.twins import router as twins
from api.parameters import check_parameters
from api.permissions import served_routes
from api.predictors import Predictors
from api.rate_limit import Limit, RateLimitMiddleware
from api.v1 import alerts as v1_alerts
from api.v1 import annotations as v1_annotations
from api.v1 import contact_lists as v1_contact_lists
from api.v1 import contacts as v1_contacts
from api.v1 import decisions as v1_decisions
from api.v1 import drilldown as v1_drilldown
from api.v1 import drivers as v1_drivers
from api.v1 import erasures as v1_erasures
from api.v1 import experiments as v1_experiments
from api.v1 import gaps as v1_gaps
from api.v1 import health
from api.v1 import index as v1_index
from api.v1 import intake as v1_intake
from api.v1 import jobs as v1_jobs
from api.v1 import predict as v1_predict
from api.v1 import resolution as v1_resolution
from api.v1 import review as v1_review
from api.v1 import rows as v1_rows
from api.v1 import runs as v1_runs
from api.v1 import segments as v1_segments
from api.v1 import subscriptions as v1_subscriptions
from api.v1 import version as v1_version
from store.session import open_database
from store.settings import Settings
from store.traces import tracing

PAGES = (
    twins,
    jobs_page,
    scorecard_page,
    alerts_page,
    subscriptions_page,
    annotations_page,
    experiments_page,
    runs_page,
    gaps_page,
    step_page,
    outcome_page,
    failure_mode_page,
    index_page,
    index_change_page,
    segments_page,
    contact_page,
    review_page,
    review_stats_page,
    login_page,
)
MODULES = (
    health,
    metrics,
    v1_jobs,
    v1_alerts,
    v1_annotations,
    v1_gaps,
    v1_intake,
    v1_predict,
    v1_rows,
    v1_contact_lists,
    v1_contacts,
    v1_decisions,
    v1_drilldown,
    v1_drivers,
    v1_erasures,
    v1_experiments,
    v1_resolution,
    v1_review,
    v1_runs,
    v1_index,
    v1_segments,
    v1_subscriptions,
    v1_version,
    assets,
    schema,
)


def create_app(settings: Settings) -> FastAPI:
    """The monitor over the database that the settings name. Nothing is connected before the first request."""
    database = open_database(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tracing.start(settings, service="headway-monitor")
        yield
        tracing.stop()
        database.engine.dispose()

    # The interactive documentation of FastAPI loads its scripts from another host, and its /openapi.json asks nobody.
    app = FastAPI(
        title="Headway",
        version=_version(),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        dependencies=[Depends(check_csrf), Depends(check_parameters)],
    )
    app.state.database = database
    app.state.settings = settings
    app.state.keyring = Keyring(database)
    app.state.provider = open_provider(settings)
    app.state.predictors = Predictors(settings)
    app.state.metrics = open_metrics(database, settings)
    problems.install(app)
    for module in MODULES:
        app.include_router(module.router)
    for page in PAGES:
        app.include_router(page)
    openapi.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)
    app.add_middleware(CachingMiddleware, database=database)  # keeps what is compressed already
    limit = Limit.read(settings.rate_limit)
    if limit is not None:
        app.add_middleware(RateLimitMiddleware, limit=limit)
    app.state.routes = served_routes(app.routes)
    guard = {"keyring": app.state.keyring, "routes": app.state.routes, "login": app.state.provider is not None}
    app.add_middleware(AccessMiddleware, **guard)
    app.add_middleware(HeadMiddleware)
    app.add_middleware(HeadersMiddleware)  # outside of what refuses, so that refusals carry its headers too
    app.add_middleware(ObservingMiddleware, seconds=request_seconds(app.state.metrics))
    return app


def _version() -> str:
    try:
        return version("headway")
    except PackageNotFoundError:
        return "0"
