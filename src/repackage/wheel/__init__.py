"""A wheel file, verified before anything else is done with it."""

from repackage.wheel._model import EntryPoint, Member, Wheel
from repackage.wheel._read import read_wheel

__all__ = ["EntryPoint", "Member", "Wheel", "read_wheel"]
