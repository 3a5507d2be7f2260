"""Licences, as ``meta.license`` names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from repackage.text import one_line
from repackage_formats.nix._syntax import Code, string

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage_formats.nix._syntax import Value

#: SPDX identifiers by attribute of ``lib.licenses``; the others are looked up by nixpkgs.
ATTRIBUTES: Final[Mapping[str, str]] = {
    "0BSD": "bsd0",
    "AGPL-3.0-only": "agpl3Only",
    "AGPL-3.0-or-later": "agpl3Plus",
    "Apache-2.0": "asl20",
    "BSD-2-Clause": "bsd2",
    "BSD-3-Clause": "bsd3",
    "CC0-1.0": "cc0",
    "EPL-2.0": "epl20",
    "EUPL-1.2": "eupl12",
    "GPL-2.0-only": "gpl2Only",
    "GPL-2.0-or-later": "gpl2Plus",
    "GPL-3.0-only": "gpl3Only",
    "GPL-3.0-or-later": "gpl3Plus",
    "ISC": "isc",
    "LGPL-2.1-only": "lgpl21Only",
    "LGPL-2.1-or-later": "lgpl21Plus",
    "LGPL-3.0-only": "lgpl3Only",
    "LGPL-3.0-or-later": "lgpl3Plus",
    "MIT": "mit",
    "MIT-0": "mit0",
    "MPL-2.0": "mpl20",
    "PSF-2.0": "psfl",
    "Unlicense": "unlicense",
    "Zlib": "zlib",
}

#: What is no identifier of a licence, in an expression.
_JOINTS: Final = (" AND ", " OR ")


def license_value(text: str) -> Value | None:
    """Write the licence of a package; None: nobody said anything.

    nixpkgs has a list for several licences, and does not tell whether all of them hold or
    one may be chosen. What is no SPDX expression stays a name, and so does one with brackets.
    """
    name = one_line(text)
    if not name or name.upper() == "UNKNOWN":
        return None
    try:
        expression = str(canonicalize_license_expression(name))
    except InvalidLicenseExpression:
        return {"fullName": name}
    for joint in _JOINTS:
        expression = expression.replace(joint, "\n")
    parts = dict.fromkeys(expression.split("\n"))
    if any("(" in part or ")" in part or " " in part for part in parts):
        return {"fullName": name}
    values = tuple(_one(part) for part in parts)
    return values[0] if len(values) == 1 else values


def _one(identifier: str) -> Value:
    if identifier in ATTRIBUTES:
        return Code(f"lib.licenses.{ATTRIBUTES[identifier]}")
    if identifier.startswith("LicenseRef-"):
        return {"fullName": identifier.removeprefix("LicenseRef-").replace("-", " ")}
    return Code(f"lib.getLicenseFromSpdxId {string(identifier)}")
