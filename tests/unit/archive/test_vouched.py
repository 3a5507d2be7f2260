"""What is read of a gzip stream of which wheels vouch for parts."""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from repackage.archive._ahead import Gap
from repackage.archive._vouched import plain_but_vouched
from repackage.format import Stretch, Verbatim
from repackage.tree import File, Mapped, Zipped, inline_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADERS = b"header\n" * 1_000_000


def test_what_lies_between_copied_members_is_given_in_parts_and_the_note_before_the_last(
    tmp_path: Path,
) -> None:
    content = b"text\n" * 500
    deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
    data = deflater.compress(content) + deflater.flush()
    (tmp_path / "wheel").write_bytes(data)
    zipped = Zipped(
        wheel=Mapped(tmp_path / "wheel"), offset=0, compressed_size=len(data), deflated=True
    )
    file = replace(inline_file("a.py", content, mtime=0), content=zipped)
    before = gzip.compress(HEADERS, mtime=0)
    trailer = struct.pack("<LL", zlib.crc32(content), len(content))
    member = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + data + trailer
    stream = before + member
    stretch = Stretch(
        key="",
        entries=(file,),
        verbatim=[Verbatim(file=file, at=len(before), size=len(member))],
        blocks=[len(stream)],
    )
    vouched: dict[int, File] = {}

    def read(at: int, size: int) -> Iterator[bytes]:
        yield stream[at : at + size]

    known, given, gaps = [], b"", []
    for chunk in plain_but_vouched(stretch, read, vouched):
        if isinstance(chunk, Gap):
            gaps.append((len(given), chunk.size))
            continue
        given += chunk
        known.append((len(chunk), len(given), bool(vouched)))

    assert given == HEADERS
    assert gaps == [(len(HEADERS), len(content))]
    assert vouched == {len(HEADERS): file}
    assert max(size for size, _, _ in known) <= 1 << 18
    assert all(told for _, read_so_far, told in known if read_so_far >= len(HEADERS))
