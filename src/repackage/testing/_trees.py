"""Example trees: an ordinary one, one with everything that is rare, one with hardly anything."""

from __future__ import annotations

import random
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from repackage.testing._examples import EPOCH
from repackage.tree import (
    Digests,
    Directory,
    File,
    Mapped,
    Symlink,
    Tree,
    Zipped,
    inline_file,
    parents,
)

if TYPE_CHECKING:
    from repackage.format import Layout
    from repackage.tree import Entry

#: What a tree holds of a dependency is older than the application.
OLDER = 1_500_000_000


def example_tree(layout: Layout) -> Tree:
    """Stage an application of one command and one dependency, as a layout wants it."""
    return tree_of(*_ordinary(layout))


def odd_tree(layout: Layout) -> Tree:
    """Add what is rare to the example, and must be packaged all the same."""
    package = f"{_site(layout)}example"
    deep = f"{package}/{'/'.join(['d' * 90] * 4)}"
    odd: list[Entry] = [
        Directory(path=f"{package}/empty directory", mtime=EPOCH),
        inline_file(f"{package}/zürich-東京-♥.txt", b"n\xf6\n", mtime=EPOCH),
        inline_file(f"{package}/{'n' * 200}.py", b"long = 'name'\n", mtime=EPOCH),
        inline_file(f"{deep}/module.py", b"long = 'path'\n", mtime=EPOCH),
        inline_file(f"{package}/a b'c\"d$e\\f", b"", mtime=EPOCH),
        inline_file(f"{package}/-dash", b"-", mtime=EPOCH, mode=0o755),
        inline_file(f"{package}/old.py", b"", mtime=315_532_800),
        inline_file(f"{package}/zeros.bin", bytes(3_000_001), mtime=EPOCH),
        zipped_file(f"{package}/noise.bin", _noise(1_500_000), mtime=EPOCH),
    ]
    return tree_of(*_ordinary(layout), *odd)


def bare_tree(layout: Layout) -> Tree:
    """Stage a single, empty file."""
    return tree_of(inline_file(f"{_site(layout)}example.py", b"", mtime=EPOCH))


def tree_of(*entries: Entry) -> Tree:
    """Make a tree of entries, and of the directories above them that are not among them."""
    known = {entry.path: entry for entry in entries}
    for entry in entries:
        for path in parents(entry.path):
            known.setdefault(path, Directory(path=path, mtime=EPOCH))
    return Tree.of(list(known.values()))


def zipped_file(
    path: str, data: bytes, *, mtime: int, origin: str = "", deflated: bool = True
) -> File:
    """Make a file whose bytes lie in a wheel, here one that is in memory only."""
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    compressed = deflater.compress(data) + deflater.flush() if deflated else data
    return File(
        path=path,
        mode=0o644,
        mtime=mtime,
        size=len(data),
        digests=Digests.of(data),
        content=Zipped(
            wheel=_InMemory(b"PK\3\4" + compressed),
            offset=4,
            compressed_size=len(compressed),
            deflated=deflated,
        ),
        origin=origin,
    )


class _InMemory(Mapped):
    """A wheel that is on no disk."""

    def __init__(self, data: bytes) -> None:
        super().__init__(Path("example.whl"))
        self.__dict__["view"] = memoryview(data)  # what the cached property would hold


def _ordinary(layout: Layout) -> list[Entry]:
    site = _site(layout)
    info, other = f"{site}example-1.0.dist-info", f"{site}dependency-2.0.dist-info"
    return [
        zipped_file(f"{site}example/__init__.py", b"def main():\n    pass\n", mtime=EPOCH),
        zipped_file(f"{site}example/data.txt", b"data\n", mtime=EPOCH, deflated=False),
        inline_file(f"{site}example/py.typed", b"", mtime=EPOCH),
        inline_file(f"{site}example/tool", b"#!/bin/sh\n", mtime=EPOCH, mode=0o755),
        inline_file(
            f"{info}/METADATA",
            b"Metadata-Version: 2.4\nName: example\nVersion: 1.0\n",
            mtime=EPOCH,
        ),
        inline_file(f"{info}/licenses/LICENSE", b"Do as you please.\n", mtime=EPOCH),
        zipped_file(
            f"{site}dependency/__init__.py", b"x = 1\n", mtime=OLDER, origin="dependency"
        ),
        inline_file(
            f"{other}/METADATA",
            b"Metadata-Version: 2.4\nName: dependency\nVersion: 2.0\n",
            mtime=OLDER,
            origin="dependency",
        ),
        *_added(layout),
    ]


def _added(layout: Layout) -> list[Entry]:
    entries: list[Entry] = []
    if layout.ledger:
        entries.append(inline_file(layout.ledger, b"{}\n", mtime=EPOCH))
    if layout.scripts:
        launcher = f"#!{layout.interpreter}\nfrom example import main\nmain()\n"
        path = f"{layout.scripts}/example"
        entries.append(inline_file(path, launcher.encode(), mtime=EPOCH, mode=0o755))
    if layout.venv:
        home = PurePosixPath(layout.base_interpreter).parent
        configuration = f"home = {home}\n".encode()
        path = f"{layout.venv}/pyvenv.cfg"
        entries.append(inline_file(path, configuration, mtime=EPOCH))
        path = f"{layout.venv}/bin/python"
        entries.append(Symlink(path=path, target=layout.base_interpreter, mtime=EPOCH))
    if layout.commands and layout.scripts:
        up = "../" * (layout.commands.count("/") + 1)
        target = f"{up}{layout.scripts}/example"
        path = f"{layout.commands}/example"
        entries.append(Symlink(path=path, target=target, mtime=EPOCH))
    return entries


def _site(layout: Layout) -> str:
    return f"{layout.purelib}/" if layout.purelib else ""


def _noise(size: int) -> bytes:
    """Bytes that no codec makes smaller, the same ones each time."""
    return random.Random(4711).randbytes(size)  # noqa: S311 - nothing secret about it
