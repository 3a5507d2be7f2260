"""The bytes of a file, wherever they lie.

Those of a wheel were verified when it was read. They are held against their checksum
once more, because a wheel that lies outside of the store can be built anew meanwhile.
"""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, BinaryIO

import deflate

from repackage.tree._content import Inline, OnDisk, Packed, Zipped, changed
from repackage.tree._pulled import pulled

if TYPE_CHECKING:
    from repackage.tree._model import File

_CHUNK = 1 << 18
#: What libdeflate inflates is twice in memory for a moment: above this, zlib inflates it.
_TWICE = 16 << 20


def open_file(file: File) -> BinaryIO:
    """Open a file of a tree for reading, inflating as it is read.

    Raises:
        WheelError: Here or at the end, when the bytes are not those that were verified.
    """
    match file.content:
        case Inline(data=data):
            return io.BytesIO(data)
        case Zipped() as zipped:
            return pulled(_Member(file, zipped).read, buffer_size=_CHUNK)
        case OnDisk(path=path):
            return path.open("rb")
        case Packed(find=find):
            return find()


def read_file(file: File) -> bytes:
    """Return the bytes of a file of a tree.

    Raises:
        WheelError: When they are not those that were verified.
    """
    match file.content:
        case Inline(data=data):
            return data
        case Zipped() as zipped:
            return _member(file, zipped)
        case OnDisk(path=path):
            return path.read_bytes()
        case Packed(find=find):
            with find() as stream:
                return stream.read()


def _member(file: File, zipped: Zipped) -> bytes:
    """Inflate a member at once."""
    try:
        if not zipped.deflated:
            data = bytes(zipped.compressed)
        elif file.size <= _TWICE:
            data = bytes(deflate.deflate_decompress(zipped.compressed, file.size))
        else:
            data = zlib.decompress(zipped.compressed, -zlib.MAX_WBITS, file.size)
    except (deflate.DeflateError, zlib.error) as error:
        raise changed(zipped.wheel.path) from error
    if len(data) != file.size or deflate.crc32(data) != file.digests.crc32:
        raise changed(zipped.wheel.path)
    return data


class _Member:
    """A member, inflated as it is read; memory does not grow with the file."""

    def __init__(self, file: File, zipped: Zipped) -> None:
        self._expected = file.digests.crc32
        self._zipped = zipped
        self._position = 0
        self._crc32 = 0
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS) if zipped.deflated else None

    def read(self, size: int) -> bytes:
        """Inflate at most so much; nothing only at the end."""
        try:
            data = self._next(size)
        except (EOFError, zlib.error) as error:
            raise changed(self._zipped.wheel.path) from error
        self._crc32 = deflate.crc32(data, self._crc32)
        if not data and self._crc32 != self._expected:
            raise changed(self._zipped.wheel.path)
        return data

    def _next(self, size: int) -> bytes:
        if self._inflater is None:
            return self._take(size)
        while True:
            data = self._inflater.unconsumed_tail or self._take(_CHUNK)
            inflated = self._inflater.decompress(data, size)
            if inflated or (not data and self._inflater.eof):
                return inflated
            if not data:
                raise EOFError

    def _take(self, size: int) -> bytes:
        """Take compressed bytes, as many as there are left."""
        zipped = self._zipped
        taken = min(size, zipped.compressed_size - self._position)
        data = bytes(zipped.wheel.part(zipped.offset + self._position, taken))
        self._position += len(data)
        return data
