"""Members of a gzip stream that are deflate data of wheels, as the wheels' manifests vouch for them.

A wheel was inflated and held against its RECORD when it was verified. So where an artifact has
the same data between a header and a trailer that say nothing else, they need not be inflated
again; that the wheel is still the one that was verified is seen afterwards.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from repackage.archive._ahead import Gap, stream_of
from repackage.archive._codec import decompressor
from repackage.errors import InputError
from repackage.tree import Zipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from repackage.format import Stretch, Verbatim
    from repackage.tree import File

_CHUNK: Final = 1 << 18
#: A member of deflate data, with no field besides, of no time, by no system (RFC 1952, section 2.3).
_BEGINNING: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
_HEADER: Final = len(_BEGINNING)
_TRAILER: Final = struct.Struct("<LL")


def plain_but_vouched(
    stretch: Stretch, read: Callable[[int, int], Iterator[bytes]], vouched: dict[int, File]
) -> Iterator[bytes | Gap]:
    """Decompress what no wheel vouches for; for all else there are gaps, and notes in ``vouched``.

    ``read`` gives bytes of the stretch by position and number.

    Raises:
        InputError: A member is not what the wheel has.
    """
    position = plain = 0
    for verbatim in stretch.verbatim:
        last = b""
        for chunk in _plain(read, position, verbatim.at - position):
            plain += len(chunk)
            if last:
                yield last
            last = chunk
        _compare(verbatim, read)
        vouched[plain] = verbatim.file  # nobody has all of its header yet, to ask for it
        if last:
            yield last
        if verbatim.file.size:
            yield Gap(verbatim.file.size)
        plain += verbatim.file.size
        position = verbatim.at + verbatim.size
    yield from _plain(read, position, sum(stretch.blocks) - position)


def _plain(
    read: Callable[[int, int], Iterator[bytes]], position: int, size: int
) -> Iterator[bytes]:
    if size < 0:
        raise _differs("two members overlap")
    with decompressor(stream_of(read(position, size)), "gz") as stream:
        while data := stream.read(_CHUNK):
            yield data


def _compare(verbatim: Verbatim, read: Callable[[int, int], Iterator[bytes]]) -> None:
    """Hold a member against the wheel that its data are of, and against the manifest."""
    file = verbatim.file
    name = repr(file.path)
    size = verbatim.size - _HEADER - _TRAILER.size
    if b"".join(read(verbatim.at, _HEADER)) != _BEGINNING:
        raise _differs(f"{name} does not begin as a member")
    refuse_unlike(file, read(verbatim.at + _HEADER, size), size=size)
    trailer = b"".join(read(verbatim.at + _HEADER + size, _TRAILER.size))
    if _TRAILER.unpack(trailer) != (file.digests.crc32, file.size):
        raise _differs(f"{name} has another checksum or size than in its wheel")


def refuse_unlike(file: File, data: Iterator[bytes], *, size: int) -> None:
    """Refuse deflate data, ``size`` bytes of them, that are not those of a file in its wheel."""
    content = file.content
    if not isinstance(content, Zipped) or not content.deflated:
        raise _differs(f"{file.path!r} is deflated in no wheel")
    if size != content.compressed_size:
        raise _differs(f"{file.path!r} has another length than in its wheel")
    there, at = content.compressed, 0
    for chunk in data:
        if bytes(there[at : at + len(chunk)]) != chunk:  # a view is compared byte by byte
            raise _differs(f"{file.path!r} is not what its wheel has")
        at += len(chunk)
    if at != size:
        raise _differs(f"{file.path!r} ends before its end")


def _differs(what: str) -> InputError:
    return InputError.of(
        f"when it is read back, {what}",
        advice="a wheel was changed meanwhile, or the disk is not to be trusted: build again",
    )
