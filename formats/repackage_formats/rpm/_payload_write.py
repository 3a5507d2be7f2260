"""The payload of an rpm: streamed through a codec, digested before and behind it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from repackage.archive import compressor
from repackage_formats.rpm._cpio_write import CpioWriter
from repackage_formats.rpm._files_encode import GHOST, is_large

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Buffer

    from repackage.archive import Codec, Writable
    from repackage_formats.rpm._facts import Facts

#: Our names of the codecs, by rpm's.
CODECS: Final[Mapping[str, Codec]] = {"gzip": "gz", "xz": "xz", "zstd": "zst", "none": "none"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """Size and digests of some bytes; format 4 has no more than the first digest."""

    size: int
    sha256: str
    sha512: str = ""
    sha3_256: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What a payload turned out to be: as it lies in the file, and uncompressed."""

    payload: Sum
    archive: Sum


def unknown(rpm_format: Literal[4, 6]) -> Written:
    """Stand in for what is not known yet, with the same length in a header."""
    nothing = _Digested(io.BytesIO(), rpm_format).sum()
    return Written(payload=nothing, archive=nothing)


def write_payload(facts: Facts, stream: Writable, *, level: int, jobs: int) -> Written:
    """Write the files of a package; memory does not grow with them."""
    compressed = _Digested(stream, facts.rpm_format)
    codec = CODECS[facts.compression]
    with compressor(
        compressed, codec, level=None if codec == "none" else level, jobs=jobs
    ) as plain:
        archive = _Digested(plain, facts.rpm_format)
        cpio = CpioWriter(archive, short=is_large(facts))
        for number, entry in enumerate(facts.tree):
            if not facts.file_flags.get(entry.path, 0) & GHOST:
                cpio.add(entry, number=number)
        cpio.close()
    return Written(payload=compressed.sum(), archive=archive.sum())


class _Digested:
    """Hands on what is written, and digests it."""

    def __init__(self, stream: Writable, rpm_format: Literal[4, 6]) -> None:
        self._stream = stream
        names = ("sha256",) if rpm_format == 4 else ("sha256", "sha512", "sha3_256")  # noqa: PLR2004 - the older format
        self._digests = {name: hashlib.new(name) for name in names}
        self._size = 0

    def write(self, data: Buffer, /) -> int:
        """Take bytes."""
        view = memoryview(data)
        for digest in self._digests.values():
            digest.update(view)
        self._size += view.nbytes
        self._stream.write(view)
        return view.nbytes

    def sum(self) -> Sum:
        """What went by."""
        digests = {name: digest.hexdigest() for name, digest in self._digests.items()}
        return Sum(size=self._size, **digests)
