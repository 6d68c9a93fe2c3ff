"""What is compared: plain Flask, this profiler in several ways, and its peers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variant:
    """One way to run the application."""

    title: str
    peer: str
    """The module in `peers/`, and where it isn't ours the file of its packages."""
    drain: bool = True
    """Whether our workers drain."""
    backlog: bool = False
    """Whether measurements wait in its spool when it starts."""
    alone_first: bool = False
    """Whether several workers can't make its database at once."""
    beside: bool = False
    """Whether a process of its own drains beside the server."""

    @property
    def ours(self) -> bool:
        return self.peer == "ours"

    @property
    def drained(self) -> bool:
        """Whether somebody empties its spool."""
        return self.ours and (self.drain or self.beside)

    @property
    def options(self) -> dict[str, bool]:
        """What its `install` is given."""
        return {"drain": self.drain} if self.ours else {}

    @property
    def foreign(self) -> bool:
        """Whether it needs an environment of its own."""
        return self.peer not in {"plain", "ours"}


PLAIN = Variant("plain Flask", "plain")
OURS = Variant("this, draining", "ours")
NOT_DRAINING = Variant("this, not draining", "ours", drain=False)
WITH_BACKLOG = Variant("this, draining a backlog", "ours", backlog=True)
DRAINED_BESIDE = Variant("this, drained beside", "ours", drain=False, beside=True)
FLASK_PROFILER_1 = Variant("flask_profiler 1.8.1", "flask_profiler_1")
DASHBOARD = Variant(
    "Flask-MonitoringDashboard 5.1", "monitoring_dashboard", alone_first=True
)
PROMETHEUS = Variant("prometheus-flask-exporter", "prometheus")
OPENTELEMETRY = Variant("OpenTelemetry for Flask", "opentelemetry_flask")

STORING = (FLASK_PROFILER_1, DASHBOARD)
PEERS = (*STORING, PROMETHEUS, OPENTELEMETRY)
