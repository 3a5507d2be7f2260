"""Reading an expression back: what Nix would install, from the wheels that it names."""

from __future__ import annotations

import binascii
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from repackage.errors import InputError, Problems
from repackage.wheel import read_wheel
from repackage_formats.nix._manifest import NAME, read_manifest
from repackage_formats.nix._restore import beside, restore
from repackage_formats.nix._sources import WHEELS, sri
from repackage_formats.nix._systems import SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.format import Wheels
    from repackage.tree import Entry
    from repackage.wheel import Wheel
    from repackage_formats.nix._manifest import Installed, Manifest

_FETCH: Final = re.compile(r'\bhash = "(sha256-[A-Za-z0-9+/]{43}=)";')
_BESIDE: Final = re.compile(rf"\./{WHEELS}/([A-Za-z0-9._+-]+)")
_BESIDE_QUOTED: Final = re.compile(rf'\./{WHEELS} \+ "/([^"\\$]+)"')


def read_entries(
    artifact: Path, wheels: Wheels | None = None, *, machine: str | None = None
) -> Iterator[Entry]:
    """Yield what a system gets; of several, the one that is asked for, else the first.

    Raises:
        InputError: A wheel is not at hand, or expression and manifest differ.
    """
    manifest = read_manifest(artifact)
    holding = manifest.systems[_system(manifest, machine, artifact)]
    _refuse_disagreement(manifest, artifact)
    found: dict[str, Wheel] = {}
    problems = Problems()
    for installed in holding.wheels:
        if installed.unused:
            continue
        wheel = _find(installed, artifact, wheels)
        if wheel is None:
            problems.add(
                f"the wheel {installed.filename} is not at hand",
                where=str(artifact),
                advice="put it beside the artifact, or into the cache by making the artifact anew",
            )
        else:
            found[installed.distribution] = wheel
    problems.raise_if_any(InputError)
    yield from restore(holding, found, artifact)


def read_facts(artifact: Path) -> dict[str, str]:
    """Say what the artifact says of itself."""
    manifest = read_manifest(artifact)
    return {
        "Package": manifest.package,
        "Version": manifest.version,
        "Description": manifest.description,
        "Python": manifest.python,
        "Systems": ", ".join(manifest.systems),
        "Targets": ", ".join(each.target for each in manifest.systems.values()),
    }


def is_expression(artifact: Path) -> bool:
    """Whether a directory is an artifact of this format."""
    return (artifact / "package.nix").is_file() and (artifact / NAME).is_file()


def _system(manifest: Manifest, machine: str | None, artifact: Path) -> str:
    """Find a system by the name of a target, its own name, a platform, or an architecture."""
    if machine is None:
        return next(iter(manifest.systems))
    for name, holding in manifest.systems.items():
        if machine in {name, holding.target}:
            return name
    for fits in (_is_platform, _is_arch_of_wheels, _is_arch_of_nix):
        for name in manifest.systems:
            if fits(name, machine):
                return name
    raise InputError.of(
        f"it is not made for {machine}",
        where=str(artifact),
        advice=f"it is for {', '.join(manifest.systems)}",
    )


def _is_platform(system: str, tag: str) -> bool:
    known = SYSTEMS.get(system)
    if known is None:
        return False
    kind = "manylinux" if known.linux else "macosx"
    return tag.startswith(kind) and tag.endswith(f"_{known.arch}")


def _is_arch_of_wheels(system: str, arch: str) -> bool:
    known = SYSTEMS.get(system)
    return known is not None and known.arch == arch


def _is_arch_of_nix(system: str, arch: str) -> bool:
    return system.partition("-")[0] == arch


def _find(installed: Installed, artifact: Path, wheels: Wheels | None) -> Wheel | None:
    """Look for a wheel in the artifact, beside it, and where wheels are kept."""
    name = installed.filename
    if PurePath(name).name != name:
        return None
    for path in (artifact / WHEELS / name, artifact.parent / name):
        if path.is_file():
            wheel = read_wheel(path) if wheels is None else wheels.verified(path)
            if wheel.sha256 == installed.sha256:
                return wheel
    return None if wheels is None else wheels.find(installed.sha256, name)


def _refuse_disagreement(manifest: Manifest, artifact: Path) -> None:
    """Refuse an expression that installs other wheels than the manifest says."""
    expression = beside(artifact, "package.nix").decode("utf-8", "replace")
    where = str(artifact / "package.nix")
    hashes = set(_FETCH.findall(expression))
    files = {*_BESIDE.findall(expression), *_BESIDE_QUOTED.findall(expression)}
    listed = [each for holding in manifest.systems.values() for each in holding.wheels]
    problems = Problems()
    anew = "one of them was changed: make the artifact anew"
    for extra in sorted(hashes - {_sri(each) for each in listed if each.url}):
        problems.add(
            f"the expression fetches a wheel that {NAME} does not list: {extra}",
            where=where,
            advice=anew,
        )
    for extra in sorted(files - {each.filename for each in listed if not each.url}):
        problems.add(
            f"the expression has a wheel that {NAME} does not list: {extra}",
            where=where,
            advice=anew,
        )
    for each in {each.filename: each for each in listed}.values():
        there = _sri(each) in hashes if each.url else each.filename in files
        if not there:
            problems.add(
                f"{NAME} lists a wheel that the expression lacks: {each.filename}",
                where=where,
                advice=anew,
            )
    problems.raise_if_any(InputError)


def _sri(installed: Installed) -> str:
    try:
        return sri(installed.sha256)
    except (ValueError, binascii.Error):
        return ""
