"""``platform_release`` and ``platform_version`` in markers: compared as uv compares them.

``packaging`` takes both for versions where it can, and a value that is none satisfies
nothing. For another machine both are empty, so that would be every one.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ATOM = re.compile(
    r"""\b(?P<name>platform_release|platform_version)\s*(?P<op>==|!=|<=|>=|<|>)\s*"""
    r"""(?P<q>['"])(?P<literal>[^'"]*)(?P=q)"""
    r"""|(?P<q2>['"])(?P<literal2>[^'"]*)(?P=q2)\s*(?P<op2>==|!=|<=|>=|<|>)\s*"""
    r"""(?P<name2>platform_release|platform_version)\b"""
)
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def decided(marker: str, values: Mapping[str, str], *, true: str, false: str) -> str:
    """Put the answer in the place of every such comparison."""
    if "platform_release" not in marker and "platform_version" not in marker:
        return marker
    return _ATOM.sub(lambda match: true if _holds(match, values) else false, marker)


def _holds(match: re.Match[str], values: Mapping[str, str]) -> bool:
    name = match["name"] or match["name2"]
    literal = match["literal"] if match["name"] else match["literal2"]
    written = match["op"] or _MIRRORED.get(match["op2"], match["op2"])
    compared: Callable[[object, object], bool] = _COMPARED[written]
    value = values[name]
    if name == "platform_release" and values["sys_platform"] == "darwin":
        required = _version(literal)
        if required is not None:
            found = _version(value)
            return found is not None and compared(found, required)
    return compared(value, literal)


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
