"""Wheel, lock and target to a closure: the lock is walked, never solved."""

from repackage.resolve._choice import ALL, FileChoice
from repackage.resolve._markers import Environment
from repackage.resolve._resolve import resolve
from repackage.resolve._selection import Selection
from repackage.resolve._stale import differences

__all__ = ["ALL", "Environment", "FileChoice", "Selection", "differences", "resolve"]
