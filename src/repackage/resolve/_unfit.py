"""What is said of a distribution that has no file: each case in its own words, as by uv."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.resolve._sdists import has_source, is_wheel
from repackage.resolve._wheel_names import WheelName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from repackage.closure import Requirer
    from repackage.lock import LockedFile, LockedPackage
    from repackage.resolve._choice import FileChoice
    from repackage.target import Target

_SHOWN = 12


def complaint(package: LockedPackage, *, target: Target, files: FileChoice) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    subject = f"{package.name} {package.id.version}" if package.id.version else package.name
    fit = _fit(package, subject, target)
    elsewhere = "supply a wheel of it with --find-links"
    elsewhere += ", or choose another target" if package.wheels else ""
    match files.refuses_wheels(package.name), files.refuses_source(package.name):
        case True, True:
            what = f"{subject} is refused as a wheel by no-binary, and as source by only-binary"
            return what, "keep it in one of the two"
        case True, False if is_wheel(package):
            what = f"{subject} is locked as a wheel, and no-binary refuses wheels of it"
            return what, "take it out of no-binary"
        case True, False:
            what = f"{subject} has no source distribution, and no-binary refuses its wheels"
            return what, "take it out of no-binary"
        case False, True if has_source(package):
            what = f"{fit}, and only-binary refuses to build it"
            return what, f"take it out of only-binary, {elsewhere}"
        case _:
            return fit, elsewhere


def requirers_of(requirers: Iterable[Requirer]) -> str:
    """Who requires it, each once."""
    return ", ".join(dict.fromkeys(_who(requirer) for requirer in requirers))


def _fit(package: LockedPackage, subject: str, target: Target) -> str:
    if not package.wheels:
        source = has_source(package)
        return f"{subject} has {'no wheel' if source else 'neither a wheel nor a source'}"
    tags = list(dict.fromkeys(_nearest(package.wheels, target)))
    more = f" and {len(tags) - _SHOWN} more" if len(tags) > _SHOWN else ""
    listed = f"there are wheels for {', '.join(tags[:_SHOWN])}{more}"
    return f"no wheel of {subject} fits {target.name}; {listed}"


def _nearest(wheels: Iterable[LockedFile], target: Target) -> Iterator[str]:
    """The tags that exist, those for the target's machine first, then as in the lock."""
    names = [_tags(WheelName.of(wheel.filename)) for wheel in wheels]
    yield from sorted(names, key=lambda name: not name.endswith(target.arch))


def _tags(name: WheelName) -> str:
    return f"{name.compressed} (a variant)" if name.variant else name.compressed


def _who(requirer: Requirer) -> str:
    extra = f"[{requirer.extra}]" if requirer.extra else ""
    version = f" {requirer.version}" if requirer.version else ""
    return f"{requirer.name}{extra}{version}"
