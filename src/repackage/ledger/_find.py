"""Ledgers that are there: in an artifact, in a directory, in a root with several packages."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.errors import InputError
from repackage.ledger._place import is_ledger
from repackage.ledger._read import LARGEST, from_json
from repackage.tree import File, parents, read_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from repackage.ledger._model import Ledger, LedgerEntry
    from repackage.tree import Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundLedger:
    """A ledger, and where it was found."""

    path: str
    base: str
    """The directory that its paths start from: what is relocatable may be anywhere."""
    ledger: Ledger

    def place_of(self, entry: LedgerEntry) -> str:
        """Where the ``.dist-info`` directory of an entry is, seen from where it was found."""
        return posixpath.join(self.base, entry.dist_info)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledgers:
    """The ledgers that were found, and why others cannot be used."""

    found: tuple[FoundLedger, ...] = ()
    """Sorted by path."""
    notes: tuple[str, ...] = ()


def find_ledgers(entries: Iterable[Entry]) -> Ledgers:
    """Read the ledgers among entries; one that cannot be read is as good as none."""
    files = {entry.path: entry for entry in entries if isinstance(entry, File)}
    found, notes = [], []
    for path in sorted(filter(is_ledger, files)):
        if files[path].size > LARGEST:
            notes.append(f"{path}: a ledger of {files[path].size} bytes is too large")
            continue
        try:
            ledger = from_json(read_file(files[path]), where=path)
        except InputError as error:
            notes.append(str(error.problems[0]))
            continue
        base = _base(path, ledger, files)
        found.append(FoundLedger(path=path, base=base, ledger=ledger))
    return Ledgers(found=tuple(found), notes=tuple(notes))


def _base(path: str, ledger: Ledger, paths: Collection[str]) -> str:
    """Find the directory from which most distributions are where the ledger says."""

    def fitting(base: str) -> int:
        places = (posixpath.join(base, entry.dist_info) for entry in ledger.entries)
        return sum(f"{place}/METADATA" in paths for place in places)

    return max(["", *parents(path)], key=fitting)
