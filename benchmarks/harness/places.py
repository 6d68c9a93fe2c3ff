"""Where the variants store, in their working directories."""

from __future__ import annotations

OURS = "ours.sql"
SPOOL = f"{OURS}.spool"
PEERS = "peer.sql"
