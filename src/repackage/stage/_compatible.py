"""Whether wheels fit the target, before anything of them is staged."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from repackage.errors import Problem, did_you_mean
from repackage.stage._model import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from repackage.stage._model import StageOptions
    from repackage.target import Target
    from repackage.wheel import Wheel


def unfit(wheels: Sequence[Wheel], target: Target) -> list[Problem]:
    """Find wheels with no tag that the target accepts."""
    accepted = frozenset(target.tags)
    return [
        Problem(
            what=f"its tags ({', '.join(sorted(map(str, wheel.tags)))}) do not fit the"
            f" target {target.name!r}",
            where=wheel.filename,
            advice=f"give a wheel for Python {target.python.release} on {target.arch}",
        )
        for wheel in wheels
        if wheel.tags.isdisjoint(accepted)
    ]


def repeated(wheels: Sequence[Wheel]) -> list[Problem]:
    """Find distributions that come in more than one wheel."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for wheel in wheels:
        by_name[wheel.name].append(wheel.filename)
    return [
        Problem(
            what=f"{name} is given {len(files)} times: {', '.join(sorted(files))}",
            advice="give each distribution once",
        )
        for name, files in sorted(by_name.items())
        if len(files) > 1
    ]


def unknown_scripts(wheels: Sequence[Wheel], options: StageOptions) -> list[Problem]:
    """Find distributions whose scripts are asked for, but which are not staged."""
    names = {str(wheel.name) for wheel in wheels}
    return [
        Problem(
            what=f"scripts of {name!r} are asked for, but it is not installed",
            advice=did_you_mean(name, names),
        )
        for name in sorted(set(options.scripts) - names)
    ]


def wrong_python(wheels: Sequence[Wheel], target: Target) -> list[Note]:
    """Note distributions whose ``Requires-Python`` leaves the target out.

    A lock may override it on purpose, so it is the lock that decides.
    """
    version = target.markers["python_full_version"]
    return [
        Note(
            distribution=str(wheel.name),
            path="",
            action="warning",
            reason=f"it requires Python {wheel.metadata.requires_python},"
            f" and the target has {version}",
        )
        for wheel in wheels
        if wheel.metadata.requires_python is not None
        and version not in wheel.metadata.requires_python
    ]
