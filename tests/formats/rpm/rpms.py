"""Rpms made by hand, well-formed or not; rpmbuild's are in the integration tests."""

from __future__ import annotations

import gzip
import hashlib
import stat
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

INT16, INT32, INT64, STRING, STRINGS, I18N = 3, 4, 5, 6, 8, 9
_FORMATS = {INT16: "H", INT32: "I", INT64: "Q"}

Value = str | tuple[int, ...] | list[str]


def header(tags: Mapping[int, tuple[int, Value]], *, region: int) -> bytes:
    """Encode a header with its immutable region."""
    index, store = b"", b""
    for tag, (kind, value) in sorted(tags.items()):
        if isinstance(value, str):
            data, count = value.encode() + b"\0", 1
        elif isinstance(value, list):
            data, count = b"".join(each.encode() + b"\0" for each in value), len(value)
        else:
            store += bytes(-len(store) % struct.calcsize(_FORMATS[kind]))
            data, count = struct.pack(f">{len(value)}{_FORMATS[kind]}", *value), len(value)
        index += struct.pack(">IIiI", tag, kind, len(store), count)
        store += data
    entries = len(tags) + 1
    first = struct.pack(">IIiI", region, 7, len(store), 16)
    store += struct.pack(">IIiI", region, 7, -16 * entries, 16)
    intro = struct.pack(">3sB4xII", b"\x8e\xad\xe8", 1, entries, len(store))
    return intro + first + index + store


def newc(name: str, data: bytes, *, mode: int, nlink: int = 1) -> bytes:
    """Encode a member of a cpio archive."""
    raw = name.encode() + b"\0"
    numbers = (0, mode, 0, 0, nlink, 0, len(data), 0, 0, 0, 0, len(raw), 0)
    head = b"070701" + b"".join(b"%08x" % number for number in numbers) + raw
    head += bytes(-len(head) % 4)
    return head + data + bytes(-len(data) % 4)


def short(index: int, data: bytes) -> bytes:
    """Encode a member of rpm's own short archive."""
    return b"07070X%08x\0\0" % index + data + bytes(-len(data) % 4)


@dataclass
class Listed:
    """A file of a package; with ``set``, one name of several."""

    path: str
    data: bytes = b""
    mode: int = stat.S_IFREG | 0o644
    target: str = ""
    flags: int = 0
    inode: int = 0
    digest: str | None = None


@dataclass
class Rpm:
    """A package that can be made wrong in any way."""

    files: list[Listed] = field(default_factory=list)
    stripped: bool = False
    long_sizes: bool = False
    tags: dict[int, tuple[int, Value]] = field(default_factory=dict)
    without: tuple[int, ...] = ()

    def payload(self) -> bytes:
        """Encode the payload: of a hard link, the last name has the content."""
        last = {file.inode: at for at, file in enumerate(self.files) if file.inode}
        cpio = b""
        for at, file in enumerate(self.files):
            if file.flags & 64:
                continue
            data = file.target.encode() if stat.S_ISLNK(file.mode) else file.data
            if file.inode and last[file.inode] != at:
                data = b""
            if self.stripped:
                cpio += short(at, data)
            else:
                cpio += newc(f".{file.path}", data, mode=file.mode)
        return cpio + newc("TRAILER!!!", b"", mode=0)

    def main(self) -> bytes:
        """Encode the main header."""
        directories = list(dict.fromkeys(f.path.rpartition("/")[0] + "/" for f in self.files))
        sizes = tuple(
            len(f.target) if stat.S_ISLNK(f.mode) else len(f.data) for f in self.files
        )
        digests = [
            (hashlib.sha256(f.data).hexdigest() if stat.S_ISREG(f.mode) else "")
            if f.digest is None
            else f.digest
            for f in self.files
        ]
        tags: dict[int, tuple[int, Value]] = {
            1000: (STRING, "demo"),
            1001: (STRING, "1.0"),
            1002: (STRING, "1"),
            1004: (I18N, ["A demo"]),
            1022: (STRING, "x86_64"),
            1125: (STRING, "gzip"),
        }
        if self.files:
            sized = (5008, (INT64, sizes)) if self.long_sizes else (1028, (INT32, sizes))
            places = [directories.index(f.path.rpartition("/")[0] + "/") for f in self.files]
            tags |= {
                sized[0]: sized[1],
                1030: (INT16, tuple(f.mode for f in self.files)),
                1034: (INT32, tuple(1000 for _ in self.files)),
                1035: (STRINGS, digests),
                1036: (STRINGS, [f.target for f in self.files]),
                1037: (INT32, tuple(f.flags for f in self.files)),
                1096: (INT32, tuple(f.inode or 100 + at for at, f in enumerate(self.files))),
                1116: (INT32, tuple(places)),
                1117: (STRINGS, [f.path.rpartition("/")[2] for f in self.files]),
                1118: (STRINGS, directories),
            }
        tags |= self.tags
        return header({k: v for k, v in tags.items() if k not in self.without}, region=63)

    def encode(self, *, payload: bytes | None = None) -> bytes:
        """Encode all of it."""
        lead = struct.pack(">4sBBHH66sHH16x", b"\xed\xab\xee\xdb", 3, 0, 0, 1, b"demo", 1, 5)
        signature = header({1000: (INT32, (0,))}, region=62)
        signature += bytes(-len(signature) % 8)
        body = gzip.compress(self.payload(), mtime=0) if payload is None else payload
        return lead + signature + self.main() + body
