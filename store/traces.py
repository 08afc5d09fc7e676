"""Traces for an OpenTelemetry collector: only where an address is configured, and never what anybody said.

Headway keeps a tracer of its own: spans of other libraries are not sent along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from taxonomy.errors import BadInputError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from store.settings import Settings

Value = str | int | float | bool


class TracesNotInstalledError(BadInputError):
    """Traces are configured and the packages that send them are not there."""


class Here:
    """The span under way, or nothing where no traces are wanted."""

    def __init__(self, span: Any = None) -> None:
        self._span = span

    def note(self, facts: Mapping[str, Value]) -> None:
        """Add facts that were known only later: counts, a status, a number of tokens; never text."""
        if self._span is not None:
            self._span.set_attributes({f"headway.{name}": value for name, value in facts.items()})

    def name(self, name: str, facts: Mapping[str, Value]) -> None:
        """Call the span by what it turned out to be; `facts` under names that OpenTelemetry gives them."""
        if self._span is not None:
            self._span.update_name(name)
            self._span.set_attributes(dict(facts))


class Tracing:
    """Where spans go. One a process, made once; without an address every span is free and goes nowhere."""

    def __init__(self) -> None:
        self._provider: TracerProvider | None = None

    def start(self, settings: Settings, *, service: str) -> bool:
        """Send spans to the collector that the settings name, from now on; False where none is named.

        Raises TracesNotInstalledError.
        """
        if settings.otlp_endpoint is None or self._provider is not None:
            return self._provider is not None
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError as error:
            raise TracesNotInstalledError(
                "HEADWAY_OTLP_ENDPOINT is set, but what sends traces is not installed: pip install 'headway[otel]'"
            ) from error
        self._provider = TracerProvider(resource=Resource.create({"service.name": service}))
        exporter = OTLPSpanExporter(endpoint=settings.otlp_endpoint.rstrip("/") + "/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        return True

    def stop(self) -> None:
        """Send what is left, then send nothing more."""
        if self._provider is not None:
            self._provider.shutdown()
            self._provider = None

    def headers(self) -> dict[str, str]:
        """The span under way as HTTP headers, for work that goes on in another thread; empty where there is none."""
        found: dict[str, str] = {}
        if self._provider is not None:
            from opentelemetry.propagate import inject

            inject(found)
        return found

    @contextmanager
    def span(self, name: str, facts: Mapping[str, Value], *, parent: Mapping[str, str] | None = None) -> Iterator[Here]:
        """A span around the block, inside the one under way or the one that `parent` (HTTP headers) names.

        A block that raises marks it as failed, with the kind of the error alone: a message may quote what was said.
        """
        if self._provider is None:
            yield Here()
            return
        from opentelemetry.propagate import extract
        from opentelemetry.trace import Status, StatusCode

        attributes = {f"headway.{key}": value for key, value in facts.items()}
        with self._provider.get_tracer("headway").start_as_current_span(
            name,
            context=extract(dict(parent)) if parent else None,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield Here(span)
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise


tracing = Tracing()
