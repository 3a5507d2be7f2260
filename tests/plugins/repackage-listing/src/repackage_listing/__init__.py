"""The format ``listing``: what would be installed, one line of JSON per entry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from repackage.errors import InputError
from repackage.format import Layout, Plan, app_layout
from repackage.tree import Digests, Directory, Entry, File, Inline, Symlink, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.package import Package
    from repackage.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What a user may choose: ``[tool.repackage.listing]`` and ``-C listing.<key>=…``."""

    title: str = ""
    """The first line, after a ``#``. Default: name and version of the package."""
    root: Literal["usr/lib", "opt"] = "usr/lib"
    """Where the application's own directory would stand."""


def layout(package: Package, target: Target, options: Options) -> Layout:
    """Say where files go: here into a private environment, as a deb does it."""
    return app_layout(target, prefix=f"{options.root}/{package.name}")


def filename(plan: Plan[Options]) -> str:
    """Name the artifact, from the plan alone."""
    return f"{plan.package.name}-{plan.package.version}-{plan.target.name}.listing"


def emit(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Create exactly ``out``."""
    title = plan.options.title or f"{plan.package.name} {plan.package.version}"
    with out.open("x", encoding="ascii", newline="\n") as file:
        file.write(f"# {json.dumps(title)}\n")
        for entry in tree:
            file.write(f"{json.dumps(_fields(entry))}\n")


def read(artifact: Path) -> Iterator[Entry]:
    """Yield the entries again; a listing has their digests, not their bytes."""
    with artifact.open(encoding="ascii") as file:
        for number, line in enumerate(file, start=1):
            if not line.startswith("#"):
                try:
                    yield _entry(json.loads(line))
                except (ValueError, KeyError, TypeError) as error:
                    raise InputError.of(
                        f"not an entry of a listing: {error}", where=f"{artifact}:{number}"
                    ) from error


def _fields(entry: Entry) -> dict[str, str | int]:
    match entry:
        case File(path=path, mode=mode, mtime=mtime, size=size, digests=digests):
            return {
                "file": path,
                "mode": f"{mode:o}",
                "mtime": mtime,
                "size": size,
                "sha256": digests.sha256,
                "md5": digests.md5,
                "crc32": digests.crc32,
            }
        case Directory(path=path, mtime=mtime):
            return {"directory": path, "mtime": mtime}
        case Symlink(path=path, mtime=mtime, target=target):
            return {"symlink": path, "mtime": mtime, "target": target}


def _entry(fields: dict[str, str | int]) -> Entry:
    match fields:
        case {"file": str(path), "mode": str(mode), "mtime": int(mtime), "size": int(size)}:
            digests = Digests(
                sha256=str(fields["sha256"]),
                md5=str(fields["md5"]),
                crc32=int(fields["crc32"]),
            )
            return File(
                path=path,
                mode=int(mode, 8),
                mtime=mtime,
                size=size,
                digests=digests,
                content=Inline(data=b""),
            )
        case {"directory": str(path), "mtime": int(mtime)}:
            return Directory(path=path, mtime=mtime)
        case {"symlink": str(path), "mtime": int(mtime), "target": str(target)}:
            return Symlink(path=path, mtime=mtime, target=target)
        case _:
            raise ValueError("neither a file, a directory nor a symbolic link")
