"""What a package is called, everywhere; decided from the plan alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError
from repackage_formats.rpm._architecture import Architecture, architecture_of
from repackage_formats.rpm._distributions import rpm_of
from repackage_formats.rpm._version import evr, rpm_version

if TYPE_CHECKING:
    from repackage.format import Plan
    from repackage.package import Package
    from repackage_formats.rpm._options import Options

#: rpm's build/parsePreamble.c, and no longer than what a file name has room for.
PACKAGE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}")
#: What file systems allow.
_LONGEST: Final = 255


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """Name, epoch, version, release and architecture."""

    name: str
    epoch: int
    version: str
    release: str
    arch: str
    """As rpm calls it: ``x86_64``, ``noarch``."""
    machine: Architecture
    """That of the target, whatever the package is for."""

    @classmethod
    def of(cls, plan: Plan[Options]) -> Identity:
        """Decide it."""
        rpm, options = rpm_of(plan.target), plan.options
        machine = architecture_of(plan.target)
        own = "noarch" if plan.closure.pure else machine.name
        carets = rpm.can("carets in versions")  # else the option is lowered: _suitable
        wheels, chosen = plan.package.version, options.epoch
        return cls(
            name=package_name(plan.package, options),
            epoch=wheels.epoch if chosen is None else chosen,
            version=rpm_version(wheels, style=options.post_releases if carets else "dot"),
            release=f"1{rpm.dist}" if options.release is None else options.release,
            arch=options.architecture or own,
            machine=machine,
        )

    @property
    def evr(self) -> str:
        """``[epoch:]version-release``."""
        return evr(epoch=self.epoch, version=self.version, release=self.release)

    @property
    def nevra(self) -> str:
        """``name-version-release.arch``, without the epoch."""
        return f"{self.name}-{self.version}-{self.release}.{self.arch}"

    @property
    def filename(self) -> str:
        """The name that repositories give to the file.

        Raises:
            FormatError: It is too long for a file system.
        """
        name = f"{self.nevra}.rpm"
        if len(name) > _LONGEST:
            raise FormatError.of(
                f"the file would be called {name[:60]!r}…, with {len(name)} characters",
                where="package",
                advice="choose a shorter name or release",
            )
        return name


def package_name(package: Package, options: Options) -> str:
    """Name the package: a normalised name is a valid one, if it is not too long."""
    name = options.package or package.name
    if not PACKAGE.fullmatch(name):
        raise FormatError.of(
            f"{name!r} cannot be the name of a package",
            where="package",
            advice="choose one of 1 to 128 characters: package = 'python-app'",
        )
    return name
