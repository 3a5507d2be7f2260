"""From pins to files: the store, then wheelhouses, then the network; every byte is checked.

What has no wheel is built, with :mod:`repackage.source`.
"""

from repackage.fetch._model import FetchSettings, Progress
from repackage.fetch._run import fetch, unverified
from repackage.fetch._survey import Survey, ToBuild, survey
from repackage.fetch._wheelhouse import Wheelhouse

__all__ = [
    "FetchSettings",
    "Progress",
    "Survey",
    "ToBuild",
    "Wheelhouse",
    "fetch",
    "survey",
    "unverified",
]
