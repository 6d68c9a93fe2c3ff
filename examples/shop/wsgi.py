"""The shop, where `flask` and gunicorn find it.

gunicorn --workers 2 wsgi:app
flask profiler summary
"""

from __future__ import annotations

from shop import create_app

app = create_app()
