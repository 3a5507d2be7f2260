"""The face of everything in an rpm that is no bytes: :func:`facts` is what a writer calls."""

from __future__ import annotations

from repackage_formats.rpm._facts import (
    Change,
    Facts,
    FileTrigger,
    Relation,
    Scriptlet,
    Slot,
    Trigger,
)

__all__ = ["Change", "Facts", "FileTrigger", "Relation", "Scriptlet", "Slot", "Trigger"]
