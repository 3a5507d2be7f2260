"""Digests of what goes by: of a payload as it is written, and of the archive that is in it.

A header has the digest of the archive, too, for which all that is copied would be inflated. It
is read last, and not at all where an earlier build has digested the same archive, and has
found the rpm that it was for to be right.
"""

from __future__ import annotations

import hashlib
import itertools
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from typing_extensions import Buffer

    from repackage.format import Logbook, Pieces

#: Digests by the format of an rpm.
_NAMES: Final[Mapping[int, tuple[str, ...]]] = {
    4: ("sha256",),
    6: ("sha256", "sha512", "sha3_256"),
}
#: Bytes between what is copied that may wait until it is known whether anybody reads them.
_WAITING: Final = 4 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """Size and digests of some bytes; format 4 has no more than the first digest."""

    size: int
    sha256: str
    sha512: str = ""
    sha3_256: str = ""


class Digests:
    """Digests and size of what goes by."""

    def __init__(self, rpm_format: Literal[4, 6]) -> None:
        self._digests = {name: hashlib.new(name) for name in _NAMES[rpm_format]}
        self.size = 0

    def update(self, data: Buffer) -> None:
        """Take bytes in."""
        self._digest(data)
        self.size += memoryview(data).nbytes

    def sum(self) -> Sum:
        """What went by."""
        return Sum(size=self.size, **self._found())

    def _digest(self, data: Buffer) -> None:
        for digest in self._digests.values():
            digest.update(data)

    def _found(self) -> dict[str, str]:
        return {name: digest.hexdigest() for name, digest in self._digests.items()}


class ArchiveDigests(Digests):
    """Those of an archive, of which what is copied is read last, and only if it must be."""

    def __init__(self, rpm_format: Literal[4, 6]) -> None:
        super().__init__(rpm_format)
        self._later: list[Iterable[bytes]] = []
        self._waiting = 0
        self._known: dict[str, str] | None = None

    def update(self, data: Buffer) -> None:
        """Take bytes in, which wait for those before them."""
        size = memoryview(data).nbytes
        self.size += size
        if self._later:
            self._later.append((bytes(data),))
            self._waiting += size
            if self._waiting > _WAITING:
                self._read()
        elif self._known is None:
            self._digest(data)

    def postpone(self, size: int, data: Iterable[bytes]) -> None:
        """Take in as many bytes as are in ``data``, which is read later, or never."""
        self._later.append(data)
        self.size += size

    def settle(self, key: str, pieces: Pieces, logbook: Logbook) -> None:
        """Believe what is known of the whole archive, by a key of all that it depends on."""
        self._known = _recall(key, pieces, tuple(self._digests))
        if self._known is not None:
            self._later.clear()
            logbook.believed.append(key)

    def note(self, key: str, logbook: Logbook) -> None:
        """Note what was found out about it for later builds, if an earlier one has not."""
        if self._known is None:
            told = " ".join(self._found().values())
            logbook.found[key] = f"{told} {_check(key, told)}".encode()

    def _found(self) -> dict[str, str]:
        self._read()
        return super()._found() if self._known is None else self._known

    def _read(self) -> None:
        later, self._later, self._waiting = self._later, [], 0
        for data in itertools.chain.from_iterable(later):
            self._digest(data)


def _recall(key: str, pieces: Pieces, names: tuple[str, ...]) -> dict[str, str] | None:
    """What an earlier build has kept; nothing reads the archive again to see if it is true."""
    with suppress(OSError):
        path = pieces.find(key)
        kept = "" if path is None else path.read_bytes().decode("ascii", "replace")
        told, _, check = kept.rpartition(" ")
        if told and check == _check(key, told):
            return dict(zip(names, told.split(), strict=True))
    return None


def _check(key: str, told: str) -> str:
    """Digest what was told of what, so that a damage since it was found does not go unseen."""
    return hashlib.sha256(f"{key} {told}".encode()).hexdigest()
