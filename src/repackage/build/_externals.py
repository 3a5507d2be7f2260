"""What a wheel that is staged alone needs of the system, within what the lock allows.

The default is the level ``range`` with its cap: a distribution has versions of its own, and
what was tested vouches for those that are close to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from repackage.check import Standard
from repackage.errors import Problems, UsageError
from repackage.format import External

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.build._model import Planned
    from repackage.check import Drift, Rules
    from repackage.closure import Pin, Requirer


def externals(planned: Planned) -> tuple[External, ...]:
    """List what the root wheel requires itself; what those require is their own concern.

    Raises:
        UsageError: The policy has one of them exactly as it is locked.
    """
    standard = Standard(
        closure=planned.closure, lock=planned.lock, target=planned.target, rules=planned.rules
    )
    root = planned.closure.root
    problems = Problems()
    found: list[External] = []
    for pin in planned.closure.pins:
        edges = [edge for edge in pin.required_by if edge.name == root.name or edge.group]
        if not edges:
            continue
        required = SpecifierSet()
        for specifiers in (*_demanded(pin, standard), *_grouped(pin, edges, standard)):
            required &= specifiers
        level = planned.rules.package.get(pin.name)
        if level is not None and level.level in ("exact", "locked"):
            problems.add(
                f"{pin.name} is to be as it is locked, and the layout leaves it to the system",
                where=f"policy.package.{pin.name}.level",
                advice="let it be 'range' or 'constrain', or choose a layout that bundles it",
            )
        found.append(
            External(
                name=pin.name,
                extras=tuple(sorted({extra for edge in edges for extra in edge.extras})),
                locked=pin.version,
                specifiers=required & _drift(pin, planned.rules),
                brought=_brought(pin, edges, planned),
            )
        )
    problems.raise_if_any(UsageError)
    return tuple(found)


def _demanded(pin: Pin, standard: Standard) -> Iterator[SpecifierSet]:
    """What the wheel requires of a pin.

    Where a source of the lock stands in for an index, a version does not matter to the
    lock; the system's has another source, and must be what the metadata say.
    """
    closure = standard.closure
    for demand in standard.requirements.of(closure.root.metadata, closure.extras):
        if demand.name == pin.name:
            yield from demand.specifiers
            wanted = pin.version is None or demand.wanted(pin.version)
            if demand.sourced and wanted:
                yield demand.requirement.specifier


def _grouped(pin: Pin, edges: Iterable[Requirer], standard: Standard) -> Iterator[SpecifierSet]:
    """What groups require of a pin: metadata do not have them, but the lock has."""
    for edge in edges:
        for package in standard.lock.by_name.get(edge.name, ()):
            if edge.group is None or package.declarations is None:
                continue
            for declared in package.declarations.requires_dev.get(edge.group, ()):
                if declared.name != pin.name or declared.specifier is None:
                    continue
                allowed = pin.version is None or declared.specifier.contains(
                    pin.version, prereleases=True
                )  # if not, an override is what chose it
                if allowed and standard.requirements.environment.holds(declared.marker):
                    yield declared.specifier


def _brought(pin: Pin, edges: Sequence[Requirer], planned: Planned) -> tuple[External, ...]:
    """Follow the extras that a pin is required with; theirs may bring further ones."""
    pins = {each.name: each for each in planned.closure.pins}
    queue = [(pin.name, extra) for edge in edges for extra in edge.extras]
    found: dict[NormalizedName, External] = {}
    for name, extra in queue:
        for other in pins.values():
            for edge in other.required_by:
                if (edge.name, edge.extra) != (name, extra):
                    continue
                further = ((other.name, each) for each in edge.extras)
                queue.extend(each for each in further if each not in queue)
                if other.name != pin.name:
                    found[other.name] = External(
                        name=other.name,
                        extras=other.extras,
                        locked=other.version,
                        specifiers=_drift(other, planned.rules),
                    )
    return tuple(found[name] for name in sorted(found))


def _drift(pin: Pin, rules: Rules) -> SpecifierSet:
    return SpecifierSet(",".join(_allowed(pin, rules)))


def _allowed(pin: Pin, rules: Rules) -> Iterator[str]:
    """How far a version may be from the locked one, as the policy has it."""
    if pin.version is None:
        return
    match rules.level_of(pin.name):
        case "constrain":
            yield f"=={pin.version.public}"
        case "report":
            pass
        case "exact" | "locked" | "range":
            yield from _capped(pin.version, rules.drift_of(pin.name))


def _capped(version: Version, cap: Drift) -> Iterator[str]:
    """The versions whose numbers before the capped one are equal."""
    epoch = f"{version.epoch}!" if version.epoch else ""
    match cap:
        case "patch":
            yield f"=={epoch}{version.major}.{version.minor}.*"
        case "minor":
            yield f"=={epoch}{version.major}.*"
        case "major":
            yield from (f">={epoch}0.dev0", f"<{version.epoch + 1}!0.dev0")
        case "none":
            pass
