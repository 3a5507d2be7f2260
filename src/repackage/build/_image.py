"""An image of a registry, saved where the user wants it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from repackage.build._output import publish, scratch_directory, settle
from repackage.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.container import Pulled


def save_image(pulled: Pulled, directory: Path) -> int:
    """Copy the layout of an image to a directory, which appears whole; return its size.

    Raises:
        OutputError: There is something already, or it cannot be written.
    """
    _refuse_occupied(directory)
    with scratch_directory(directory.parent) as scratch:
        made = scratch / "layout"
        shutil.copytree(pulled.directory, made)
        size, _ = settle(made)
        _refuse_occupied(directory)
        publish(made, directory)
    return size


def _refuse_occupied(directory: Path) -> None:
    """Leave alone what is there: nobody asked for it to be replaced."""
    if os.path.lexists(directory):
        raise OutputError.of(
            "is there already", where=str(directory), advice="choose a directory that is not"
        )
