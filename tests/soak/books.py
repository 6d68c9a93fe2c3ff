"""What was sent and what was answered, noted by many clients at once."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answered:
    """When a whole answer came, on the monotonic clock, and how long it took."""

    began: float
    seen: float
    """Seconds, as the client saw them."""


@dataclass
class Books:
    """Numbers are sent without a gap from 0; each is answered once or not at all."""

    answered: dict[int, Answered] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    """The client went away on purpose."""
    unanswered: dict[int, str] = field(default_factory=dict)
    """No whole answer came, and why."""
    wrong: list[str] = field(default_factory=list)
    """Answers that the application doesn't give without us, and broken promises."""
    sent: int = 0
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_number(self) -> int:
        """Give the number of the next request; from now on it counts as sent."""
        with self._lock:
            number = next(self._numbers)
            self.sent = number + 1
            return number
