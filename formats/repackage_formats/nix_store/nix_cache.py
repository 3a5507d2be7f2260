"""A binary cache for Nix: a directory with one store path, to be served or copied from.

The path's name follows from its bytes, so every Nix takes it without a signature; with a
key it is signed as well. For applications of pure Python.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from repackage_formats.nix_store._options import StoreOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.errors import Problems
    from repackage.format import Layout, Logbook, Plan, Surroundings
    from repackage.package import Package
    from repackage.target import Target
    from repackage.tree import Entry, Tree

__all__ = [  # noqa: RUF022 - told in order
    "Options",
    "layout",
    "filename",
    "emit",
    "read",
    "prepare",
    "describe",
    "recognises",
    "read_logged",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Options(StoreOptions):
    """What a user may choose about a binary cache."""

    compression: Literal["none", "xz", "zstd"] = "xz"
    """The codec of the archive. Nix before 2.4 cannot read zstd."""
    level: int | None = None
    """How hard to compress: 0 to 9 for xz, 1 to 19 for zstd. Default: 6 and 3."""
    key_file: str = ""
    """File of the secret key that signs the path, as ``nix-store --generate-binary-cache-key`` writes it, relative to the lock; it is never shown. Default: what ``REPACKAGE_NIX_SECRET_KEY_FILE`` names, else it is not signed."""

    def check(self, problems: Problems) -> None:
        """Note what cannot be used."""
        from repackage.archive import LEVELS  # lazily

        super(Options, self).check(problems)  # slots make another class of this one
        codec: Literal["none", "xz", "zst"] = (
            "zst" if self.compression == "zstd" else self.compression
        )
        levels = LEVELS[codec]
        if self.level is not None and self.level not in levels:
            problems.add(
                f"{self.compression!r} has no level {self.level}",
                where="level",
                advice=f"{levels[0]} to {levels[-1]}" if levels else "leave it out",
            )


def layout(package: Package, target: Target, options: Options) -> Layout:
    """Say where files go: ``libexec/<name>``, and commands in ``bin``."""
    from repackage_formats.nix_store._layout import store_layout

    return store_layout(package, target, options)


def filename(plan: Plan[Options]) -> str:
    """Name the artifact: ``app-1.0-python3.11.nix_cache``; what is not pure is refused."""
    from repackage_formats.nix_store._suitable import check_plan

    check_plan(plan)
    return f"{plan.package.name}-{plan.package.version}-{plan.target.python.command}.nix_cache"


def prepare(plan: Plan[Options], surroundings: Surroundings) -> Plan[Options]:
    """Find the key that signs, before anything is fetched."""
    import os
    from pathlib import Path

    from repackage_formats.nix_store._sign import VARIABLE, read_key

    if plan.options.key_file:
        path = surroundings.project / Path(plan.options.key_file).expanduser()
    elif variable := os.environ.get(VARIABLE):
        path = Path(variable).expanduser().absolute()
    else:
        return plan
    read_key(path).sign("")  # so that a key without a library is known before
    return replace(plan, options=replace(plan.options, key_file=str(path)))


def emit(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Write the archive, and what a cache says of it."""
    from repackage_formats.nix_store._cache import write  # codecs, only to write

    write(plan, tree, out)


def read(artifact: Path) -> Iterator[Entry]:
    """Yield what the path holds; the file, the archive and the path's name are verified."""
    from repackage_formats.nix_store._cache import read_entries  # codecs, only to read

    return read_entries(artifact)


def read_logged(artifact: Path, logbook: Logbook) -> Iterator[Entry]:
    """Yield what was just written: an archive that an earlier build has read is compared."""
    from repackage_formats.nix_store._cache import read_new  # codecs, only to read

    return read_new(artifact, logbook)


def describe(artifact: Path) -> dict[str, str]:
    """Tell what the cache says of the path."""
    from repackage_formats.nix_store._cache import read_info  # codecs, only to read
    from repackage_formats.nix_store._narinfo import sha256

    info = read_info(artifact)
    facts = {
        "path": str(info.path),
        "references": " ".join(map(str, info.references)),
        "content-addressed": "no" if info.content_address is None else "yes",
        "signed by": ", ".join(each.partition(":")[0] for each in info.signatures),
        "archive": f"{info.nar_size} bytes, {sha256(info.nar_sha256)}",
        "compression": info.compression,
    }
    return {key: value for key, value in facts.items() if value}


def recognises(artifact: Path) -> int:
    """Whether it is a directory that says that it is a binary cache."""
    from repackage_formats.nix_store._cache import is_cache  # codecs, only to read

    return 2 * is_cache(artifact)
