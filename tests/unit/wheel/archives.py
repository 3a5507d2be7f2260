"""Zip files put together byte by byte, so that each can have one defect."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NAME = "app-1.0-py3-none-any.whl"
INFO = "app-1.0.dist-info"
METADATA = b"Metadata-Version: 2.1\nName: app\nVersion: 1.0\n"
WHEEL = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
DATE = (2024 - 1980) << 9 | 5 << 5 | 17
TIME = 12 << 11


@dataclass(frozen=True, kw_only=True)
class Item:
    """A member, and how its two headers lie about it."""

    name: str | bytes
    data: bytes = b""
    method: int = 8
    flags: int = 0
    mode: int = 0o100644
    date: int = DATE
    extra: bytes = b""
    compressed: bytes | None = None
    gap: bytes = b""
    descriptor: bytes = b""
    local: Mapping[str, int | bytes] = field(default_factory=dict)
    central: Mapping[str, int | bytes] = field(default_factory=dict)

    def facts(self) -> dict[str, int | bytes]:
        raw = self.name if isinstance(self.name, bytes) else self.name.encode()
        compressed = self.compressed
        if compressed is None:
            compressed = deflate(self.data) if self.method == 8 else self.data
        return {
            "name": raw,
            "flags": self.flags,
            "method": self.method,
            "crc": zlib.crc32(self.data),
            "size": len(self.data),
            "compressed": len(compressed),
            "extra": self.extra,
            "mode": self.mode,
            "disk": 0,
            "data": compressed,
        }


def deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return compressor.compress(data) + compressor.flush()


def pack(items: Sequence[Item], *, end: Mapping[str, int] | None = None) -> bytes:
    """Put an archive together; ``end`` changes the last record."""
    body = b""
    directory = b""
    for item in items:
        body += item.gap
        facts = {**item.facts(), "offset": len(body)}
        body += _local({**facts, **item.local}, item.date)
        body += _bytes(facts["data"]) + item.descriptor
        directory += _central({**facts, **item.central}, item.date)
    count = len(items)
    record = {
        "disk": 0,
        "start_disk": 0,
        "on_disk": count,
        "count": count,
        "size": len(directory),
        "offset": len(body),
        "comment": 0,
        **(end or {}),
    }
    return (
        body
        + directory
        + struct.pack(
            "<4s4H2LH",
            b"PK\5\6",
            record["disk"],
            record["start_disk"],
            record["on_disk"],
            record["count"],
            record["size"],
            record["offset"],
            record["comment"],
        )
    )


def _local(facts: Mapping[str, int | bytes], date: int) -> bytes:
    name, extra = _bytes(facts["name"]), _bytes(facts["extra"])
    return (
        struct.pack(
            "<4s5H3L2H",
            b"PK\3\4",
            20,
            facts["flags"],
            facts["method"],
            TIME,
            date,
            facts["crc"],
            facts["compressed"],
            facts["size"],
            len(name),
            len(extra),
        )
        + name
        + extra
    )


def _central(facts: Mapping[str, int | bytes], date: int) -> bytes:
    name, extra = _bytes(facts["name"]), _bytes(facts["extra"])
    mode = facts["mode"]
    assert isinstance(mode, int)
    return (
        struct.pack(
            "<4s6H3L5H2L",
            b"PK\1\2",
            3 << 8 | 20,
            20,
            facts["flags"],
            facts["method"],
            TIME,
            date,
            facts["crc"],
            facts["compressed"],
            facts["size"],
            len(name),
            len(extra),
            0,
            facts["disk"],
            0,
            mode << 16,
            facts["offset"],
        )
        + name
        + extra
    )


def _bytes(value: int | bytes) -> bytes:
    assert isinstance(value, bytes)
    return value


def record_row(name: str, data: bytes, algorithm: str = "sha256") -> str:
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest())
    return f"{name},{algorithm}={digest.decode().rstrip('=')},{len(data)}\n"


def items_of(
    files: Mapping[str, bytes] | None = None,
    *,
    info: Mapping[str, bytes | None] | None = None,
    record: bytes | None = None,
) -> list[Item]:
    """The members of a good wheel with these files; ``info`` changes its .dist-info."""
    infos = {"METADATA": METADATA, "WHEEL": WHEEL, **(info or {})}
    members = dict(files if files is not None else {"app/__init__.py": b"print(1)\n"})
    members |= {f"{INFO}/{name}": data for name, data in infos.items() if data is not None}
    rows = "".join(record_row(name, data) for name, data in members.items())
    members[f"{INFO}/RECORD"] = (
        f"{rows}{INFO}/RECORD,,\n".encode() if record is None else record
    )
    return [Item(name=name, data=data) for name, data in members.items()]


def change(items: list[Item], index: int, **changes: object) -> list[Item]:
    """The same items, one of them changed."""
    changed = replace(items[index], **changes)  # type: ignore[arg-type]  # fields
    return [changed if at == index else item for at, item in enumerate(items)]


def write(directory: Path, data: bytes, name: str = NAME) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_bytes(data)
    return path
