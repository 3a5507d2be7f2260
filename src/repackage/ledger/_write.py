"""A ledger as JSON: the same bytes for the same facts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

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
)

if TYPE_CHECKING:
    from repackage.ledger._model import Ledger, LedgerEntry, LedgerTarget, Origin
    from repackage.lock import Hash


def to_json(ledger: Ledger) -> bytes:
    """Write a ledger: keys sorted, lines ended by LF, ASCII, which is UTF-8 too."""
    externals: dict[str, Any] = (
        {"externals": dict(ledger.externals)} if ledger.externals else {}
    )
    document = {
        "schema": SCHEMA,
        "repackage": ledger.repackage,
        "application": {"name": ledger.application, "version": str(ledger.version)},
        "lock": {"kind": ledger.lock_kind, "sha256": ledger.lock_sha256},
        "target": _target(ledger.target),
        "selection": {
            "extras": ledger.extras,
            "groups": ledger.groups,
            "production": ledger.production,
        },
        "policy": {"level": ledger.policy, "package": dict(ledger.overrides)},
        **externals,
        "distributions": [_entry(entry) for entry in ledger.entries],
    }
    return f"{json.dumps(document, indent=1, sort_keys=True)}\n".encode("ascii")


def _target(target: LedgerTarget) -> dict[str, Any]:
    return {
        "name": target.name,
        "python": target.python,
        "platform": target.platform,
        "arch": target.arch,
        "distribution": target.distribution or None,
        "markers": dict(target.markers),
    }


def _entry(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "version": str(entry.version),
        "source": None if entry.source is None else _origin(entry.source),
        "artifact": _evidence(entry.artifact),
        "dist_info": entry.dist_info,
        "record": entry.record,
        "extras": entry.extras,
        "required_by": entry.required_by,
        "verdicts": entry.verdicts,
        "edits": [_edit(edit) for edit in entry.edits],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "filename": evidence.filename,
        "obtained": evidence.obtained,
        "hashes": {each.algorithm: each.digest for each in evidence.hashes},
        "built_from": _hash(evidence.built_from),
    }


def _hash(found: Hash | None) -> str | None:
    return None if found is None else f"{found.algorithm}:{found.digest}"


def _edit(edit: Edit) -> dict[str, str]:
    return {"path": edit.path, "action": edit.action, "reason": edit.reason}


def _origin(origin: Origin) -> dict[str, str]:
    match origin:
        case FromIndex(url=url):
            return {"kind": "index", "url": url}
        case FromDirectory():
            return {"kind": "flat-index"}
        case FromGit(url=url, commit=commit, subdirectory=subdirectory):
            return {"kind": "git", "url": url, "commit": commit, "subdirectory": subdirectory}
        case FromUrl(url=url, subdirectory=subdirectory):
            return {"kind": "url", "url": url, "subdirectory": subdirectory}
        case FromFile(filename=filename):
            return {"kind": "file", "filename": filename}
        case FromTree(kind=kind):
            return {"kind": "tree", "tree": kind}
