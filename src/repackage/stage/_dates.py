"""Dates of what is staged: never the clock's."""

from __future__ import annotations

from repackage.wheel import OLDEST


def held(date: int, *, epoch: int) -> int:
    """Hold a date within 1980-01-01 and the epoch."""
    return max(OLDEST, min(date, epoch))
