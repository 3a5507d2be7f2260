"""What a wheel's file name says, and which of several names a target likes best."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BUILD = re.compile(r"(\d+)(.*)", re.ASCII)
#: Parts of a name without a build tag (PEP 427) and a variant label (PEP 825).
_FEWEST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class WheelName:
    """The parts of a wheel's file name that decide whether it fits."""

    build: tuple[int, str] | None
    tags: tuple[str, ...]
    """Compressed sets expanded."""
    compressed: str
    variant: bool
    """Whether it has a variant label (PEP 825), which no target fits."""

    @classmethod
    def of(cls, filename: str) -> WheelName:
        """Read a name that the reader of the lock has accepted.

        Of more than five parts the third is a build tag if it starts with a digit; what
        is there after the platform is a variant label.
        """
        parts = filename.removesuffix(".whl").split("-")
        built = _BUILD.fullmatch(parts[2]) if len(parts) > _FEWEST else None
        interpreters, abis, platforms = parts[3:6] if built else parts[2:5]
        return cls(
            build=(int(built[1]), built[2]) if built else None,
            tags=tuple(
                f"{interpreter}-{abi}-{platform}".lower()
                for interpreter in interpreters.split(".")
                for abi in abis.split(".")
                for platform in platforms.split(".")
            ),
            compressed=f"{interpreters}-{abis}-{platforms}",
            variant=len(parts) - (built is not None) > _FEWEST,
        )
