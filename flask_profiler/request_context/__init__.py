"""From a WSGI environment and a request to the captured, redacted context."""

from __future__ import annotations

from flask_profiler.request_context.capture import Capture
from flask_profiler.request_context.unread import watch

__all__ = ["Capture", "watch"]
