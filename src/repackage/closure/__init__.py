"""What is to be installed: for one wheel, lock, target and selection, the pins and why.

:func:`paths` finds how a distribution comes in, :func:`missed` how one that is left out would
have.
"""

from repackage.closure._model import (
    Closure,
    FromSource,
    LeftOut,
    Passed,
    Pin,
    Requirer,
    Skipped,
)
from repackage.closure._paths import Paths, Step, missed, paths

__all__ = [
    "Closure",
    "FromSource",
    "LeftOut",
    "Passed",
    "Paths",
    "Pin",
    "Requirer",
    "Skipped",
    "Step",
    "missed",
    "paths",
]
