"""What was measured and never gets into the store."""

from __future__ import annotations

from pathlib import Path

from flask_profiler.results import Loss
from flask_profiler.spool import rejected
from flask_profiler.spool.acknowledged import Ledger


def losses_of(ledger: Ledger, folder: Path) -> tuple[Loss, ...]:
    """Give each kind of loss, those that nobody has seen yet apart."""
    counts, fresh = ledger.counts, ledger.fresh
    reason = rejected.last_reason(folder) if counts.rejected else None
    return (
        Loss("dropped", counts.dropped, fresh.dropped),
        Loss("torn", counts.torn, fresh.torn),
        Loss("rejected", counts.rejected, fresh.rejected, reason),
    )
