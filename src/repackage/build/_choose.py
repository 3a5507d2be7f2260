"""Options laid over tables: the core's, the policy and each format's, constructed at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from repackage import registry
from repackage.build._core import Core, targets_of
from repackage.build._dependencies import Dependencies, Provided, layout_for
from repackage.check import Rules
from repackage.config import RESERVED, construct, split_settings
from repackage.errors import ConfigError, InputError, Problem, Problems, did_you_mean
from repackage.resolve import FileChoice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from repackage.build._request import Asked
    from repackage.config import Project, Settings
    from repackage.target import Target

T = TypeVar("T")

#: Keys whose values are paths, in a table relative to its file.
PATHS = ("out-dir", "find-links")
#: Keys that together describe a target.
TARGETING = ("target", "arch", "python", "platform")
#: Keys that together select: what includes, and then what the table excludes from that.
EXTRAS = ("extras", "all-extras")
GROUPS = ("groups", "all-groups", "only-groups", "default-groups")


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """The options of the core and of each format, constructed."""

    core: Core
    targets: tuple[Target, ...]
    files: FileChoice
    rules: Rules
    options: Mapping[str, Any]


def choose(asked: Asked, project: Project) -> Chosen:
    """Construct the options of the core and of the formats; all problems at once."""
    installed = registry.formats()
    problems = Problems()
    settings, by_format = split_settings(
        asked.settings, formats=("dependencies", "policy", *installed), problems=problems
    )
    problems.extend(_stray_tables(project, installed))
    core = _construct(
        Core,
        {**_kept(project, {*asked.flags, *settings}), **asked.flags},
        where=project.where(),
        settings=settings,
        problems=problems,
    )
    rules = _rules(asked, project, by_format["policy"], problems)
    dependencies = _dependencies(asked, project, by_format["dependencies"], problems)
    named = core.formats if core else project.formats
    options = {
        name: _options(
            name,
            project,
            by_format[name],
            problems,
            dependencies=dependencies if name in named else None,
        )
        for name in installed
        if name in named or by_format[name]
    }
    targets = _targets(core, problems) if core else ()
    files = _files(core, problems) if core else None
    problems.extend(_unknown_formats(core.formats if core else (), installed))
    problems.raise_if_any(ConfigError)
    if core is None or not targets or files is None or rules is None:
        raise AssertionError("what cannot be constructed is a problem")
    return Chosen(core=core, targets=targets, files=files, rules=rules, options=options)


def _rules(
    asked: Asked, project: Project, settings: Settings, problems: Problems
) -> Rules | None:
    """Construct the policy, or note why that cannot be done."""
    table = project.core.get("policy", {})
    return _construct(
        Rules,
        {"level": asked.otherwise, **table} if isinstance(table, Mapping) else table,
        where=project.where("policy"),
        settings={**settings, **({"level": asked.policy} if asked.policy else {})},
        settings_where="-C policy.",
        problems=problems,
    )


def _dependencies(
    asked: Asked, project: Project, settings: Settings, problems: Problems
) -> Provided | None:
    """Tell who brings what the wheel requires, as far as it is said once for all formats."""
    if asked.dependencies:
        settings = {**settings, "default": asked.dependencies}
    chosen = _construct(
        Dependencies,
        project.core.get("dependencies", {}),
        where=project.where("dependencies"),
        settings=settings,
        settings_where="-C dependencies.",
        problems=problems,
    )
    if chosen is None or chosen.default is None:
        return None
    where = project.where("dependencies", "default")
    if settings:
        where = "--dependencies" if asked.dependencies else "-C dependencies.default"
    return Provided(by=chosen.default, said=bool(settings), where=where)


def _options(
    name: str,
    project: Project,
    settings: Settings,
    problems: Problems,
    *,
    dependencies: Provided | None = None,
) -> Any:
    """Construct the options of a format, or note why that cannot be done."""
    cls, table = registry.load(name).Options, project.formats.get(name, {})
    if dependencies is not None:
        layout = layout_for(cls, dependencies.by)
        if layout is None and dependencies.by == "system":
            problems.add(
                f"the format {name!r} has no packages to leave anything to: it bundles",
                where=dependencies.where,
                advice="build it by itself, with --dependencies bundle",
            )
        elif layout is not None and dependencies.said:
            settings = {"layout": layout, **settings}
        elif layout is not None:
            table = {"layout": layout, **table}
    return _construct(
        cls,
        table,
        where=project.where(name),
        settings=settings,
        settings_where=f"-C {name}.",
        problems=problems,
    )


def _targets(core: Core, problems: Problems) -> tuple[Target, ...]:
    """Choose the targets, or note why that cannot be done."""
    try:
        return targets_of(core)
    except InputError as error:
        problems.extend(error.problems)
        return ()


def _files(core: Core, problems: Problems) -> FileChoice | None:
    """Read what is to be built, or note why that cannot be done."""
    try:
        return FileChoice.of(core.no_binary, core.only_binary)
    except InputError as error:
        problems.extend(error.problems)
        return None


def _construct(  # noqa: PLR0913 - what construct takes, and where problems go
    cls: type[T],
    table: object,
    *,
    where: str,
    settings: Settings,
    settings_where: str = "-C ",
    problems: Problems,
) -> T | None:
    """Construct an instance, or note why that cannot be done."""
    if not isinstance(table, Mapping):
        problems.add("is not a table", where=where)
        return None
    try:
        return construct(
            cls, table, where=where, settings=settings, settings_where=settings_where
        )
    except ConfigError as error:
        problems.extend(error.problems)
        return None


def _kept(project: Project, over: Collection[str]) -> dict[str, object]:
    """What the core's table says, without what contradicts keys that lie over it.

    A target that is asked for takes the place of a target in the table altogether; so do
    extras and groups. What is only to be left out is left out of what the table includes.
    """
    asked = set(over)
    replaced: set[str] = set()
    if {"target", "platform"} & asked:
        replaced.update(TARGETING)
    if asked.intersection(EXTRAS) or "only-groups" in asked:
        replaced.update((*EXTRAS, "no-extras"))
    if asked.intersection(GROUPS):
        replaced.update((*GROUPS, "no-groups"))
    table = {
        key: value
        for key, value in project.core.items()
        if key not in RESERVED and key not in replaced
    }
    if project.path is None:
        return table
    return {
        key: _anchored(value, project.path.parent) if key in PATHS else value
        for key, value in table.items()
    }


def _anchored(value: object, directory: Path) -> object:
    """Read a path of a table from the directory of its file; leave what is no path."""
    match value:
        case str():
            return str(directory / value)
        case list():
            return [_anchored(each, directory) for each in value]
        case _:
            return value


def _stray_tables(project: Project, installed: Collection[str]) -> Iterator[Problem]:
    """Find tables that belong to nobody."""
    for name in project.formats:
        yield from _unknown_formats((name,), installed, where=project.where(name))


def _unknown_formats(
    names: Collection[str], installed: Collection[str], *, where: str = ""
) -> Iterator[Problem]:
    """Find names that no format has."""
    for name in names:
        if name not in installed:
            what = f"no format is called {name!r}"
            yield Problem(what=what, where=where, advice=did_you_mean(name, installed))
