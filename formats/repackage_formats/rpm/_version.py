"""Versions of rpm: from PEP 440, and in its order (rpm-version(7), rpm's rpmvercmp.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from packaging.version import Version

Style = Literal["dot", "caret"]

#: A part of a version; a hyphen would end it, a colon would be an epoch's.
PART: Final = re.compile(r"[A-Za-z0-9._+~^]+")
#: ``[epoch:]version[-release]``, as a relation may have it.
EVR: Final = re.compile(r"([0-9]+:)?[A-Za-z0-9._+~^]+(-[A-Za-z0-9._+~^]+)?")
#: Components that every release is spelled with.
_WIDTH: Final = 3


def rpm_version(version: Version, *, style: Style = "dot", width: int = _WIDTH) -> str:
    """Spell a PEP 440 version, without its epoch, so that rpm keeps its order.

    ``1.0.dev3`` is ``1.0.0~~dev3``, ``1.0rc1`` is ``1.0.0~rc1``. Behind the release, rpm
    sorts words before numbers, and words as text: ``1.0.0.local.cpu`` before
    ``1.0.0.post1`` before ``1.0.0.1``, which is the order of PEP 440. With carets they are
    ``1.0.0^~cpu`` and ``1.0.0^post1``. Versions that are equal for PEP 440 get one
    spelling.

    A segment of a local label that has letters and digits is out of reach of any spelling:
    PEP 440 compares ``cu118`` and ``cu9`` as text, rpm their numbers as numbers.
    """
    mark = "^" if style == "caret" else "."
    text = _release(version, width)
    if version.pre is not None:
        text += "~{}{}".format(*version.pre)
    if version.post is not None:
        text += f"{mark}post{version.post}"
    if version.dev is not None:
        tilde = "~" if version.pre is not None or version.post is not None else "~~"
        text += f"{tilde}dev{version.dev}"
    if version.local is not None:
        text += f"{'^~' if style == 'caret' else '.local.'}{version.local}"
    return text


def _release(version: Version, width: int) -> str:
    """Spell the release with as many components, or with more if they are not zero.

    PEP 440 has ``1.0`` equal to ``1.0.0``, for rpm it is older: one width for both.
    """
    release = list(version.release)
    while len(release) > width and not release[-1]:
        release.pop()
    release += [0] * (width - len(release))
    return ".".join(map(str, release))


def distribution_version(version: Version, *, style: Style = "dot") -> str:
    """Spell the version of a ``python3dist()``: Fedora's generator strips zeros.

    It has carets before post-releases, where rpm knows them.
    """
    epoch = f"{version.epoch}:" if version.epoch else ""
    return f"{epoch}{rpm_version(version, style=style, width=1)}"


def evr(*, epoch: int, version: str, release: str) -> str:
    """Join epoch, version and release, as relations name them; epoch 0 is none."""
    return f"{epoch}:{version}-{release}" if epoch else f"{version}-{release}"
