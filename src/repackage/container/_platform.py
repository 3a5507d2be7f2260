"""The machine that an image is for, in Go's names."""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass

from repackage.errors import UsageError
from repackage.target import GOARCH

_SHAPE = re.compile(r"([a-z0-9]+)/([a-z0-9_]+)(?:/([a-z0-9.]+))?")

#: Variants that go without saying, by architecture.
_USUAL = {"arm64": "v8", "arm": "v7", "amd64": "v1"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform:
    """Such as ``linux/amd64`` or ``linux/arm/v7``."""

    os: str
    architecture: str
    variant: str = ""

    @classmethod
    def parse(cls, text: str) -> Platform:
        """Take ``os/architecture[/variant]`` apart.

        Raises:
            UsageError: It is nothing of the kind.
        """
        found = _SHAPE.fullmatch(text)
        if found is None:
            raise UsageError.of(
                f"{text!r} is no platform", advice="such as linux/amd64 or linux/arm/v7"
            )
        return cls(os=found[1], architecture=found[2], variant=found[3] or "")

    @classmethod
    def here(cls) -> Platform:
        """What runs on this machine, in containers."""
        machine = platform.machine()
        return cls(os="linux", architecture=GOARCH.get(machine, machine))

    def fits(self, wanted: Platform) -> bool:
        """Tell whether an image for this platform is one for that which is wanted."""
        usual = _USUAL.get(wanted.architecture, "")
        return (self.os, self.architecture) == (wanted.os, wanted.architecture) and (
            self.variant or usual
        ) == (wanted.variant or usual)

    def __str__(self) -> str:
        return "/".join(filter(None, (self.os, self.architecture, self.variant)))
