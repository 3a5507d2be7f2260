"""Dates of what is staged: never the clock's."""

from __future__ import annotations

#: 1980-01-01: the oldest date that every container can hold.
OLDEST = 315532800


def held(date: int, *, epoch: int) -> int:
    """Hold a date within 1980-01-01 and the epoch."""
    return max(OLDEST, min(date, epoch))
