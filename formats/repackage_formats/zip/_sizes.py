"""What Lambda takes: 250 MiB unpacked, layers included, and 50 MiB in one upload."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from repackage.tree import Entry

#: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
UNPACKED: Final = 262_144_000
UPLOADED: Final = 52_428_800
_MIB: Final = 1 << 20
_SHOWN: Final = 10


def refuse_too_large(entries: Iterable[Entry], *, package: str) -> None:
    """Refuse a function that Lambda would not unpack, naming what takes the most.

    Raises:
        FormatError: It is too large.
    """
    sizes: Counter[str] = Counter()
    for entry in entries:
        sizes[entry.origin or package] += getattr(entry, "size", 0)
    total = sizes.total()
    if total <= UNPACKED:
        return
    largest = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
    named = ", ".join(f"{name} {_mib(size)}" for name, size in largest)
    raise FormatError.of(
        f"{_mib(total)} unpacked ({total} bytes) are more than the {_mib(UNPACKED)} that Lambda"
        f" gives a function with all its layers; the largest: {named}",
        advice="leave something out, or make a container image, which may have 10 GiB",
    )


def warn_of_upload(archive: Path, *, warn: Callable[[str], None]) -> None:
    """Warn of what cannot be uploaded as it is."""
    size = archive.stat().st_size
    if size > UPLOADED:
        warn(
            f"{archive.name} has {_mib(size)}, and more than {_mib(UPLOADED)} cannot be uploaded"
            " directly: put it into a bucket"
        )


def _mib(size: int) -> str:
    return f"{size / _MIB:.1f} MiB"
