"""The policy of a project: a level, and what it lets pass beyond the level."""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - the annotation of an option is resolved
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from packaging.utils import InvalidName, canonicalize_name

from repackage.check._policy import Drift, Policy, severity
from repackage.errors import ConfigError, Problems

if TYPE_CHECKING:
    from packaging.version import Version

    from repackage.check._policy import Severity, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageRules:
    """How strictly the lock is kept for one distribution."""

    level: Policy | None = None
    """How strictly the lock is kept for it. Default: as for all."""
    drift: Drift | None = None
    """How far it may drift under ``range``. Default: as for all."""
    allow_local: tuple[str, ...] | None = None
    """Local labels that it may have under ``constrain``. Default: as for all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The reserved table ``[tool.repackage.policy]``."""

    level: Policy = "locked"
    """How strictly the lock is kept. Where it is not said, ``repackage check`` goes by
    ``constrain``."""
    drift: Drift = "minor"
    """How far a version may be from the locked one under ``range``: the first number that
    differs. With ``minor``, 1.4 may stand in for 1.2, and 2.0 may not."""
    allow: tuple[str, ...] = ()
    """Names of distributions, or globs of names, that may be there though the lock does not
    know them. Under ``exact``, none may."""
    allow_local: tuple[str, ...] = ()
    """Globs of local version labels that pass under ``constrain``: with ``cu*``, 2.5.1+cu124 may
    stand in for 2.5.1."""
    package: Mapping[str, PackageRules] = field(default_factory=dict)
    """Rules of single distributions, by name."""

    def __post_init__(self) -> None:
        """Normalise names, and refuse what is none."""
        problems = Problems()
        named: dict[str, PackageRules] = {}
        for written, rules in self.package.items():
            try:
                name = canonicalize_name(written, validate=True)
            except InvalidName:
                problems.add(f"{written!r} is not a name", where="package")
                continue
            if name in named:
                problems.add(f"{name!r} is there twice", where="package")
            named[name] = rules
        problems.raise_if_any(ConfigError)
        object.__setattr__(self, "package", named)
        object.__setattr__(self, "allow", tuple(map(_normalised, self.allow)))

    def level_of(self, name: str) -> Policy:
        """How strictly the lock is kept for a distribution, by normalised name."""
        return self._own(name).level or self.level

    def drift_of(self, name: str) -> Drift:
        """How far a distribution may drift."""
        return self._own(name).drift or self.drift

    def allows(self, name: str) -> bool:
        """Whether a distribution may be there though the lock does not know it."""
        return any(fnmatchcase(name, glob) for glob in self.allow)

    def allows_label(self, name: str, label: str) -> bool:
        """Whether a distribution may have this local label instead of the locked one."""
        own = self._own(name).allow_local
        return any(
            fnmatchcase(label, glob) for glob in (self.allow_local if own is None else own)
        )

    def severity(
        self,
        verdict: Verdict,
        name: str,
        *,
        installed: Version | None = None,
        locked: Version | None = None,
        in_range: bool = False,
    ) -> Severity:
        """Weigh a verdict on a distribution, by normalised name.

        ``in_range``: everybody who requires it admits the installed version.
        """
        level = self.level_of(name)
        match verdict, level:
            case "not-in-lock", "locked" | "constrain" | "range" if self.allows(name):
                return "ok"
            case "local-differs", "constrain" if installed is not None and self.allows_label(
                name, installed.local or ""
            ):
                return "ok"
            case "version-differs", "range" if installed is not None and locked is not None:
                within = in_range and within_cap(installed, locked, self.drift_of(name))
                return severity(verdict, level, in_range=within)
            case _:
                return severity(verdict, level, in_range=in_range)

    def _own(self, name: str) -> PackageRules:
        return self.package.get(name, _NONE)


_NONE = PackageRules()
#: How many numbers of a release (and the epoch, which comes first) must not differ.
_KEPT: Mapping[Drift, int] = {"patch": 3, "minor": 2, "major": 1, "none": 0}


def within_cap(installed: Version, locked: Version, cap: Drift) -> bool:
    """Whether a version is within a cap: the numbers before the capped one are equal."""

    def kept(version: Version) -> tuple[int, ...]:
        return (version.epoch, *version.release, 0, 0)[: _KEPT[cap]]

    return kept(installed) == kept(locked)


def _normalised(glob: str) -> str:
    """Normalise a name with wildcards as a name is."""
    return re.sub(r"[-_.]+", "-", glob).lower()
