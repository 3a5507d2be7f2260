"""The machine a package is for: marker environment and ordered tags, all from data."""

from repackage.target._distribution import distribution_target
from repackage.target._free import free_target
from repackage.target._host import host_target
from repackage.target._known import KnownTarget, names
from repackage.target._model import (
    Distribution,
    Glibc,
    MacOS,
    Musl,
    Python,
    System,
    Target,
    Windows,
)

__all__ = [
    "Distribution",
    "Glibc",
    "KnownTarget",
    "MacOS",
    "Musl",
    "Python",
    "System",
    "Target",
    "Windows",
    "distribution_target",
    "free_target",
    "host_target",
    "names",
]
