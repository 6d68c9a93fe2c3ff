"""One module a peer, each with a function `install(app)` that switches it on.

A peer runs in its own virtual environment, with the packages of the file of its name.
The working directory is its own, too: what it stores lies there.
"""

from __future__ import annotations
