"""The licence of a package: one SPDX expression for everything that is in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from repackage.text import one_line
from repackage_formats.rpm._profiles import profile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from repackage.metadata import Metadata

#: Nobody said anything; rpm must have a licence.
UNSTATED: Final = "LicenseRef-Unstated"
#: A text without a name is no identifier.
_LONGEST: Final = 60


def license_expression(metadata: Iterable[Metadata]) -> str:
    """Join the licences of all that is packaged, as Fedora's guidelines ask: with AND."""
    found = {
        part for each in metadata for whole in _expressions(each) for part in _parts(whole)
    }
    bracketed = sorted(f"({each})" if " OR " in each else each for each in found)
    if len(bracketed) == 1:
        (only,) = found
        return only
    return " AND ".join(bracketed) or UNSTATED


def _parts(expression: str) -> list[str]:
    """Split an expression that is a plain list of licences, so that none is named twice."""
    listed = "(" not in expression and " OR " not in expression
    return expression.split(" AND ") if listed else [expression]


def _expressions(metadata: Metadata) -> tuple[str, ...]:
    """Name the licences of one distribution: expression, else free text, else classifiers."""
    if expression := canonical(one_line(metadata.license_expression)):
        return (expression,)
    free = one_line(metadata.license)
    facts = profile("licenses")
    if known := facts["texts"].get(free.lower()) or canonical(free):
        return (known,)
    labels = (each.rpartition(" :: ")[2] for each in metadata.classifiers)
    named = dict.fromkeys(
        facts["classifiers"][label] for label in labels if label in facts["classifiers"]
    )
    if named:
        return tuple(named)
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", free).strip("-.")
    if not name or len(free) > _LONGEST or free.upper() == "UNKNOWN":
        return ()
    return (f"LicenseRef-{name}",)


def canonical(expression: str) -> str:
    """Spell an SPDX expression the canonical way; empty if it is none."""
    try:
        return str(canonicalize_license_expression(expression))
    except InvalidLicenseExpression:
        return ""
