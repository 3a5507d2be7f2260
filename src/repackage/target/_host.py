"""The target when none is named: the distribution of the machine that builds."""

from __future__ import annotations

import platform
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from repackage.errors import TargetError
from repackage.target._architecture import linux_architecture
from repackage.target._distribution import distribution_target
from repackage.target._known import KnownTarget, names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage.target._model import Target

#: The version of a distribution without releases: that in ``os-release`` is a date.
ROLLING = "rolling"
#: Where os-release(5) says to look, in this order.
OS_RELEASE = (Path("/etc/os-release"), Path("/usr/lib/os-release"))


def host_target(
    *,
    python: str | None = None,
    os_release: Sequence[Path] = OS_RELEASE,
    machine: str | None = None,
) -> Target:
    """Describe this machine's distribution, from ``os-release`` and its architecture."""
    facts = _read_os_release(os_release)
    known = _find(facts)
    if known is None:
        system = facts.get("PRETTY_NAME") or facts.get("ID") or platform.system()
        raise TargetError.of(
            f"this machine ({system}) is not a known target",
            advice="pass --python and --platform, or --target with one of: "
            + ", ".join(known.name for known in names()),
        )
    arch = linux_architecture(machine or platform.machine())
    return distribution_target(known.name, arch=arch, python=python)


def described_by(os_release: str) -> KnownTarget | None:
    """Find the release that the text of an ``os-release`` means, if it is a known one."""
    return _find(dict(_assignments(os_release)))


def _find(facts: Mapping[str, str]) -> KnownTarget | None:
    """Find the release by ID, else that of the distribution which this one derives from.

    A derivative has versions of its own; it names the original's release by codename,
    or, among the rebuilds of Enterprise Linux, by the major version.
    """
    identity = facts.get("ID", "linux")
    version = facts.get("VERSION_ID", "")
    for known in names():
        ours = known.distribution
        if identity in known.os_ids and ours.version in {
            version,
            _major(known, version),
            ROLLING,
        }:
            return known
    ancestors = facts.get("ID_LIKE", "").split()
    codenames = {facts.get(f"{who}_CODENAME", "") for who in ("UBUNTU", "DEBIAN", "VERSION")}
    for known in names():
        ours = known.distribution
        if ours.id not in {identity, *ancestors}:
            continue
        if ours.codename in codenames - {""} or ours.version == _major(known, version):
            return known
    return None


def _major(known: KnownTarget, version: str) -> str | None:
    """The major version, where that is what a release is known by."""
    return version.split(".", maxsplit=1)[0] if known.distribution.id == "rhel" else None


def _read_os_release(paths: Sequence[Path]) -> dict[str, str]:
    """Read the assignments of the first file that there is; see os-release(5)."""
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        return dict(_assignments(text))
    return {}


def _assignments(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith("#"):
            found.append((key, _unquote(value)))
    return found


def _unquote(value: str) -> str:
    try:
        return "".join(shlex.split(value))
    except ValueError:  # an unbalanced quote: take it as it stands
        return value
