"""A tarball: unpacked over ``/`` (layout ``app``) or anywhere (layout ``flat``)."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Literal

from repackage.archive import (
    LEVELS,
    Compression,
    Intake,
    decompressor,
    detect_codec,
    read_stretches,
    read_tar,
    read_tar_part,
    reading_ahead,
    write_tar,
)
from repackage.errors import ConfigError, InputError, Problems
from repackage.format import Layout, Plan, app_layout, flat_layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.format import Logbook
    from repackage.package import Package
    from repackage.target import Target
    from repackage.tree import Entry, Tree


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What a user may choose about a tarball."""

    compression: Literal["gz", "xz", "zst", "none"] = "gz"
    """The codec, and so the suffix."""
    level: int | None = None
    """How hard to compress: 1 to 9 for gz, 0 to 9 for xz, 1 to 19 for zst. Default: 6, 6 and 3; with ``gz``, a level that is asked for is one for all data, so that nothing is copied."""
    recompress: bool = False
    """With ``gz``, compress anew, at level 9 unless ``level`` says otherwise, what wheels hold compressed: slower, and usually smaller. Other codecs always do."""
    layout: Literal["app", "flat"] = "app"
    """``app``: a private environment below ``prefix`` and links in ``usr/bin``, to be unpacked over ``/``. ``flat``: one directory for ``PYTHONPATH``, to be unpacked anywhere."""
    prefix: str = ""
    """Directory inside the tarball, such as ``/opt/app``; a leading ``/`` is dropped. Default: ``/usr/lib/<name>`` for ``app``, none for ``flat``."""

    def __post_init__(self) -> None:
        problems = Problems()
        levels = LEVELS[self.compression]
        if self.level is not None and self.level not in levels:
            problems.add(
                f"{self.compression!r} has no level {self.level}",
                where="level",
                advice=f"{levels[0]} to {levels[-1]}" if levels else "leave it out",
            )
        if self.prefix and {"", ".", ".."} & set(_relative(self.prefix).split("/")):
            problems.add(
                f"{self.prefix!r} is not a plain path",
                where="prefix",
                advice="such as '/opt/app'",
            )
        problems.raise_if_any(ConfigError)


def layout(package: Package, target: Target, options: Options) -> Layout:
    """Say where files go."""
    prefix = _relative(options.prefix)
    match options.layout:
        case "app":
            name = str(package.name)
            return app_layout(target, prefix=prefix or f"usr/lib/{name}", name=name)
        case "flat":
            flat = flat_layout(name=package.name)
            if not prefix:
                return flat
            return replace(
                flat,
                purelib=prefix,
                platlib=prefix,
                headers=f"{prefix}/{flat.headers}",
                data=prefix,
                ledger=f"{prefix}/{flat.ledger}",
            )


def filename(plan: Plan[Options]) -> str:
    """Name the artifact: ``app-1.0-debian-12-x86_64.tar.gz``."""
    codec = plan.options.compression
    suffix = ".tar" if codec == "none" else f".tar.{codec}"
    return f"{plan.package.name}-{plan.package.version}-{plan.target.name}{suffix}"


def emit(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Write the tree; what has not changed since an earlier build is copied from there."""
    compression = Compression(
        codec=plan.options.compression,
        level=plan.options.level,
        recompress=plan.options.recompress,
        frames="many",
        jobs=plan.jobs,
        pieces=plan.pieces,
        logbook=plan.logbook,
    )
    with out.open("xb") as file:
        write_tar(file, tree, compression, application=str(plan.package.name), prefix="")


def read(artifact: Path) -> Iterator[Entry]:
    """Read the entries back with the standard library's ``tarfile``."""
    with _payload(artifact) as payload, reading_ahead(payload) as whole:
        yield from read_tar(
            whole, again=partial(_payload, artifact), intake=Intake.of(artifact)
        )


def read_logged(artifact: Path, logbook: Logbook) -> Iterator[Entry]:
    """Read back what is new, and compare the rest with what was read of earlier builds."""
    parse = partial(read_tar_part, intake=Intake.of(artifact, md5=False))
    with artifact.open("rb") as file:
        yield from read_stretches(file, detect_codec(file), logbook, parse=parse)


def recognises(artifact: Path) -> int:
    """Whether it begins with the header of a tar archive, whatever compressed it."""
    if not artifact.is_file():
        return 0
    with suppress(InputError), _payload(artifact) as payload:
        return int(payload.read(512)[257:262] == b"ustar")
    return 0


@contextmanager
def _payload(artifact: Path) -> Iterator[BinaryIO]:
    with (
        artifact.open("rb") as file,
        decompressor(file, detect_codec(file)) as payload,
    ):
        yield payload


def _relative(prefix: str) -> str:
    """Spell a prefix as paths of a tree are, without the ``/`` of the root."""
    return prefix.removeprefix("/")
