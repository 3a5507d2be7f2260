"""From the options of a command to what the build is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from repackage.build import Asked
    from repackage.check import Policy
    from repackage.signing import SigningOptions

    OutputFormat = Literal["table", "json", "sarif", "junit"]


#: Options that are called as the keys of ``[tool.repackage]`` are.
_KEYS = (
    *("target", "arch", "python", "platform", "formats", "scripts_of"),
    *("bytecode", "offline"),
    *("extras", "all_extras", "no_extras"),
    *("groups", "all_groups", "only_groups", "no_groups", "default_groups"),
    *("no_binary", "only_binary"),
)


class Targeted(TypedDict):
    """What :func:`repackage.cli._targeting.targeting` adds."""

    lock: Path | None
    target: tuple[str, ...]
    arch: tuple[str, ...]
    python: str | None
    platform: str | None
    extras: tuple[str, ...]
    all_extras: bool
    no_extras: tuple[str, ...]
    groups: tuple[str, ...]
    all_groups: bool
    only_groups: tuple[str, ...]
    no_groups: tuple[str, ...]
    default_groups: bool
    no_binary: tuple[str, ...]
    only_binary: tuple[str, ...]
    policy: Policy | None
    project: Path | None


class Checking(Targeted):
    """What ``repackage check`` adds to that."""

    format_name: str | None
    name: str | None
    site: str | None
    output_format: OutputFormat
    output: Path | None
    as_json: bool


class Building(Targeted):
    """What :func:`repackage.cli._options.building` adds to that."""

    wheel: Path
    formats: tuple[str, ...]
    out_dir: Path | None
    find_links: tuple[Path, ...]
    scripts_of: tuple[str, ...]
    bytecode: bool
    offline: bool
    dependencies: Literal["bundle", "system"] | None
    settings: tuple[str, ...]
    jobs: int | None
    cache_dir: Path | None


class Signing(Building):
    """What :func:`repackage.cli._options.signing` adds to that."""

    sign_keys: tuple[str, ...]
    sign_command: str
    sign_public_key: Path | None


def asked_of(given: Building | Signing, *, stage_dir: Path | None = None) -> Asked:
    """Gather what was said; what was not said is left to the table."""
    from repackage.build import Asked, environment_epoch  # lazily
    from repackage.config import collect_settings  # lazily

    return Asked(
        wheel=given["wheel"],
        lock=given["lock"],
        project=given["project"],
        flags=flags_of(given),
        policy=given["policy"],
        dependencies=given["dependencies"],
        settings=collect_settings(given["settings"]),
        stage_dir=stage_dir,
        cache_dir=given["cache_dir"],
        epoch=environment_epoch(),
        jobs=given["jobs"],
        signing=signing_of(given),
    )


def signing_of(given: Mapping[str, Any]) -> SigningOptions:
    """Gather who signs; for a command that makes nothing, nobody."""
    from repackage.signing import SigningOptions  # lazily

    return SigningOptions(
        keys=given.get("sign_keys", ()),
        command=given.get("sign_command", ""),
        public_key=given.get("sign_public_key"),
    )


def flags_of(given: Mapping[str, Any]) -> dict[str, object]:
    """Turn options into keys of ``[tool.repackage]``, those left out excepted."""
    flags: dict[str, object] = {}
    for name in _KEYS:
        if given.get(name):
            flags[name.replace("_", "-")] = given[name]
    if given.get("out_dir"):
        flags["out-dir"] = str(given["out_dir"])
    if given.get("find_links"):
        flags["find-links"] = tuple(map(str, given["find_links"]))
    return flags
