"""What the ledger of an artifact says was asked for: what it is judged for by default."""

from __future__ import annotations

import platform
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from repackage.errors import TargetError
from repackage.ledger import find_ledgers
from repackage.target import linux_architecture, names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from repackage.ledger import FoundLedger, Ledger, LedgerTarget
    from repackage.tree import Entry

#: Options that select; with any of them, the selection is the user's.
_SELECTING = (
    *("extras", "all_extras", "no_extras"),
    *("groups", "all_groups", "only_groups", "no_groups", "default_groups"),
)


def recorded(entries: Iterable[Entry], *, name: str | None = None) -> FoundLedger | None:
    """Find the ledger of the application: that of ``name``, or else the only one."""
    found = find_ledgers(entries).found
    if name is not None:
        wanted = canonicalize_name(name)
        found = tuple(each for each in found if each.ledger.application == wanted)
    return found[0] if len(found) == 1 else None


def application(found: FoundLedger, entries: Iterable[Entry]) -> str | None:
    """Name the application, if it is still there."""
    ledger = found.ledger
    place = found.place_of(ledger.by_name[ledger.application])
    there = any(entry.path == f"{place}/METADATA" for entry in entries)
    return str(ledger.application) if there else None


def target_flags(ledger: Ledger) -> dict[str, object]:
    """Spell the target as keys of ``[tool.repackage]``; a name of old may be none any more."""
    target = ledger.target
    flags: dict[str, object] = {"python": target.python}
    known = {each.name: each for each in names()}.get(target.distribution)
    if known is not None:
        arch = target.arch or _machine(known.architectures)
        return flags | {"target": known.name, "arch": arch}
    return flags | {"platform": target.platform if target.arch else _platform(target)}


def _machine(architectures: Sequence[str]) -> str:
    """This machine's architecture, if there is such a system for it; any other will do."""
    with suppress(TargetError):
        here = linux_architecture(platform.machine())
        if here in architectures:
            return here
    return architectures[0]


def _platform(target: LedgerTarget) -> str:
    """Take one of the machines of a system: what is made for all is the same on each."""
    system = target.name.partition("-")[2]
    if system == "win":
        return "win_amd64"
    machines = ("arm64",) if system.startswith("macosx") else ("x86_64", "aarch64")
    return f"{system}_{_machine(machines)}"


def selection_flags(ledger: Ledger, given: Mapping[str, Any]) -> dict[str, object]:
    """Spell the selection as keys of ``[tool.repackage]``, unless there is another one."""
    if any(given.get(option) for option in _SELECTING):
        return {}
    if not ledger.production:
        return {"only-groups": tuple(ledger.groups)}
    return {"extras": tuple(ledger.extras), "groups": tuple(ledger.groups)}
