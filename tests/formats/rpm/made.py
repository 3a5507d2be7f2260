"""Facts and packages for the tests of this format, made without a plan."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from repackage.archive import trust
from repackage.format import Logbook
from repackage.testing import EPOCH, tree_of
from repackage.tree import Directory, Tree, inline_file
from repackage_formats import rpm
from repackage_formats.rpm._emit_package import write_package
from repackage_formats.rpm._facts import Facts, Relation
from repackage_formats.rpm._header_decode import read_tags
from repackage_formats.rpm._lead import LEAD
from repackage_formats.rpm._payload_write import Means
from repackage_formats.rpm._signature_header import SIGNATURE_SIZE

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Pieces
    from repackage_formats.rpm._header_decode import Tags

LEVELS = {"gzip": 1, "xz": 0, "zstd": 1, "none": 0}


def facts(tree: Tree | None = None, **changes: Any) -> Facts:
    made = Facts(
        name="demo",
        epoch=0,
        version="1.0",
        release="1",
        arch="noarch",
        summary="A demo",
        description="It does nothing",
        license="MIT",
        group="Applications/System",
        source_rpm="demo-1.0-1.src.rpm",
        provides=(Relation(name="demo", version="1.0-1", flags=8),),
        tree=owned(tree_of(inline_file("usr/lib/demo/a", b"hello\n", mtime=EPOCH)))
        if tree is None
        else tree,
    )
    return replace(made, **changes)


def owned(tree: Tree) -> Tree:
    """Leave out the directories that belong to the system."""
    system = {"usr", "usr/lib", "usr/bin", "usr/share", "etc"}
    kept = (
        entry for entry in tree if not (isinstance(entry, Directory) and entry.path in system)
    )
    return Tree(tuple(kept))


def written(
    directory: Path,
    decided: Facts | None = None,
    *,
    jobs: int = 1,
    pieces: Pieces | None = None,
    copying: bool = False,
) -> Path:
    decided = facts() if decided is None else decided
    out = directory / f"{decided.nevra}.rpm"
    out.unlink(missing_ok=True)
    logbook = Logbook()
    level = None if copying else LEVELS[decided.compression]
    means = Means(level=level, jobs=jobs, pieces=pieces, logbook=logbook)
    write_package(decided, out, epoch=EPOCH, means=means)
    if pieces is not None:  # which keep only what was read back
        for _ in rpm.read_logged(out, logbook) if logbook.stretches else ():
            pass
        trust(logbook, pieces)
    return out


def headers(data: bytes) -> tuple[Tags, Tags, bytes]:
    """Split a package: signature header, main header, payload."""
    file = io.BytesIO(data)
    file.seek(LEAD.size)
    signature = read_tags(file)
    assert file.tell() == LEAD.size + SIGNATURE_SIZE
    main = read_tags(file)
    return signature, main, file.read()
