"""Files of an artifact that is examined, turned into entries without trusting their sizes.

Everything is digested as it goes by; what an installation says of itself is kept, and all
else is found again if somebody asks for it. So memory does not grow with the artifact.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import deflate

from repackage.errors import InputError
from repackage.tree import Digests, File, Inline, Packed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CHUNK = 1 << 20
#: What a check reads: metadata of distributions, pointers, and what a machine says of itself.
_TELLING = re.compile(
    r".*\.(?:dist|egg)-info/[^/]+|.*\.(?:pth|start|egg-link)|(?:.*/)?(?:pyvenv\.cfg|ledger\.json)"
    r"|(?:etc|usr/lib)/os-release|.*\.egg-info",
    re.DOTALL,
)
#: The longest file that is kept, and how much is kept in all.
_KEPT_FILE = 4 << 20
_KEPT = 64 << 20
#: Expansion beyond both is a bomb: deflate reaches 1032, real installations 3 to 10. What is
#: harmless is only digested, in bounded memory, and is what a wheel may inflate to.
_HARMLESS = 32 << 30
_EXPANSION = 200
#: A whole machine has some 100,000 files; each costs about a kilobyte of memory.
_ENTRIES = 2_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What an artifact says of one of its files."""

    path: str
    size: int
    mode: int
    mtime: int


class Intake:
    """Takes in the files of one artifact; ``size`` is what it occupies, in bytes.

    Where nobody asks for the old digest, ``md5`` saves the time that it takes.
    """

    def __init__(self, size: int, *, md5: bool = True) -> None:
        self._md5 = md5
        self._allowed = max(_HARMLESS, _EXPANSION * size)
        self._taken = 0
        self._kept = 0
        self._entries = 0

    @classmethod
    def of(cls, artifact: Path, *, md5: bool = True) -> Intake:
        """Prepare for an artifact that is a file."""
        return cls(artifact.stat().st_size, md5=md5)

    def take(
        self, claim: Claim, stream: BinaryIO, *, find: Callable[[], BinaryIO] | None = None
    ) -> File:
        """Read a file to the end that is claimed; without ``find``, its bytes are kept.

        Raises:
            InputError: It ends before, or the artifact holds too much.
        """
        self.spend(claim.size)
        keeps = find is None or self._keeps(claim)
        kept, digests = _digested(claim, stream, keeps=keeps, md5=self._md5)
        content = Inline(data=kept) if keeps or find is None else Packed(find=find)
        return File(
            path=claim.path,
            mode=claim.mode,
            mtime=claim.mtime,
            size=claim.size,
            digests=digests,
            content=content,
        )

    def count(self) -> None:
        """Count an entry.

        Raises:
            InputError: There are more than anybody installs.
        """
        self._entries += 1
        if self._entries > _ENTRIES:
            raise InputError.of(
                f"it has more than {_ENTRIES} entries",
                advice="it is made to fill a memory: do not unpack it",
            )

    def spend(self, size: int) -> None:
        """Count bytes that an artifact expands to.

        Raises:
            InputError: They are more than anything that is installed could hold.
        """
        self._taken += size
        if self._taken > self._allowed:
            raise InputError.of(
                f"it expands to more than {self._allowed >> 30} GiB",
                advice="it is made to fill a disk: do not unpack it",
            )

    def _keeps(self, claim: Claim) -> bool:
        enough = claim.size > _KEPT_FILE or self._kept + claim.size > _KEPT
        if enough or not _TELLING.fullmatch(claim.path):
            return False
        self._kept += claim.size
        return True


def _digested(
    claim: Claim, stream: BinaryIO, *, keeps: bool, md5: bool
) -> tuple[bytes, Digests]:
    """Digest a file; its bytes are returned if it keeps them."""
    sha256, crc32 = hashlib.sha256(), 0
    old = hashlib.md5(usedforsecurity=False) if md5 else None
    kept = bytearray()
    left = claim.size
    while left and (chunk := stream.read(min(left, _CHUNK))):
        sha256.update(chunk)
        if old is not None:
            old.update(chunk)
        crc32 = deflate.crc32(chunk, crc32)
        left -= len(chunk)
        if keeps:
            kept += chunk
    if left:
        raise InputError.of(
            f"{claim.path!r} ends {left} bytes too early",
            advice="the file is truncated or altered",
        )
    digests = Digests(
        sha256=sha256.hexdigest(), md5=old.hexdigest() if old else "", crc32=crc32
    )
    return bytes(kept), digests
