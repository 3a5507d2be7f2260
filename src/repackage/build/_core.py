"""The core's own options: ``[tool.repackage]`` without the tables of formats."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from repackage import registry
from repackage.build._dependencies import Dependencies
from repackage.check import Rules
from repackage.config import json_schema
from repackage.errors import InputError, Problems, TargetError, UsageError
from repackage.resolve import Selection
from repackage.target import distribution_target, free_target, host_target

if TYPE_CHECKING:
    from repackage.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Core:
    """The core's own keys of ``[tool.repackage]``."""

    formats: tuple[str, ...] = ()
    """Formats to build when none is named."""
    target: str | tuple[str, ...] = ()
    """Names of targets, as ``repackage targets`` lists them. Default: this machine."""
    arch: str | tuple[str, ...] = ()
    """Architectures of each target. Default: this machine's."""
    python: str | None = None
    """Python version of the target: ``3.12``."""
    platform: str | None = None
    """Platform tag of a target without a name: ``manylinux_2_28_x86_64``."""
    extras: tuple[str, ...] = ()
    """Extras of the wheel to include."""
    all_extras: bool = False
    """Include every extra of the wheel."""
    no_extras: tuple[str, ...] = ()
    """Extras to leave out, whatever else includes them."""
    groups: tuple[str, ...] = ()
    """Dependency groups of the project to include."""
    all_groups: bool = False
    """Include every dependency group of the project."""
    only_groups: tuple[str, ...] = ()
    """Dependency groups to include without what the project itself requires."""
    no_groups: tuple[str, ...] = ()
    """Dependency groups to leave out, whatever else includes them."""
    default_groups: bool = False
    """Include the groups that uv includes by default: ``dev``, or what the project says."""
    no_binary: tuple[str, ...] = ()
    """Distributions that are built from source; ``:all:`` for every one."""
    only_binary: tuple[str, ...] = ()
    """Distributions that are never built, only taken as wheels; ``:all:`` for every one."""
    scripts_of: tuple[str, ...] = ()
    """Distributions, beside the wheel's own, whose commands are installed as well."""
    bytecode: bool = False
    """Ship bytecode of every module, where a format or its layout does not leave that to the machine that it is installed on. It takes an interpreter of the target's minor version."""
    out_dir: str | None = None
    """Directory of the artifacts, relative to ``pyproject.toml``. Default: beside the wheel."""
    find_links: tuple[str, ...] | None = None
    """Directories of wheels, relative to ``pyproject.toml``. Default: the wheel's directory."""
    offline: bool = False
    """Use nothing but the cache and ``find-links``."""


def targets_of(core: Core) -> tuple[Target, ...]:
    """Choose the targets: by name, freely, or this machine; each for every architecture."""
    names = _several(core.target)
    if names and core.platform:
        raise UsageError.of(
            f"both the target {names[0]!r} and the platform {core.platform!r} are given",
            advice="a target has its platform: give one of them",
        )
    if core.platform:
        return (_free_target(core, core.platform),)
    python = core.python
    found: list[Target] = []
    problems = Problems()
    for name, arch in product(names or (None,), _several(core.arch) or (None,)):
        try:
            if name is None:
                found.append(host_target(python=python, machine=arch))
            else:
                found.append(distribution_target(name, arch=arch, python=python))
        except InputError as error:  # noqa: PERF203 - all are to be looked at
            problems.extend(error.problems)
    problems.raise_if_any(TargetError)
    return tuple({target.name: target for target in found}.values())


def _several(given: str | tuple[str, ...]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else given


def _free_target(core: Core, platform: str) -> Target:
    if core.arch:
        raise UsageError.of("a platform has its architecture", advice="leave --arch out")
    if not core.python:
        raise UsageError.of(
            f"the platform {platform!r} needs a Python version",
            advice="add --python, such as --python 3.12",
        )
    return free_target(python=core.python, platform=platform)


def selection_of(core: Core) -> Selection:
    """Gather what is selected; of what uv refuses to combine, nothing is."""
    if core.only_groups:
        named = {
            "extras": core.extras,
            "all-extras": core.all_extras,
            "groups": core.groups,
            "all-groups": core.all_groups,
            "default-groups": core.default_groups,
        }
        for key, given in named.items():
            if given:
                raise UsageError.of(
                    f"only-groups leaves out all but {', '.join(core.only_groups)}, and"
                    f" {key} asks for more",
                    advice="give one of them",
                )
    return Selection(
        extras=core.extras,
        all_extras=core.all_extras,
        no_extras=core.no_extras,
        groups=core.groups,
        all_groups=core.all_groups,
        only_groups=core.only_groups,
        no_groups=core.no_groups,
        default_groups=core.default_groups,
    )


def tool_schema() -> dict[str, Any]:
    """Derive the JSON Schema of the whole ``[tool.repackage]``."""
    schema = json_schema(Core)
    schema["description"] = "Options of repackage and of its formats."
    tables = {name: json_schema(registry.load(name).Options) for name in registry.formats()}
    reserved = {"dependencies": json_schema(Dependencies), "policy": json_schema(Rules)}
    schema["properties"].update({**reserved, **tables})
    return schema
