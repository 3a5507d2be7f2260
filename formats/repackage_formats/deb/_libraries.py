"""From the shared libraries that files need to the packages that bring them.

What ``dpkg-shlibdeps`` does, without the libraries at hand: a soname names a package, a
version node (``GLIBC_2.17``) the least version of it (policy 8.6).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from repackage.errors import FormatError, Problems
from repackage.target import Glibc
from repackage.tree import File, Symlink
from repackage_formats.deb._profiles import profile
from repackage_formats.deb._version import sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from repackage.elf import Elf
    from repackage.target import System
    from repackage.tree import Tree

_NODE_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)*")
_MAP = "libraries = {{ {soname!r} = 'its-package' }}, or '' if it need not be there"


def provided(tree: Tree, elves: Iterable[Elf]) -> frozenset[str]:
    """Names by which the tree itself brings libraries: file names and sonames.

    auditwheel renames what it bundles after its content, so names do not clash.
    """
    names = {
        entry.path.rpartition("/")[2] for entry in tree if isinstance(entry, (File, Symlink))
    }
    return frozenset(names | {elf.soname for elf in elves if elf.soname})


def dependencies(
    elves: Iterable[Elf],
    *,
    provided: frozenset[str],
    libraries: Mapping[str, str],
    system: System,
) -> tuple[str, ...]:
    """Compute ``libc6 (>= 2.17)`` and its like for files, sorted; or say all that fails.

    ``libraries`` maps further sonames to packages; an empty one is not depended on.
    """
    found = _Found()
    for elf in elves:
        packages: dict[str, str] = {}
        for soname in elf.needed:
            if soname not in provided:
                packages[soname] = _package(soname, elf, libraries, found.problems)
        for library, node in elf.versions:
            if package := packages.get(library):
                found.raise_minimum(package, node, elf)
        for package in packages.values():
            if package:
                found.minima.setdefault(package, "")
    found.check_libc(system)
    found.problems.raise_if_any(FormatError)
    return tuple(
        f"{package} (>= {version})" if version else package
        for package, version in sorted(found.minima.items())
    )


@dataclass(kw_only=True, slots=True)
class _Found:
    """What has been found so far: a least version of each package, and problems."""

    minima: dict[str, str] = field(default_factory=dict)
    newest_libc: dict[str, str] = field(default_factory=dict)
    """Of each glibc version, a file that needs it."""
    problems: Problems = field(default_factory=Problems)

    def raise_minimum(self, package: str, node: str, elf: Elf) -> None:
        version = self._version(package, node, elf)
        if sort_key(version) > sort_key(self.minima.get(package, "")):
            self.minima[package] = version
        if package == "libc6" and version:
            self.newest_libc.setdefault(version, elf.path)

    def _version(self, package: str, node: str, elf: Elf) -> str:
        """Translate a version node; without a rule for the package there is no bound."""
        rules: Mapping[str, Any] = profile("libraries")["nodes"].get(package, {})
        if not rules:
            return ""
        known: Mapping[str, str] = rules.get("exceptions", {})
        if node in known:
            return known[node]
        number = node.removeprefix(f"{rules['prefix']}_")
        if rules["rule"] == "number" and _NODE_NUMBER.fullmatch(number):
            return f"{rules.get('epoch', '')}{number}"
        private = node.endswith("_PRIVATE")
        self.problems.add(
            f"needs {node!r} of {package}, "
            + ("which is private to it" if private else "a version that is not known"),
            where=elf.path,
            advice="choose another wheel of its distribution",
        )
        return ""

    def check_libc(self, system: System) -> None:
        if not isinstance(system, Glibc):
            return
        has = f"{system.major}.{system.minor}"
        for version, path in sorted(self.newest_libc.items()):
            if sort_key(version) > sort_key(has):
                self.problems.add(
                    f"needs glibc {version}, the target has {has}",
                    where=path,
                    advice="the wheel's tag says otherwise: choose another wheel",
                )


def _package(soname: str, elf: Elf, libraries: Mapping[str, str], problems: Problems) -> str:
    """Name the package that brings a library; note a problem if none is known."""
    known = profile("libraries")
    if soname in libraries:
        return libraries[soname]
    if soname in known["packages"]:
        package: str = known["packages"][soname]
        return package
    for pattern, replacement in known["patterns"].items():
        if match := re.fullmatch(pattern, soname):
            return match.expand(replacement)
    if soname.startswith(("libc.musl-", "ld-musl-")):
        problems.add(
            f"needs {soname!r}: it was built for musl",
            where=elf.path,
            advice="choose a manylinux wheel instead of a musllinux one",
        )
    else:
        problems.add(
            f"needs the library {soname!r}, which neither a wheel nor a known package brings",
            where=elf.path,
            advice=f"map it: {_MAP.format(soname=soname)}",
        )
    return ""
