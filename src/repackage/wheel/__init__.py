"""A wheel file, verified before anything else is done with it."""

from repackage.wheel._model import EntryPoint, Member, Wheel

__all__ = ["EntryPoint", "Member", "Wheel"]
