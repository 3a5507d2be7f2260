"""What ``repackage check`` is to judge: entries, and for which machine they are."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.cli._artifact import open_artifact
from repackage.cli._derive import Derived, derive
from repackage.cli._recognise import by_content, refuse_unreadable
from repackage.cli._recorded import application, recorded, selection_flags, target_flags
from repackage.errors import TargetError
from repackage.target import linux_architecture

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from repackage.cli._given import Checking
    from repackage.tree import Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What is to be judged."""

    entries: tuple[Entry, ...]
    derived: Derived
    name: str | None = None
    """The application; None: it is to be found."""


def subject_of(path: Path, given: Checking) -> Subject:
    """Read a directory or an artifact, and find out for which machine it is made."""
    format_name, site = given["format_name"], given["site"]
    asked = bool(given["target"] or given["platform"] or given["python"] or given["arch"])
    metadata: Mapping[str, str] = {}
    here = False
    refuse_unreadable(path)
    if path.is_dir() and format_name is None and by_content(path) is None:
        from repackage.check import read_directory  # lazily

        entries = tuple(read_directory(path))
        here = True
    else:
        held = open_artifact(
            path, format_name=format_name, arch=_arch(given), platform=given["platform"]
        )
        entries, metadata = held.entries, held.metadata
    counted = entries
    if site is not None:
        counted = tuple(entry for entry in entries if not _elsewhere(entry.path, site))
    found = recorded(entries, name=given["name"])
    if found is None:
        derived = Derived() if asked else derive(counted, metadata, here=here)
        return Subject(entries=entries, derived=derived, name=given["name"])
    flags = {} if asked else target_flags(found.ledger)
    return Subject(
        entries=entries,
        derived=Derived(
            flags=flags | selection_flags(found.ledger, given),
            evidence="" if asked else "its ledger",
        ),
        name=given["name"] or application(found, entries),
    )


def _arch(given: Checking) -> str | None:
    """The architecture that was asked for: by itself, or in a target or platform."""
    texts = (*given["arch"], given["platform"] or "", *given["target"])
    for text in texts:
        for found in (text, *re.findall(r"(?<=[-_])(?:x86_64|[a-z0-9]+)$", text)):
            with suppress(TargetError):
                return linux_architecture(found)
    return None


def _elsewhere(path: str, site: str) -> bool:
    """Whether it belongs to a distribution in another directory than the one in question."""
    return ".dist-info/" in path and not path.startswith(f"{site.strip('/')}/")
