"""What the benchmarks share: environments, processes, figures, tables."""

from __future__ import annotations
