"""Every request timed, and traced where traces are configured: by its route, never by the address asked for."""

from __future__ import annotations

import time
from http import HTTPStatus

from prometheus_client import Histogram
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store.traces import tracing

UNROUTED = "none"
"""What a request counts under that no route answered: unknown addresses must not become labels."""

TRACE_HEADERS = ("traceparent", "tracestate")


class ObservingMiddleware:
    """Times what is inside it."""

    def __init__(self, app: ASGIApp, *, seconds: Histogram) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how long its answer took."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, began = HTTPStatus.INTERNAL_SERVER_ERROR.value, time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        headers = Headers(scope=scope)
        parent = {name: headers[name] for name in TRACE_HEADERS if name in headers}
        with tracing.span(f"HTTP {scope['method']}", {}, parent=parent) as here:
            try:
                await self.app(scope, receive, noting)
            finally:
                route = getattr(scope.get("route"), "path", UNROUTED)
                facts = {"http.request.method": scope["method"], "http.route": route}
                here.name(f"{scope['method']} {route}", {**facts, "http.response.status_code": status})
                took = time.perf_counter() - began
                self.seconds.labels(scope["method"], route, str(status)).observe(took)
