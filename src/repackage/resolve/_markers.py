"""Markers of a lock, evaluated for one environment and a set of active conflict items."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.markers import Marker
from packaging.version import Version

from repackage.resolve._uname import decided

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from repackage.lock import ConflictItem

_MACHINE = "platform_machine"
#: What ``platform_machine`` may be: on Linux, and on macOS and Windows.
_LINUX = ("x86_64", "i686", "aarch64", "armv7l", "ppc64le", "s390x", "riscv64", "loongarch64")
_OTHERS = ("x86_64", "arm64", "AMD64", "ARM64", "x86")

TRUE = "python_version >= '0'"
FALSE = "python_version < '0'"

_ATOM = re.compile(
    r"""\bextra\s*(?P<op>==|!=)\s*(?P<q>['"])(?P<item>[^'"]*)(?P=q)"""
    r"""|(?P<q2>['"])(?P<item2>[^'"]*)(?P=q2)\s*(?P<op2>==|!=)\s*extra\b"""
)


def project_atom(package: NormalizedName) -> str:
    """The production dependencies of a package, as markers of a lock spell them."""
    return f"project-{len(package.encode())}-{package}"


def extra_atom(package: NormalizedName, extra: NormalizedName) -> str:
    """An extra of a package, as markers of a lock spell it."""
    return f"extra-{len(package.encode())}-{package}-{extra}"


def group_atom(package: NormalizedName, group: NormalizedName) -> str:
    """A group of a package, as markers of a lock spell it."""
    return f"group-{len(package.encode())}-{package}-{group}"


def atom_of(item: ConflictItem) -> str:
    """A conflict item, as markers of a lock spell it."""
    if item.extra is not None:
        return extra_atom(item.package, item.extra)
    if item.group is not None:
        return group_atom(item.package, item.group)
    return project_atom(item.package)


def described(marker: str) -> str:
    """Spell the conflict items of a marker as people do: ``app[extra]``, ``app:group``."""
    return _ATOM.sub(_spelt, marker) if "extra" in marker else marker


def _spelt(match: re.Match[str]) -> str:
    kind, _, rest = (match["item"] or match["item2"] or "").partition("-")
    length, _, rest = rest.partition("-")
    if not length.isdecimal():
        return match[0]
    package, name = rest[: int(length)], rest[int(length) + 1 :]
    item = {"extra": f"{package}[{name}]", "group": f"{package}:{name}"}.get(kind, package)
    return f"{item} is {'' if (match['op'] or match['op2']) == '==' else 'not '}asked for"


@lru_cache(maxsize=1 << 14)
def atoms(marker: str) -> frozenset[str]:
    """The conflict items that a marker asks about."""
    if "extra" not in marker:
        return frozenset()
    return frozenset(match["item"] or match["item2"] or "" for match in _ATOM.finditer(marker))


class Environment:
    """The marker environment of a target; every answer is remembered."""

    def __init__(self, values: Mapping[str, str]) -> None:
        full = Version(values["python_full_version"])
        # A pre-release interpreter counts as its release, in uv as here.
        self.python = ".".join(map(str, full.release))
        self._values = {**values, "python_full_version": self.python, "extra": ""}
        self._known: dict[str, bool] = {}
        self._on_machines: list[Callable[[str], bool]] = []

    def holds(self, marker: str, active: Collection[str] = ()) -> bool:
        """Whether a marker is true while these conflict items are active.

        ``packaging`` knows one extra at a time, a lock needs a set: the atoms are
        replaced in the text, then the rest is evaluated.
        """
        if not marker:
            return True
        if "extra" in marker:
            marker = _ATOM.sub(lambda match: _decided(match, active), marker)
        return self._evaluate(marker)

    def holds_for_some(self, marker: str) -> bool:
        """Whether a marker is true, whatever its conflict items would have to be."""
        return not marker or self._evaluate(_ATOM.sub(TRUE, marker))

    def among(self, markers: Iterable[str], active: Collection[str] = ()) -> bool:
        """Whether one of these markers is true, or there are none."""
        listed = tuple(markers)
        return not listed or any(self.holds(marker, active) for marker in listed)

    def towards(self, forks: Sequence[str], marker: str) -> str:
        """Say when a requirement leads to a package of these forks, if it is one by name only.

        Edges name the package. Of the others, the marker is what stands in the way only in a
        fork that is for this target.
        """
        return marker if self.among(forks) else " or ".join(forks)

    def holds_in_list(
        self, marker: str, *, extras: Collection[str], groups: Collection[str]
    ) -> bool:
        """Whether a marker of a pylock.toml is true, which asks about sets by name."""
        if not marker:
            return True
        values: dict[str, str | frozenset[str]] = {
            **self._values,
            "extras": frozenset(extras),
            "dependency_groups": frozenset(groups),
        }
        plain = _parsed(decided(marker, self._values, true=TRUE, false=FALSE))

        def on(machine: str) -> bool:
            return plain.evaluate(values | {_MACHINE: machine}, context="lock_file")

        return self._answer(marker, on)

    def with_extra(self, marker: Marker | None, extra: str) -> bool:
        """Whether a marker of a wheel's metadata is true for an extra (or ``""``)."""
        if marker is None:
            return True
        values = {**self._values, "extra": extra}
        return self._answer(
            str(marker), lambda machine: marker.evaluate(values | {_MACHINE: machine})
        )

    def depends_on_machine(self) -> bool:
        """Whether an answer so far would be another one on some machine of the same system."""
        linux = self._values["sys_platform"] == "linux"
        machines = _LINUX if linux else _OTHERS
        return any(len({on(machine) for machine in machines}) > 1 for on in self._on_machines)

    def _evaluate(self, marker: str) -> bool:
        if marker not in self._known:
            plain = Marker(decided(marker, self._values, true=TRUE, false=FALSE))
            self._known[marker] = self._answer(
                marker, lambda machine: plain.evaluate({**self._values, _MACHINE: machine})
            )
        return self._known[marker]

    def _answer(self, marker: str, on: Callable[[str], bool]) -> bool:
        """Answer for the machine at hand; remember what may be otherwise on another one."""
        if "machine" in marker:
            self._on_machines.append(on)
        return on(self._values[_MACHINE])


@lru_cache(maxsize=1 << 14)
def _parsed(marker: str) -> Marker:
    """Parse a marker; lists repeat few, and ask each of them more than once."""
    return Marker(marker)


def _decided(match: re.Match[str], active: Collection[str]) -> str:
    item = match["item"] if match["op"] else match["item2"]
    operator = match["op"] or match["op2"]
    return TRUE if (item in active) == (operator == "==") else FALSE
