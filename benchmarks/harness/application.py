"""The measured application, with the peer that the environment names."""

from __future__ import annotations

import importlib
import json
import os

import flask
from traffic import application


def create() -> flask.Flask:
    app = application()
    peer = importlib.import_module(f"peers.{os.environ['BENCHMARK_PEER']}")
    peer.install(app, **json.loads(os.environ["BENCHMARK_OPTIONS"]))
    return app
