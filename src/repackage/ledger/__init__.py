"""The ledger: what an artifact says of its making, for those who check it later.

Evidence, no signature: whoever can change an installed file can change its ledger.
"""

from repackage.ledger._find import FoundLedger, Ledgers, find_ledgers
from repackage.ledger._model import (
    SCHEMA,
    Edit,
    Evidence,
    FromDirectory,
    FromFile,
    FromGit,
    FromIndex,
    FromTree,
    FromUrl,
    Ledger,
    LedgerEntry,
    LedgerTarget,
    Origin,
)
from repackage.ledger._place import is_ledger
from repackage.ledger._read import LARGEST, from_json
from repackage.ledger._source import origin_of, public_url
from repackage.ledger._write import to_json

__all__ = [
    "LARGEST",
    "SCHEMA",
    "Edit",
    "Evidence",
    "FoundLedger",
    "FromDirectory",
    "FromFile",
    "FromGit",
    "FromIndex",
    "FromTree",
    "FromUrl",
    "Ledger",
    "LedgerEntry",
    "LedgerTarget",
    "Ledgers",
    "Origin",
    "find_ledgers",
    "from_json",
    "is_ledger",
    "origin_of",
    "public_url",
    "to_json",
]
