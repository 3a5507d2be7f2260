"""What the rpm of a target can do, and what its packages are called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, cast

from repackage.elf import machine_of
from repackage_formats.rpm._profiles import profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.target import Distribution, Target
    from repackage_formats.rpm._version import Style

_BITS: Final = 64
Compression = Literal["gzip", "xz", "zstd", "none"]

#: The rpm that a feature came with (rpm's release notes; rpmlib(7)).
_SINCE: Final[Mapping[str, tuple[int, ...]]] = {
    "weak dependencies": (4, 12),
    "large files": (4, 12),
    "rich dependencies": (4, 14),  # 4.13 has them without "with"
    "file triggers": (4, 13),
    "carets in versions": (4, 15),
    "extras of distributions": (4, 15),  # of the generators that came with it
    "packages of format 6": (4, 14),  # numbers for names, SHA-256 of headers
    "untransaction scriptlets": (4, 19),
}
Feature = Literal[
    "weak dependencies",
    "large files",
    "rich dependencies",
    "file triggers",
    "carets in versions",
    "extras of distributions",
    "packages of format 6",
    "untransaction scriptlets",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rpm:
    """The rpm that a target comes with."""

    version: str
    """``4.16.1``."""
    zstd: bool
    compression: Compression
    """Of payloads, unless another is asked for."""
    dist: str
    """What releases end in: ``.el9``."""
    pythons: Mapping[str, str] = field(default_factory=dict)
    """Packages of interpreters with their standard library, by ``3.11``."""
    split: bool = False
    """Whether another package has the interpreter without some of its modules."""

    def can(self, feature: Feature) -> bool:
        """Whether it knows a feature."""
        return tuple(map(int, self.version.split("."))) >= _SINCE[feature]

    @property
    def style(self) -> Style:
        """How its generators spell the versions of distributions for Python."""
        return "caret" if self.can("carets in versions") else "dot"

    def reads(self, compression: Compression) -> bool:
        """Whether it can unpack a payload."""
        return compression != "zstd" or self.zstd


def knows(distribution: Distribution) -> bool:
    """Whether a distribution installs rpms; the runtimes of functions do not, for instance."""
    return distribution.family == "rpm" and distribution.id in profile("distributions")


def rpm_of(target: Target) -> Rpm:
    """Find what is known of a target's rpm; of no particular one, assume what most have."""
    facts = profile("distributions")
    found = facts["default"]
    if target.distribution is not None:
        releases = facts.get(target.distribution.id, {})
        found = releases.get(target.distribution.version, found)
    return Rpm(
        version=found["rpm"],
        zstd=found["zstd"],
        compression=cast("Compression", found["compression"]),
        dist=found["dist"],
        pythons=found["pythons"],
        split=found.get("split", False),
    )


def site_directories(target: Target) -> tuple[str, str]:
    """Where the target's interpreter looks for modules: any, and those of machine code."""
    facts = profile("distributions")["default"]
    machine = machine_of(target.arch)
    lib = "lib64" if machine is not None and machine.bits == _BITS else "lib"
    release = target.python.release
    return (
        facts["purelib"].format(release=release, lib=lib),
        facts["platlib"].format(release=release, lib=lib),
    )
