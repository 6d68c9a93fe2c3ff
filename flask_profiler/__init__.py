"""Measure the endpoints of a Flask application."""

from __future__ import annotations
