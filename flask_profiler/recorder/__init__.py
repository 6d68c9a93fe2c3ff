"""Take measurements from the request to the storage."""

from __future__ import annotations

from flask_profiler.recorder.drain import Drainer
from flask_profiler.recorder.outcome import Outcome
from flask_profiler.recorder.reading import drain_for_reader
from flask_profiler.recorder.recorder import Recorder

__all__ = ["Drainer", "Outcome", "Recorder", "drain_for_reader"]
