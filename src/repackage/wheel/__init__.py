"""A wheel file, verified before anything else is done with it."""

from typing import TYPE_CHECKING

from repackage.wheel._manifest import from_json, to_json
from repackage.wheel._model import OLDEST, EntryPoint, Member, Wheel

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["OLDEST", "EntryPoint", "Member", "Wheel", "from_json", "read_wheel", "to_json"]


def read_wheel(path: "Path") -> Wheel:
    """Read a wheel file and verify all of it, in one pass and bounded memory.

    Raises:
        WheelError: With all that is wrong, as far as it could be looked at.
    """
    from repackage.wheel._read import read_wheel as read  # manifests need none of it

    return read(path)
