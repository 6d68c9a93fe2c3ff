"""OpenTelemetry's instrumentation of Flask, its spans kept in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

if TYPE_CHECKING:
    from collections.abc import Sequence

    import flask
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExportResult

KEPT = 5000


class Bounded(InMemorySpanExporter):
    """Keep spans in memory, and forget them before they fill it."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if len(self._finished_spans) > KEPT:
            self.clear()
        return super().export(spans)


def install(app: flask.Flask) -> None:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(Bounded()))
    trace.set_tracer_provider(provider)
    FlaskInstrumentor().instrument_app(app)
