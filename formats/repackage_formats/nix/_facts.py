"""What an expression says, gathered from plans and trees; how it is written comes later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.text import is_url, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage.format import Plan
    from repackage.package import Package
    from repackage_formats.nix._options import Options
    from repackage_formats.nix._sources import Source


#: Labels of ``Project-URL`` that name a list of changes, normalised.
_CHANGES: Final = ("changelog", "changes", "whatsnew", "history", "releasenotes")


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that the files of an artifact say."""

    plan: Plan[Options]
    """Of the first system."""
    sources: Mapping[str, Sequence[Source]]
    """The wheels of each system, the application's first."""
    kept: tuple[str, ...]
    """Programs of dependencies that are installed; of the application, all are."""
    commands: tuple[str, ...]
    """Programs that are put on the path."""
    partial: bool
    """Whether a system lacks one of them."""
    pointed: tuple[str, ...]
    """Scripts of the application whose first line is to name the interpreter."""
    scripted: bool
    """Whether a wheel brings programs as files, which need not be executable in it."""
    shared: tuple[str, ...]
    """Directories of the environment that programs look for below the prefix of the package."""
    removed: tuple[str, ...]
    """Files of wheels that are not installed, from the site directory."""
    bound: bool
    """Whether a later Python might need something else, by markers and ``Requires-Python``."""
    overlapping: bool
    """Whether two wheels bring one file."""

    @property
    def package(self) -> Package:
        """What is packaged."""
        return self.plan.package

    @property
    def options(self) -> Options:
        """What the user chose."""
        return self.plan.options

    @property
    def pname(self) -> str:
        """What Nix calls it."""
        return pname(self.package, self.options)

    @property
    def python(self) -> str:
        """Attribute of the interpreter."""
        return self.options.python or self.own_python

    @property
    def own_python(self) -> str:
        """Attribute of the interpreter that the wheels were chosen for."""
        python = self.plan.target.python
        name = "pypy" if python.implementation == "pypy" else "python"
        threads = "FreeThreading" if python.free_threaded else ""
        return f"{name}{python.major}{python.minor}{threads}"

    @property
    def compiled(self) -> bool:
        """Whether a wheel for Linux may hold machine code."""
        return any(
            not source.filename.endswith("-any.whl")
            for system, wheels in self.sources.items()
            if system.endswith("-linux")
            for source in wheels
        )

    @property
    def native(self) -> bool:
        """Whether a wheel for any system may hold machine code."""
        every = (source for wheels in self.sources.values() for source in wheels)
        return not all(source.filename.endswith("-any.whl") for source in every)

    @property
    def portable(self) -> bool:
        """Whether a later Python installs the same: nothing is for this one alone."""
        every = (source for wheels in self.sources.values() for source in wheels)
        return not self.bound and all(
            source.filename.endswith("-none-any.whl") for source in every
        )

    @property
    def main_program(self) -> str:
        """The command that ``nix run`` starts; empty: there is none."""
        wanted = self.options.main_program or self.pname
        return wanted if wanted in self.commands else next(iter(self.commands), "")

    @property
    def description(self) -> str:
        """One line."""
        return one_line(self.options.description or self.package.summary)

    @property
    def homepage(self) -> str:
        """An address in the web, or nothing."""
        found = self.options.homepage or self.package.homepage
        return found if is_url(found) else ""

    @property
    def changelog(self) -> str:
        """An address in the web, or nothing."""
        named = {
            "".join(filter(str.isalnum, label)).lower(): url for label, url in self.package.urls
        }
        found = [self.options.changelog, *(named.get(label, "") for label in _CHANGES)]
        return next((url for url in found if is_url(url)), "")

    @property
    def modules(self) -> tuple[str, ...]:
        """Modules that the application's commands import."""
        points = self.plan.closure.root.entry_points
        return tuple(sorted({point.module for point in points}))


def pname(package: Package, options: Options) -> str:
    """What Nix calls a package."""
    return options.package or str(package.name)


def store_version(package: Package) -> str:
    """Spell a version as the name of a store path can have it: an epoch is ``1_``."""
    return str(package.version).replace("!", "_")
