"""An image in its place: a layout, or one archive that is a layout and what docker saves."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.archive import TarWriter
from repackage.tree import Digests, Directory, File, Inline, OnDisk
from repackage.wheel import OLDEST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'
_UNKNOWN = Digests(sha256="", md5="", crc32=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """All parts of an image, by name: bytes at hand, or a file of this machine."""

    index: bytes
    saved: bytes | None
    """``manifest.json``; None: ``docker load`` could not read the layers."""
    blobs: Mapping[str, bytes | Path]

    @property
    def documents(self) -> dict[str, bytes]:
        """What stands beside the blobs, in the order in which a stream is best read."""
        told = {"oci-layout": _LAYOUT, "index.json": self.index}
        return told if self.saved is None else {**told, "manifest.json": self.saved}


def write_archive(contents: Contents, out: Path) -> None:
    """Write everything into one tar archive."""
    directories = sorted({name.rpartition("/")[0] for name in contents.blobs})
    with out.open("xb") as file, TarWriter(file) as tar:
        for name, data in contents.documents.items():
            tar.add(_file(name, data), prefix="")
        for path in ("blobs", *directories):
            tar.add(Directory(path=path, mtime=OLDEST), prefix="")
        for name in sorted(contents.blobs):
            tar.add(_file(name, contents.blobs[name]), prefix="")


def write_directory(contents: Contents, out: Path) -> None:
    """Write everything into a directory."""
    out.mkdir()
    documents = {**contents.documents, **contents.blobs}
    documents.pop("manifest.json", None)  # which belongs to archives
    for name, data in documents.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, bytes):
            path.write_bytes(data)
        else:
            shutil.copyfile(data, path)


def _file(name: str, data: bytes | Path) -> File:
    if isinstance(data, bytes):
        size, content = len(data), Inline(data=data)
        return _described(name, size, content)
    return _described(name, data.stat().st_size, OnDisk(path=data))


def _described(name: str, size: int, content: Inline | OnDisk) -> File:
    return File(
        path=name, mode=0o644, mtime=OLDEST, size=size, digests=_UNKNOWN, content=content
    )
