"""What the profiler adds to a request, against plain Flask in the same run.

    python benchmarks/overhead.py [--rounds N] [--drain] [--parts]

Each round calls every variant once for each scenario, in turn, so that a slow second of
the machine hits all alike; only ratios and differences mean something.

plain     the application as it is
floor     the same inside an empty WSGI wrapper: what any middleware costs
profiled  the same with the profiler, spooling to a real file

`--drain` drains in this process too, as a worker does; `--parts` shows where the time
goes. A part is measured inside real requests, with caches as cold as they are then; the
clock adds about half a microsecond to each.
"""

from __future__ import annotations

import argparse
import logging
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask
from traffic import SCENARIOS, Environ, answer, application

import flask_profiler
from flask_profiler.instrument import rim, tracker
from flask_profiler.recorder import recorder
from flask_profiler.request_context.capture import Capture
from flask_profiler.request_context.environs import Environs
from flask_profiler.spool.writer import Writer


def wrapped() -> flask.Flask:
    app = application()
    app.wsgi_app = Wrapper(app.wsgi_app)  # type: ignore[method-assign]
    return app


class Wrapper:
    """Do nothing around a WSGI application."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __call__(self, environ: Environ, start: Any) -> Any:
        return self.inner(environ, start)


def profiled(folder: Path, *, drain: bool) -> flask.Flask:
    app = application()
    app.config["flask_profiler"] = {
        "enabled": True,
        "storage": {"FILE": str(folder / "benchmark.sql")},
        "spool": {"drain": drain},
    }
    flask_profiler.init_app(app)
    return app


@dataclass
class Times:
    """The times of one variant in one scenario, microseconds."""

    us: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.us)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.us, n=100)[98]


def interleaved(
    apps: dict[str, flask.Flask], make: Callable[[], Environ], rounds: int
) -> dict[str, Times]:
    times = {name: Times() for name in apps}
    order = list(apps)
    for number in range(rounds + 100):
        random.shuffle(order)
        for name in order:
            taken = answer(apps[name], make()) / 1000
            if number >= 100:
                times[name].us.append(taken)
    return times


PARTS = {
    "begin the view": (tracker.Tracker, "begin"),
    "headers and URL": (Environs, "taken"),
    "body": (Capture, "content"),
    "encode": (recorder, "encode"),
    "append": (Writer, "append"),
    "frame the body, all above but the first": (rim, "framed"),
}


def stamped(owner: Any, name: str, times: Times) -> Callable[[], None]:
    """Time a function where it stands, and give what puts it back."""
    original = getattr(owner, name)

    def timed(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter_ns()
        result = original(*args, **kwargs)
        times.us.append((time.perf_counter_ns() - began) / 1000)
        return result

    setattr(owner, name, timed)
    return lambda: setattr(owner, name, original)


def show_parts(folder: Path, make: Callable[[], Environ], rounds: int) -> None:
    plain = application()
    for part, (owner, name) in PARTS.items():
        times = Times()
        restore = stamped(owner, name, times)
        app = profiled(folder, drain=False)
        for _ in range(rounds):
            answer(plain, make())
            answer(app, make())
        restore()
        if times.us:
            print(f"    {part:45}{times.median:7.1f} µs")


def show(scenario: str, times: dict[str, Times]) -> None:
    plain, floor, ours = times["plain"], times["floor"], times["profiled"]
    print(
        f"{scenario:18}{plain.median:9.1f}{floor.median - plain.median:9.1f}"
        f"{ours.median - plain.median:10.1f}"
        f"{(ours.median - plain.median) / plain.median:8.0%}"
        f"{plain.p99:11.1f}{ours.p99 - plain.p99:9.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5000)
    parser.add_argument("--drain", action="store_true", help="drain in this process")
    parser.add_argument("--parts", action="store_true", help="show where time goes")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    columns = ("plain µs", "floor +", "profiled +", "of plain", "p99 µs", "p99 +")
    print(f"{'median':18}" + "{:>9}{:>9}{:>10}{:>8}{:>11}{:>9}".format(*columns))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        apps = {
            "plain": application(),
            "floor": wrapped(),
            "profiled": profiled(folder, drain=options.drain),
        }
        for scenario, make in SCENARIOS.items():
            show(scenario, interleaved(apps, make, options.rounds))
            if options.parts:
                show_parts(folder, make, options.rounds // 5)


if __name__ == "__main__":
    main()
