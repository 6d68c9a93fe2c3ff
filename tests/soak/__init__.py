"""A server under constant load and random harm, and the books that must balance.

    python -m tests.soak --seconds 600 --seed 7

One request a number: everything about it follows from the seed and the number.
"""

from __future__ import annotations
