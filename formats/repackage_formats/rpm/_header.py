"""The header of an rpm: read with rpmfile, once it is known to be no trap.

rpmfile believes the numbers that it finds, so they are held against the limits of librpm
and against the file first. It leaves out 64-bit numbers and the digest of the header,
which are read here.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.errors import InputError
from repackage_formats.rpm._header_decode import Tags, damaged, read_tags
from repackage_formats.rpm._header_tags import SignatureTag, Tag
from repackage_formats.rpm._lead import LEAD, MAGIC

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """Both headers; the tags of the main one by rpmfile's names, too."""

    tags: Mapping[str | int, object]
    signature: Tags
    main: Tags
    payload: int
    """Where the payload begins."""

    @property
    def long_sizes(self) -> tuple[int, ...]:
        """Sizes of files, where one is too large for 32 bits."""
        return self.main.numbers(Tag.LONG_FILE_SIZES)

    def text(self, name: str) -> str:
        """A tag that is a string; empty if it is not there."""
        value = self.tags.get(name)
        return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else ""

    def texts(self, name: str) -> list[str]:
        """A tag that is an array of strings."""
        value = self.tags.get(name, [])
        values = value if isinstance(value, list) else [value]
        return [
            each.decode("utf-8", "surrogateescape")
            for each in values
            if isinstance(each, bytes)
        ]

    def numbers(self, name: str) -> tuple[int, ...]:
        """A tag that is an array of numbers; rpmfile unwraps an array of one."""
        value = self.tags.get(name, ())
        return (value,) if isinstance(value, int) else value if isinstance(value, tuple) else ()


def read_header(artifact: Path) -> Header:
    """Read the headers of an rpm.

    Raises:
        InputError: It is no rpm, or its header is damaged or altered.
    """
    import rpmfile  # slow to import
    from rpmfile.errors import RPMError

    with artifact.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise InputError.of("it is not an rpm: its lead is missing", where=str(artifact))
        file.seek(LEAD.size)
        signature = read_tags(file)
        file.seek(-(file.tell() - LEAD.size) % 8, 1)
        main = read_tags(file)
        payload = file.tell()
        file.seek(0)
        try:
            found = rpmfile.RPMFile(fileobj=file)
        except (RPMError, AssertionError, LookupError, ValueError, struct.error) as error:
            raise damaged(str(error)) from error
    if found.data_offset != payload:
        raise damaged("bytes between its headers")
    digest = signature.text(SignatureTag.SHA256)
    if digest and digest != hashlib.sha256(main.encoded).hexdigest():
        raise damaged("its header is not what it was made with")
    return Header(tags=found.headers, signature=signature, main=main, payload=payload)
