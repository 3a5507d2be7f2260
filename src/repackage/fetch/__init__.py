"""From pins to files: the store, then wheelhouses, then the network; every byte is checked."""

from repackage.fetch._model import FetchSettings, Progress
from repackage.fetch._run import fetch, unverified
from repackage.fetch._wheelhouse import Wheelhouse

__all__ = ["FetchSettings", "Progress", "Wheelhouse", "fetch", "unverified"]
