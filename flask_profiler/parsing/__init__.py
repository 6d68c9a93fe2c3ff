"""What people write: sorts, times, durations, statuses and pairs, for every face.

Every parser raises `QueryError` with what was written, and what could be instead.
"""

from __future__ import annotations
