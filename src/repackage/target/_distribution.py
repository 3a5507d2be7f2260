"""A target by the name of a distribution: ``debian-12``, ``el9``, ``ubuntu-24.04``."""

from __future__ import annotations

import platform
import re
from typing import TYPE_CHECKING

from repackage.errors import TargetError, did_you_mean
from repackage.target._architecture import linux_architecture
from repackage.target._known import KnownTarget, names
from repackage.target._markers import markers
from repackage.target._model import Python, Target
from repackage.target._python import names_micro, parse_python
from repackage.target._tags import tags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: A name as :attr:`Target.name` spells it: with what else was chosen at the end.
_FULL_NAME = re.compile(r"(.+?)(?:-python(3\.\d+))?(?:-([a-z0-9_]+))?", re.ASCII)


def distribution_target(
    name: str, *, arch: str | None = None, python: str | None = None
) -> Target:
    """Describe a distribution's machine, by default of this machine's architecture.

    A target's own name (``el9-python3.12-x86_64``) is understood, too.
    """
    by_name = {
        spelling: known for known in names() for spelling in (known.name, *known.aliases)
    }
    spelled = name.strip().lower()
    known, python_in_name, arch_in_name = _split(spelled, by_name)
    if known is None:
        raise TargetError.of(
            f"unknown target {name!r}", advice=_advice(spelled, sorted(by_name))
        )
    return target_of(
        known,
        arch=_architecture(known, arch or arch_in_name),
        python=_interpreter(known, python or python_in_name),
    )


def target_of(known: KnownTarget, *, arch: str, python: Python) -> Target:
    """Compose the target of a release, an architecture of it and an interpreter."""
    default = known.pythons[0].release
    suffix = "" if python.release == default else f"-python{python.release}"
    return Target(
        name=f"{known.name}{suffix}-{arch}",
        python=python,
        system=known.glibc,
        arch=arch,
        interpreter=known.interpreter.format(release=python.release),
        markers=markers(python, known.glibc, arch),
        tags=tags(python, known.glibc, arch),
        distribution=known.distribution,
    )


def _split(
    spelled: str, by_name: Mapping[str, KnownTarget]
) -> tuple[KnownTarget | None, str | None, str | None]:
    if spelled in by_name:
        return by_name[spelled], None, None
    name, _, arch = spelled.rpartition("-")
    if name in by_name:  # which may itself end with an interpreter: lambda-python3.13
        return by_name[name], None, arch
    found = _FULL_NAME.fullmatch(spelled)
    if found is None:
        return None, None, None
    return by_name.get(found[1]), found[2], found[3]


def _advice(spelled: str, spellings: Sequence[str]) -> str:
    """Name the nearest spelling, aliases included; else the names alone, as there are many."""
    import difflib  # only where something is misspelt

    if difflib.get_close_matches(spelled, spellings, n=1):
        return did_you_mean(spelled, spellings)
    return f"known: {', '.join(known.name for known in names())}"


def _architecture(known: KnownTarget, name: str | None) -> str:
    arch = linux_architecture(platform.machine() if name is None else name)
    if arch not in known.architectures:
        raise TargetError.of(
            f"{known.name} does not exist for {name or arch}",
            advice=f"its architectures: {', '.join(known.architectures)}",
        )
    return arch


def _interpreter(known: KnownTarget, text: str | None) -> Python:
    if text is None:
        return known.pythons[0]
    asked = parse_python(text)
    for shipped in known.pythons:
        if shipped.tag == asked.tag:
            return asked if names_micro(text) else shipped
    shipped_releases = ", ".join(shipped.release for shipped in known.pythons)
    glibc = known.glibc
    raise TargetError.of(
        f"{known.name} does not ship Python {text}",
        advice=f"it ships {shipped_releases}; for a Python from elsewhere pass "
        f"--python {text} with --platform manylinux_{glibc.major}_{glibc.minor}_<arch>",
    )
