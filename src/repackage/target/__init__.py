"""The machine a package is for: marker environment and ordered tags, all from data."""

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
    "MacOS",
    "Musl",
    "Python",
    "System",
    "Target",
    "Windows",
]
