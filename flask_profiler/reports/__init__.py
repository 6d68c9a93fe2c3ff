"""The questions that the terminal and the dashboard ask, and their answers."""

from __future__ import annotations
