"""The sheet of `list`: a line for each measurement."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask_profiler.cli.heading import heading
from flask_profiler.cli.sheet import Column, Sheet
from flask_profiler.cli.source import Source
from flask_profiler.cli.styles import elapsed_span, status_span
from flask_profiler.formatting import milliseconds_text, number_of
from flask_profiler.measurement import Measurement
from flask_profiler.parsing.times import Clock
from flask_profiler.reports.listing import Listing
from flask_profiler.serialize import measurement_as_json

_COMFORT_ROUTE = 20
_COMFORT_URL = 12


def listing_sheet(
    source: Source, window: str, listing: Listing, clock: Clock
) -> Sheet[Measurement]:
    """Put measurements into columns."""
    total = number_of(listing.total, "request")
    some = listing.shown < listing.total
    return Sheet(
        rows=listing.rows,
        columns=_columns(source, clock),
        record=measurement_as_json,
        heading=heading(source, window, total),
        footer=(f"{listing.shown:,} of {total} (-n for more)",) if some else (),
    )


def _columns(source: Source, clock: Clock) -> tuple[Column[Measurement], ...]:
    return (
        Column("ID", lambda m: (str(m.id), ""), right=True),
        Column(
            "Started",
            lambda m: (short_date(m.started_us, clock), "dim"),
            plain=lambda m: clock.local(m.started_us).isoformat(
                timespec="milliseconds"
            ),
        ),
        Column("Method", lambda m: (m.method, "")),
        Column("Status", lambda m: status_span(m.status, error=m.error)),
        Column(
            "Elapsed",
            lambda m: elapsed_span(m.elapsed_us, source),
            plain=lambda m: milliseconds_text(m.elapsed_us),
            plain_heading="Elapsed/ms",
            right=True,
        ),
        Column("Route", lambda m: (m.name, ""), comfort=_COMFORT_ROUTE),
        Column("URL", lambda m: (path_of(m), "dim"), comfort=_COMFORT_URL, dropped=1),
    )


def short_date(time_us: int, clock: Clock) -> str:
    """Give the time of day where it is today's, else the date with it."""
    moment = clock.local(time_us)
    today = clock.today()
    if moment.date() == today:
        return f"{moment:%H:%M:%S}"
    if moment.year == today.year:
        return f"{moment:%m-%d %H:%M:%S}"
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def path_of(measurement: Measurement) -> str:
    """Give path and query of the URL: what differs from request to request."""
    url = measurement.context.url or ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
