"""Members inflated and digested in one pass, never beyond what they declare.

zlib does it, as what is verified here is copied into archives, which zlib must be able to unpack:
libdeflate, though faster, takes codes that RFC 1951 does not allow (section 3.2.7), and data
behind the last block.
"""

from __future__ import annotations

import hashlib
import mmap
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import deflate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.wheel._zip import Data

#: Bytes that are read, and inflated at most, at a time.
CHUNK = 1 << 18

#: Pages of the mapped file are given back after this many bytes: memory stays bounded.
KEPT_PAGES = 32 << 20


class DamagedMemberError(Exception):
    """The data of a member are not what its header says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Digested:
    """The digests of a member; ``recorded`` is by the algorithm that RECORD chose."""

    sha256: str
    md5: str
    crc32: int
    recorded: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """Where the data of a member lie, and what they inflate to."""

    offset: int
    compressed_size: int
    size: int
    deflated: bool


def inflate(data: Data, extent: Extent) -> Iterator[bytes]:
    """Yield the bytes of a member.

    Raises:
        DamagedMemberError: When they are not exactly ``extent.size`` bytes.
    """
    chunks = _chunks(data, extent)
    if not extent.deflated:
        yield from chunks
        return
    size = 0
    for piece in _inflated(chunks):
        size += len(piece)
        if size > extent.size:
            raise DamagedMemberError(f"inflates to more than the declared {extent.size} bytes")
        yield piece
    if size < extent.size:
        raise DamagedMemberError(f"inflates to {size} of the declared {extent.size} bytes")


def _chunks(data: Data, extent: Extent) -> Iterator[bytes]:
    """Yield the bytes of a member as they lie in the archive."""
    end = extent.offset + extent.compressed_size
    for start in range(extent.offset, end, CHUNK):
        yield bytes(data[start : min(start + CHUNK, end)])
        if (start - extent.offset + CHUNK) % KEPT_PAGES == 0:
            release(data)


def release(data: Data) -> None:
    """Give the pages of a mapped file back to the system; they can be read again."""
    if isinstance(data, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):  # pragma: no branch
        data.madvise(mmap.MADV_DONTNEED)


def _inflated(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Inflate raw deflate data in pieces of bounded size."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for chunk in chunks:
            pending = chunk
            while True:
                piece = inflater.decompress(pending, CHUNK)
                yield piece
                pending = inflater.unconsumed_tail
                if inflater.eof or (not pending and len(piece) < CHUNK):
                    break
            if inflater.unused_data:
                raise DamagedMemberError("has data after the end of its deflate stream")
    except zlib.error as error:
        raise DamagedMemberError(f"cannot be inflated: {error}") from error
    if not inflater.eof:
        raise DamagedMemberError("is cut off inside its deflate stream")


def digest(data: Data, extent: Extent, *, algorithm: str) -> Digested:
    """Digest a member in one pass.

    Raises:
        DamagedMemberError: When its bytes are not what its header says.
    """
    sha256 = hashlib.sha256()
    md5 = hashlib.md5(usedforsecurity=False)
    recorded = sha256 if algorithm == "sha256" else hashlib.new(algorithm)
    crc32 = 0
    for piece in inflate(data, extent):
        sha256.update(piece)
        md5.update(piece)
        crc32 = deflate.crc32(piece, crc32)
        if recorded is not sha256:
            recorded.update(piece)
    return Digested(
        sha256=sha256.hexdigest(),
        md5=md5.hexdigest(),
        crc32=crc32,
        recorded=recorded.digest(),
    )
