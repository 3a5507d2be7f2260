"""The machine a package is for: marker environment and ordered tags, all from data."""

from repackage.target._architecture import GOARCH, linux_architecture
from repackage.target._distribution import distribution_target
from repackage.target._free import free_target
from repackage.target._host import described_by, host_target
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
    "GOARCH",
    "Distribution",
    "Glibc",
    "KnownTarget",
    "MacOS",
    "Musl",
    "Python",
    "System",
    "Target",
    "Windows",
    "described_by",
    "distribution_target",
    "free_target",
    "host_target",
    "linux_architecture",
    "names",
]
