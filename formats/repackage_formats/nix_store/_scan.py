"""Which paths of a store a tree names: what Nix calls its references."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from repackage.errors import FormatError, Problems
from repackage_formats.nix_store._path import HASH_PART, NAME, STORE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Buffer

    from repackage.archive import Writable
    from repackage_formats.nix_store._path import StorePath

#: What may be cut in two by the end of a piece: a path, and as much of its name as is shown.
_OVERLAP = len(STORE) + 1 + 32 + 1 + 64
_PATH = re.compile(rf"{STORE}/({HASH_PART})-((?:{NAME.pattern})?)".encode())


class ReferenceScan:
    """Passes bytes on, and looks for hash parts as Nix does: wherever they stand."""

    def __init__(self, stream: Writable, declared: Sequence[StorePath]) -> None:
        self.entry = ""
        """The path of the entry that is being written."""
        self._stream = stream
        self._declared = {path.hash_part.encode(): path for path in declared}
        self._hash = re.compile(b"|".join(self._declared)) if declared else None
        self._found: set[bytes] = set()
        self._strange: dict[bytes, tuple[str, str]] = {}
        self._tail = b""

    def write(self, data: Buffer, /) -> int:
        """Take bytes."""
        view = memoryview(data)
        window = self._tail + bytes(view)
        if self._hash is not None:
            self._found.update(self._hash.findall(window))
        for match in _PATH.finditer(window):
            if match[1] not in self._declared:
                self._note(match[1], match[0].decode())
        self._tail = window[-_OVERLAP:]
        self._stream.write(data)
        return len(view)

    def _note(self, hash_part: bytes, path: str) -> None:
        """Remember where a path was first, whole: the end of a piece may have cut its name."""
        known, entry = self._strange.get(hash_part, ("", self.entry))
        self._strange[hash_part] = (max(known, path, key=len), entry)

    def references(self) -> tuple[StorePath, ...]:
        """Return what was found of what is declared, sorted.

        Raises:
            FormatError: Something was found that is not declared.
        """
        problems = Problems()
        for path, entry in sorted(self._strange.values()):
            problems.add(
                f"the file names {path}, which is not declared",
                where=entry,
                advice=f"if it is needed, declare it: references = [{path!r}]; it must be in"
                " the store of those who install this",
            )
        problems.raise_if_any(FormatError)
        return tuple(sorted(self._declared[each] for each in self._found))
