"""The payload of an rpm: streamed through a codec, digested before and behind it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

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
class Written:
    """What a payload turned out to be."""

    sha256: str
    """Of its bytes in the file."""
    size: int
    archive_sha256: str
    """Of the cpio archive, uncompressed."""
    archive_size: int


#: Stands in for what is not known yet, and has the same length in a header.
UNKNOWN: Final = Written(sha256="0" * 64, size=0, archive_sha256="0" * 64, archive_size=0)


def write_payload(facts: Facts, stream: Writable, *, level: int, jobs: int) -> Written:
    """Write the files of a package; memory does not grow with them."""
    compressed = _Digested(stream)
    codec = CODECS[facts.compression]
    with compressor(
        compressed, codec, level=None if codec == "none" else level, jobs=jobs
    ) as plain:
        archive = _Digested(plain)
        cpio = CpioWriter(archive, short=is_large(facts.tree.entries))
        for number, entry in enumerate(facts.tree):
            if not facts.file_flags.get(entry.path, 0) & GHOST:
                cpio.add(entry, number=number)
        cpio.close()
    return Written(
        sha256=compressed.sha256.hexdigest(),
        size=compressed.size,
        archive_sha256=archive.sha256.hexdigest(),
        archive_size=archive.size,
    )


class _Digested:
    """Hands on what is written, and digests it."""

    def __init__(self, stream: Writable) -> None:
        self._stream = stream
        self.sha256 = hashlib.sha256()
        self.size = 0

    def write(self, data: Buffer, /) -> int:
        """Take bytes."""
        view = memoryview(data)
        self.sha256.update(view)
        self.size += view.nbytes
        self._stream.write(view)
        return view.nbytes
