"""What is kept of a request, as the configuration says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_profiler.guard import report
from flask_profiler.request_context.content import (
    NOTHING,
    Content,
    content_of_bytes,
    content_of_form,
    is_legible,
    type_and_size,
)
from flask_profiler.request_context.environs import Environs
from flask_profiler.request_context.unread import rest_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from flask import Request

    from flask_profiler.config import CaptureConfig
    from flask_profiler.redaction import Names


class Capture:
    """Take from a request what is kept of it, redacted. Any thread.

    Works on a request whose context is gone, and never uses what would read the body.
    """

    __slots__ = ("config", "names", "taken")

    def __init__(self, config: CaptureConfig, names: Names) -> None:
        self.config = config
        self.names = names
        self.taken = Environs(names, headers=config.headers).taken

    def content(
        self, environ: WSGIEnvironment, request: Request | None, *, streamed: bool
    ) -> Content:
        """Give what is kept of the body."""
        if request is None or not _has_body(environ):
            return NOTHING
        if not self.config.form and not self.config.body:
            return NOTHING
        try:
            content = self._content(environ, request, streamed=streamed)
        except Exception as error:  # noqa: BLE001 - a body is anything
            report("capturing the body of a request", error)
            return NOTHING
        return Content(
            form=content.form if self.config.form else {},
            body=content.body if self.config.body else "",
        )

    def _content(
        self, environ: WSGIEnvironment, request: Request, *, streamed: bool
    ) -> Content:
        limit = self.config.max_body
        content_type = environ.get("CONTENT_TYPE", "")
        cached = request.__dict__
        data = cached.get("_cached_data")
        if not data and not cached.get("form"):
            data = None if streamed else rest_of(environ)
        if data:
            return content_of_bytes(data, content_type, self.names, limit)
        form = cached.get("form")
        return Content(
            form=content_of_form(form, self.names, limit) if form else {},
            body=_described(environ, content_type, limit),
        )


def _has_body(environ: WSGIEnvironment) -> bool:
    length = environ.get("CONTENT_LENGTH")
    if length:
        return bool(length != "0")
    return "HTTP_TRANSFER_ENCODING" in environ


def _described(environ: WSGIEnvironment, content_type: str, limit: int) -> str:
    """Say type and size of a body that is large or binary; of others, nothing."""
    mimetype = content_type.partition(";")[0].strip().lower()
    length = environ.get("CONTENT_LENGTH", "")
    size = int(length) if length.isdecimal() else None
    small = size is not None and size <= limit
    if small and is_legible(mimetype) and mimetype != "multipart/form-data":
        return ""
    return type_and_size(mimetype, size)
