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
from flask_profiler.request_context.headers import Headers
from flask_profiler.request_context.unread import rest_of
from flask_profiler.spool.line import Url

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from flask import Request

    from flask_profiler.config import CaptureConfig
    from flask_profiler.redaction import Names


class Capture:
    """Take from a request what is kept of it, redacted. Any thread.

    Works on a request whose context is gone, and never uses what would read the body.
    """

    __slots__ = ("_headers", "config", "names")

    def __init__(self, config: CaptureConfig, names: Names) -> None:
        self.config = config
        self.names = names
        self._headers = Headers(names)

    def headers(self, environ: WSGIEnvironment) -> dict[str, str]:
        """Give the headers under the names of WSGI."""
        return self._headers.of(environ) if self.config.headers else {}

    def url(self, environ: WSGIEnvironment, path: str | None = None) -> Url:
        """Give the parts of the URL, with another path if that one has secrets."""
        get = environ.get
        if path is None:
            path = get("PATH_INFO", "")
        query = get("QUERY_STRING", "")
        return Url(
            get("wsgi.url_scheme", "http"),
            get("HTTP_HOST") or f"{get('SERVER_NAME')}:{get('SERVER_PORT')}",
            get("SCRIPT_NAME", "") + path,
            self.names.query(query) if query else "",
        )

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
