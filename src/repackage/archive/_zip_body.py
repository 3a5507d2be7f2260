"""The data of a member of a zip: deflated, or stored where that is no smaller."""

from __future__ import annotations

import tempfile
import zlib
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

import deflate

from repackage.archive._zip_header import DEFLATED, STORED
from repackage.errors import FormatError
from repackage.tree import open_file, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from typing_extensions import Buffer

    from repackage.tree import File

_CHUNK: Final = 1 << 20
#: Files up to this size are deflated in one call by libdeflate; larger ones by zlib, as it goes.
_AT_ONCE: Final = 16 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """The data of a member as they lie in the archive."""

    method: int
    size: int
    parts: Iterable[Buffer]
    copied: bool = False
    """Whether they lie so in a wheel."""


def deflated(file: File, *, level: int) -> Body:
    """Deflate a file; if that does not make it smaller, it is stored as it is."""
    if file.size > _AT_ONCE:
        body = _spooled(file, level=level)
    else:
        data = deflate.deflate_compress(b"".join(_checked(file)), level)
        smaller = len(data) < file.size
        body = Body(method=DEFLATED, size=len(data), parts=(data,)) if smaller else None
    return body or Body(method=STORED, size=file.size, parts=_checked(file))


def _spooled(file: File, *, level: int) -> Body | None:
    """Deflate a large file into a temporary one, as its size stands before it; if it is less."""
    deflater = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    with ExitStack() as stack:
        spool = stack.enter_context(tempfile.TemporaryFile())
        for data in _checked(file):
            spool.write(deflater.compress(data))
        spool.write(deflater.flush())
        size = spool.tell()
        if size >= file.size:
            return None
        return Body(method=DEFLATED, size=size, parts=_drained(spool, stack.pop_all()))


def _drained(spool: IO[bytes], stack: ExitStack) -> Iterator[bytes]:
    with stack:
        spool.seek(0)
        while data := spool.read(_CHUNK):
            yield data


def _checked(file: File) -> Iterator[bytes]:
    """Yield the bytes of a file, which must be those that its digests are of."""
    size = crc32 = 0
    for data in _read(file):
        size += len(data)
        crc32 = deflate.crc32(data, crc32)
        yield data
    if (size, crc32) != (file.size, file.digests.crc32):
        raise FormatError.of(
            f"{file.path!r} has not the {file.size} bytes that were declared",
            advice="the cache may be damaged: repackage cache clear",
        )


def _read(file: File) -> Iterator[bytes]:
    if file.size <= _AT_ONCE:
        yield read_file(file)
        return
    with open_file(file) as content:
        while data := content.read(_CHUNK):
            yield data
