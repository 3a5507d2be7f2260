"""The payload of an rpm, decompressed: by its first bytes, as librpm does it."""

from __future__ import annotations

import bz2
import hashlib
import itertools
import lzma
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, cast

from repackage.archive import decompressor, detect_codec, reading_ahead
from repackage.errors import InputError
from repackage.tree import pulled
from repackage_formats.rpm._cpio import Cpio

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from repackage_formats.rpm._files import Listed
    from repackage_formats.rpm._header import Header

_CHUNK = 1 << 20


def size_of(listed: Sequence[Listed], index: int) -> int:
    """How much a payload holds of a file, by its number in the header."""
    if index >= len(listed):
        raise InputError.of(f"the payload holds a file {index} that the header lacks")
    file = listed[index]
    return file.size if file.last or not file.linked else 0


@contextmanager
def opened_payload(
    artifact: Path, header: Header, listed: Sequence[Listed], *, whole: bool = False
) -> Iterator[Cpio]:
    """Open the cpio archive of an rpm; ``whole`` says that all of it will be read."""
    with artifact.open("rb") as file:
        file.seek(header.payload)
        with (
            _decompressed(file, header.text("archive_compression")) as stream,
            reading_ahead(stream) if whole else nullcontext(stream) as read,
        ):
            yield Cpio(read, size_of=partial(size_of, listed))


@contextmanager
def _decompressed(file: BinaryIO, named: str) -> Iterator[BinaryIO]:
    try:
        if named == "bzip2":
            with bz2.BZ2File(file) as bz2_file:
                yield cast("BinaryIO", bz2_file)
        elif named == "lzma":
            with lzma.LZMAFile(file, format=lzma.FORMAT_ALONE) as lzma_file:
                yield cast("BinaryIO", lzma_file)
        else:
            with decompressor(file, detect_codec(file)) as stream:
                yield stream
    except (EOFError, OSError, lzma.LZMAError) as error:
        raise InputError.of(
            f"damaged {named} data: {error}", advice="the file is truncated or altered"
        ) from error


def find(artifact: Path, header: Header, listed: Sequence[Listed], position: int) -> BinaryIO:
    """Open the content of a member by its position, from the start of the payload."""
    with ExitStack() as stack:
        cpio = stack.enter_context(opened_payload(artifact, header, listed))
        next(itertools.islice(iter(cpio), position, None))
        return pulled(cpio.read, opened=stack.pop_all())


def payload_digest(artifact: Path, header: Header) -> str:
    """The SHA-256 of the payload as it lies there, compressed, in hexadecimal digits."""
    digest = hashlib.sha256()
    with artifact.open("rb") as file:
        file.seek(header.payload)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
