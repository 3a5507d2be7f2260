"""What people want to know of a file, and of who requires it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repackage.build import Planned
    from repackage.closure import Pin, Requirer
    from repackage.target import Target


def file_of(pin: Pin, planned: Planned) -> str:
    """Name the file that was chosen; empty where a wheel is built, or missing."""
    given = planned.given.get(pin.name)
    return given.name if given is not None else getattr(pin.artifact, "filename", "")


def origin_of(pin: Pin, planned: Planned) -> str:
    """What there is instead of a file: ``built``, or ``missing``."""
    return "built" if pin.name in planned.to_build else "missing"


def platform_of(filename: str, target: Target) -> str:
    """The platform that the target likes best of those that a wheel's name lists."""
    offered = filename.removesuffix(".whl").rpartition("-")[2].split(".")
    return next((tag.platform for tag in target.tags if tag.platform in offered), "")


def fit_of(filename: str, target: Target) -> str:
    """What ties a wheel to a target: ``cp313 manylinux_2_28``, ``any``; not the machine."""
    abi = filename.removesuffix(".whl").split("-")[-2:-1]
    platform = platform_of(filename, target).removesuffix(f"_{target.arch}")
    return " ".join([*(each for each in abi if each != "none"), platform])


def requirer_of(requirer: Requirer) -> str:
    """Name a requirer, with the extra or group whose list the edge stands in."""
    if requirer.extra:
        return f"{requirer.name}[{requirer.extra}]"
    if requirer.group:
        return f"{requirer.name}:{requirer.group}"
    return str(requirer.name)
