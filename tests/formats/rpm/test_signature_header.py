"""The signature header has one size, whatever is in it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.errors import FormatError
from repackage_formats.rpm._header_decode import read_tags
from repackage_formats.rpm._header_encode import binary
from repackage_formats.rpm._header_tags import Region, SignatureTag
from repackage_formats.rpm._signature_header import SIGNATURE_SIZE, Sums, signature_header
from tests.formats.rpm import librpm

if TYPE_CHECKING:
    from repackage_formats.rpm._header_encode import Data

SHA256 = "5" * 64
LARGE = (1 << 32) - 1


def sums(*, size: int = 1000, archive_size: int = 5000, old: bool = True) -> Sums:
    return Sums(
        sha256=SHA256,
        sha1="1" * 40 if old else "",
        md5=bytes(16) if old else b"",
        size=size,
        archive_size=archive_size,
    )


def tags(encoded: bytes) -> set[int]:
    return set(read_tags(io.BytesIO(encoded)).entries)


@given(
    size=st.integers(0, 1 << 40),
    archive_size=st.integers(0, 1 << 40),
    signature=st.integers(0, 4000),
    old=st.booleans(),
)
def test_its_size_depends_on_nothing(
    size: int, archive_size: int, signature: int, *, old: bool
) -> None:
    extra: dict[int, Data] = {SignatureTag.RSA: binary(bytes(signature))}
    encoded = signature_header(
        sums(size=size, archive_size=archive_size, old=old), signatures=extra
    )

    assert len(encoded) == SIGNATURE_SIZE
    assert SIGNATURE_SIZE % 8 == 0
    assert librpm.problems(encoded, region=Region.SIGNATURES) == []


@pytest.mark.parametrize(
    ("size", "archive_size", "large"),
    [
        (LARGE - 1, LARGE - 1, False),
        (LARGE, 0, True),
        (0, LARGE, True),
        (1 << 40, 1 << 41, True),
    ],
)
def test_sizes_have_64_bits_where_they_must(
    size: int, archive_size: int, *, large: bool
) -> None:
    found = tags(signature_header(sums(size=size, archive_size=archive_size)))

    assert ({SignatureTag.LONG_SIZE, SignatureTag.LONG_ARCHIVE_SIZE} <= found) == large
    assert ({SignatureTag.SIZE, SignatureTag.ARCHIVE_SIZE} <= found) != large


def test_digests_that_a_machine_forbids_are_left_out() -> None:
    found = tags(signature_header(sums(old=False)))

    assert SignatureTag.SHA256 in found
    assert not found & {SignatureTag.SHA1, SignatureTag.MD5}


def test_signatures_that_do_not_fit_are_refused() -> None:
    with pytest.raises(FormatError, match="too long for the space"):
        signature_header(sums(), signatures={SignatureTag.RSA: binary(bytes(5000))})
