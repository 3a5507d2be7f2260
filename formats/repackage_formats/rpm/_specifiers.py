"""From PEP 440 specifiers to relations of rpm, which has no list of them but expressions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from packaging.version import Version

from repackage.errors import FormatError
from repackage_formats.rpm._version import distribution_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packaging.specifiers import Specifier, SpecifierSet

    from repackage_formats.rpm._version import Style

    Spell = Callable[[Version], str]


def relation_of(name: str, specifiers: SpecifierSet, *, style: Style = "dot") -> str:
    """Spell what a requirement asks for: ``n >= 1``, or ``(n >= 1 with n < 2~~)``.

    ``name`` is a capability whose versions are spelled as Fedora does it, such as
    ``python3.12dist(n)``. ``with`` makes one package fulfil all of it.
    """
    spell = partial(distribution_version, style=style)
    parts = sorted({_clause(name, each, spell=spell) for each in specifiers})
    if not parts:
        return name
    return parts[0] if len(parts) == 1 else f"({' with '.join(parts)})"


def _clause(name: str, specifier: Specifier, *, spell: Spell) -> str:
    if specifier.operator == "!=":
        low, high = _excluded(specifier, spell)
        return f"({name} < {low} or {name} {high})"
    parts = tuple(_comparisons(name, specifier, spell=spell))
    return parts[0] if len(parts) == 1 else f"({' with '.join(parts)})"


def _comparisons(name: str, specifier: Specifier, *, spell: Spell) -> Iterator[str]:
    """Spell one specifier as comparisons that must all hold."""
    operator, text = specifier.operator, specifier.version
    if operator == "==" and text.endswith(".*"):
        low, high = _range(text, spell)
        yield from (f"{name} >= {low}", f"{name} < {high}")
        return
    version = _version(text)
    spelled = spell(version)
    match operator:
        case "~=":
            _, high = _range(f"{_without_last(version)}.*", spell)
            yield from (f"{name} >= {spelled}", f"{name} < {high}")
        case "<" if not version.is_prerelease:
            # PEP 440: "<V" does not allow a pre-release of V
            yield f"{name} < {spelled}~~"
        case ">" if not version.is_postrelease and version.local is None:
            # PEP 440: ">V" does not allow a post-release of V, nor a local version
            yield f"{name} > {spelled}.0"
        case "==" | "===":
            yield f"{name} = {spelled}"
        case _:
            yield f"{name} {operator} {spelled}"


def _excluded(specifier: Specifier, spell: Spell) -> tuple[str, str]:
    if specifier.version.endswith(".*"):
        low, high = _range(specifier.version, spell)
        return low, f">= {high}"
    spelled = spell(_version(specifier.version))
    return spelled, f"> {spelled}"


def _range(prefix: str, spell: Spell) -> tuple[str, str]:
    """Spell the least version that begins so, and the least that is beyond all those."""
    version = _version(prefix.removesuffix(".*"))
    *front, last = version.release
    epoch = f"{version.epoch}!" if version.epoch else ""
    beyond = Version(epoch + ".".join(map(str, (*front, last + 1))))
    return f"{spell(version)}~~", f"{spell(beyond)}~~"


def _without_last(version: Version) -> str:
    epoch = f"{version.epoch}!" if version.epoch else ""
    return epoch + ".".join(map(str, version.release[:-1]))


def _version(text: str) -> Version:
    try:
        return Version(text)
    except ValueError:
        raise FormatError.of(
            f"rpm cannot compare the version {text!r}",
            advice="'===' needs a version as PEP 440 has it",
        ) from None
