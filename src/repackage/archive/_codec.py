"""Compression by name: one stream each, with bytes that do not depend on threads."""

from __future__ import annotations

import gzip
import lzma
import platform
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, cast, get_args

import deflate

from repackage.archive._gzip import GzipMembers
from repackage.archive._stream import BlockWriter
from repackage.archive._xz import XzStream, xz_workers
from repackage.archive._zstd import ZstdFrame, zstd
from repackage.errors import ConfigError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from repackage.archive._stream import Writable

Codec = Literal["none", "gz", "xz", "zst"]

#: Every codec, named as the suffix that it gives to a file.
CODECS: Final[tuple[Codec, ...]] = get_args(Codec)

#: The levels of each codec. A higher one is slower and smaller.
LEVELS: Final[Mapping[Codec, range]] = {
    "none": range(0),
    "gz": range(1, 10),
    "xz": range(10),
    "zst": range(1, 20),
}
#: The level of each codec that is taken if none is asked for.
DEFAULT_LEVELS: Final[Mapping[Codec, int]] = {"none": 0, "gz": 6, "xz": 6, "zst": 3}
#: The level of gz where wheels' deflate data are not copied, for the sake of size.
RECOMPRESSED: Final = 9

_MAGIC: Final[Mapping[bytes, Codec]] = {
    b"\x1f\x8b": "gz",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zst",
}


@contextmanager
def compressor(
    stream: Writable, codec: Codec, *, level: int | None = None, jobs: int = 1
) -> Iterator[Writable]:
    """Compress what is written into ``stream``, which stays open.

    The bytes depend on the codec's library and the level, never on ``jobs`` nor on how
    the data are divided among calls of ``write``. What is written without ``level`` is
    what the codec's own program writes: 6 for gz and xz, 3 for zst.
    """
    chosen = level_of(codec, level)
    match codec:
        case "none":
            yield stream
        case "gz":
            with BlockWriter(stream, GzipMembers(chosen), workers=jobs) as blocks:
                yield blocks
        case "xz":
            workers = xz_workers(chosen, jobs)
            with BlockWriter(stream, XzStream(chosen), workers=workers) as blocks:
                yield blocks
        case "zst":
            with ZstdFrame(stream, level=chosen, jobs=jobs) as frame:
                yield frame


def level_of(codec: Codec, level: int | None) -> int:
    """The level that is meant, the codec's default if none is.

    Raises:
        ConfigError: The codec has no such level.
    """
    if level is None:
        return DEFAULT_LEVELS[codec]
    if level not in LEVELS[codec]:
        levels = LEVELS[codec]
        advice = f"{levels[0]} to {levels[-1]}" if levels else "there is none to choose"
        raise ConfigError.of(f"{codec!r} has no level {level}", advice=advice)
    return level


@contextmanager
def decompressor(stream: BinaryIO, codec: Codec) -> Iterator[BinaryIO]:
    """Read what ``codec`` compressed; damaged data are an :class:`InputError`."""
    with damage_told(codec):
        match codec:
            case "none":
                yield stream
            case "gz":
                with gzip.GzipFile(fileobj=stream) as file:
                    yield cast("BinaryIO", file)
            case "xz":
                with lzma.LZMAFile(stream) as xz_file:
                    yield cast("BinaryIO", xz_file)
            case "zst":
                with zstd.ZstdFile(stream) as zstd_file:
                    yield cast("BinaryIO", zstd_file)


@contextmanager
def damage_told(codec: str = "compressed") -> Iterator[None]:
    """Turn what the libraries raise on damaged data into an :class:`InputError`."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, zstd.ZstdError) as error:
        raise InputError.of(
            f"damaged {codec} data: {error}", advice="the file is truncated or altered"
        ) from error


def detect_codec(stream: BinaryIO) -> Codec:
    """Name the codec by the first bytes of a seekable stream, and go back to them."""
    position = stream.tell()
    head = stream.read(6)
    stream.seek(position)
    found = (codec for magic, codec in _MAGIC.items() if head.startswith(magic))
    return next(found, "none")


def codec_versions() -> Mapping[str, str]:
    """Versions of the libraries that decide the bytes, for the record of provenance.

    liblzma does not tell its version through Python, so Python's own stands for it.
    """
    return {
        "deflate": deflate.__version__,
        "lzma": f"{platform.python_implementation()} {platform.python_version()}",
        "zstd": zstd.zstd_version,
    }
