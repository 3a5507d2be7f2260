"""Debian versions: from PEP 440, and in dpkg's order (policy 5.6.12, deb-version(7))."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.version import Version

    from repackage.target import Distribution

UPSTREAM = re.compile(r"[0-9][A-Za-z0-9.+~]*")
REVISION = re.compile(r"[A-Za-z0-9.+~]+")
#: A version as it may stand in a relation.
VERSION = re.compile(r"([0-9]+:)?[0-9][A-Za-z0-9.+~-]*")

#: Sorts below what an archive would call it (``1.0-1``), and above nothing at all.
_REVISION = "0repackage1"
#: Components that every release is spelled with.
_WIDTH = 3
#: Sorts before the end of a string: ``1.0~rc1`` before ``1.0``.
_BEFORE_END = -1


def upstream_version(version: Version, *, width: int = _WIDTH) -> str:
    """Spell a PEP 440 version, without its epoch, so that dpkg keeps its order.

    ``1.0.dev3`` is ``1.0.0~~dev3``, ``1.0rc1`` is ``1.0.0~rc1``, ``1.0.post1`` is
    ``1.0.0+post1`` (as ``1.0.0.post1`` it would sort above ``1.0.0.1``), ``1.0+cpu`` is
    ``1.0.0+~~cpu``. Versions that are equal for PEP 440 get one spelling.
    """
    text = _release(version, width)
    if version.pre is not None:
        text += "~{}{}".format(*version.pre)
    if version.post is not None:
        text += f"+post{version.post}"
    if version.dev is not None:
        tilde = "~" if version.pre is not None or version.post is not None else "~~"
        text += f"{tilde}dev{version.dev}"
    if version.local is not None:
        text += f"+~{_local(version.local)}"
    return text


def _release(version: Version, width: int) -> str:
    """Spell the release with as many components, or with more if they are not zero.

    PEP 440 has ``1.0`` equal to ``1.0.0``, for dpkg it is older: one width for both.
    """
    release = list(version.release)
    while len(release) > width and not release[-1]:
        release.pop()
    release += [0] * (width - len(release))
    return ".".join(map(str, release))


def _local(local: str) -> str:
    """Spell a local label: text before numbers, ``a`` before ``a.b`` before ``ab``.

    dpkg sorts a dot behind every letter, but a number like the end of a word: the zero
    that ends a word, where another segment follows, puts ``a0.~b`` before ``ab``.
    """
    *others, last = (
        segment if segment.isdecimal() else f"~{segment}" for segment in local.split(".")
    )
    ended = (f"{each}0" if each[-1].isalpha() else each for each in others)
    return ".".join([*ended, last])


def default_revision(distribution: Distribution | None) -> str:
    """Make the revision for a release: an upgrade of the system upgrades the package.

    Packages for two releases of Debian or Ubuntu differ in content, so they differ in
    version: ``0repackage1~deb12`` sorts before ``0repackage1~deb13``.
    """
    if distribution is None:
        return _REVISION
    label = "deb" if distribution.id == "debian" else distribution.id
    suffix = re.sub(r"[^A-Za-z0-9.+]", "", f"{label}{distribution.version}")
    return f"{_REVISION}~{suffix}"


def full_version(version: Version, *, epoch: int | None, revision: str) -> str:
    """Join epoch, upstream version and revision."""
    chosen = version.epoch if epoch is None else epoch
    prefix = f"{chosen}:" if chosen else ""
    return f"{prefix}{upstream_version(version)}-{revision}"


def without_epoch(version: str) -> str:
    """Drop the epoch: file names do not have it."""
    return version.partition(":")[2] or version


Run = tuple[tuple[int, ...], int]
#: What a run that is not there compares as: nothing, and the number 0.
_END: Run = ((0,), 0)


def sort_key(version: str) -> tuple[int, tuple[Run, ...], tuple[Run, ...]]:
    """Return a key that sorts as ``dpkg --compare-versions`` does."""
    epoch, colon, rest = version.rpartition(":")
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, ""
    return int(epoch) if colon else 0, _part_key(upstream), _part_key(revision)


def _part_key(part: str) -> tuple[Run, ...]:
    """Alternate runs of other characters and of digits, as policy 5.6.12 compares them."""
    runs = re.findall(r"([^0-9]*)([0-9]*)", part)
    key = [(_letters(letters), int(digits or 0)) for letters, digits in runs]
    # the end compares as many times as the other part goes on: "1" and "1-0" are the same
    while len(key) > 1 and key[-1] == _END:
        key.pop()
    return (*key, _END)


def _letters(letters: str) -> tuple[int, ...]:
    """Order of characters: a tilde, the end, letters, everything else."""
    order = (
        _BEFORE_END if each == "~" else ord(each) + (0 if each.isalpha() else 256)
        for each in letters
    )
    return (*order, 0)
