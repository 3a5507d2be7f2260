"""Names that some file systems take for one, by case or by Unicode form."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError, Problems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from repackage.tree import Entry

_SHOWN: Final = 10


def refuse_colliding(entries: Iterable[Entry]) -> None:
    """Refuse entries of which macOS or Windows would unpack one over the other.

    Raises:
        FormatError: There are some.
    """
    spellings: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        spellings[_folded(entry.path)].append(entry.path)
    colliding = [sorted(several) for several in spellings.values() if len(several) > 1]
    problems = Problems()
    for several in sorted(colliding)[:_SHOWN]:
        problems.add(
            f"{' and '.join(map(repr, several))} are one file where case does not count",
            advice="set zip.colliding-names = 'allow' if it is unpacked on Linux only",
        )
    problems.raise_if_any(FormatError)


def _folded(path: str) -> str:
    if path.isascii():
        return path.lower()
    folded = unicodedata.normalize("NFC", path).casefold()
    return unicodedata.normalize("NFC", folded)
