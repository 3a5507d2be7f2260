"""Wheel, lock and target to a closure: the lock is walked, never solved."""

from repackage.resolve._choice import ALL, FileChoice
from repackage.resolve._resolve import resolve
from repackage.resolve._selection import Selection

__all__ = ["ALL", "FileChoice", "Selection", "resolve"]
