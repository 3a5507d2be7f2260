"""The distributions that are known by name: facts from ``repackage/targets/*.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypedDict, cast

from repackage.target._model import Distribution, Glibc, Python

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownTarget:
    """A release of a distribution that can be named as a target."""

    name: str
    aliases: tuple[str, ...]
    distribution: Distribution
    os_ids: tuple[str, ...]
    """Values of ``ID`` in ``os-release`` that mean this distribution."""
    pythons: tuple[Python, ...]
    """The interpreters that it ships; the first is chosen when none is asked for."""
    glibc: Glibc
    architectures: tuple[str, ...]
    interpreter: str
    """A path with ``{release}`` in it."""


class _Release(TypedDict, total=False):
    codename: str
    glibc: str
    python: str
    also: list[str]
    arches: list[str]


class _Family(TypedDict, total=False):
    name: str
    id: str
    like: list[str]
    family: Literal["deb", "rpm"]
    aliases: list[str]
    interpreter: str
    releases: dict[str, _Release]


@cache
def names() -> tuple[KnownTarget, ...]:
    """Return every known target, by distribution and release: the table of ``targets``."""
    return tuple(known for family in _families() for known in _releases(family))


def _families() -> Iterator[_Family]:
    """Read the data files of this package; they are ours, and tests check their shape."""
    from importlib.resources import files  # lazily

    import tomli  # lazily

    directory = files("repackage") / "targets"
    for file in sorted(directory.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            yield cast("_Family", tomli.loads(file.read_text(encoding="utf-8")))


def _releases(family: _Family) -> Iterator[KnownTarget]:
    for version, release in family["releases"].items():
        codename = release["codename"]
        aliases = (
            alias.format(version=version, codename=codename) for alias in family["aliases"]
        )
        major, minor = map(int, release["glibc"].split("."))
        yield KnownTarget(
            name=family["name"].format(version=version),
            aliases=tuple(aliases),
            distribution=Distribution(
                id=family["id"], version=version, codename=codename, family=family["family"]
            ),
            os_ids=(family["id"], *family.get("like", ())),
            pythons=tuple(map(_python, (release["python"], *release.get("also", ())))),
            glibc=Glibc(major=major, minor=minor),
            architectures=tuple(release["arches"]),
            interpreter=family["interpreter"],
        )


def _python(version: str) -> Python:
    major, minor, micro = map(int, version.split("."))
    return Python(major=major, minor=minor, micro=micro)
