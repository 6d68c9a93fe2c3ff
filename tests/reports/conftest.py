"""An engine with the four methods alone, and measurements to put into it."""

from __future__ import annotations

from typing import Any

import pytest
from memory_engine import NOW_US, Make, Memory

from flask_profiler.measurement import Measurement


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def make() -> Make:
    numbers = iter(range(1, 10_000_000))

    def made(elapsed_us: int = 1000, age_s: float = 60, **given: Any) -> Measurement:
        number = next(numbers)
        started_us = NOW_US - round(age_s * 1_000_000)
        values = {
            "uid": f"{number:024x}",
            "method": "GET",
            "name": "/a",
            "endpoint": "a",
            "status": 200,
        }
        return Measurement(
            started_us=started_us, elapsed_us=elapsed_us, **{**values, **given}
        )

    return made
