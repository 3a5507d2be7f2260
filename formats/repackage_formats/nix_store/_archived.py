"""The compressed archive of a store path: made, or found among the pieces of earlier builds."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Any, Final

from repackage.archive import codec_versions, compressor, find_noted, keep_noted, proof_of
from repackage.format import Stretch
from repackage.scratch import temporary_directory
from repackage.tree import Directory, File, Symlink
from repackage_formats.nix_store._contents import contents
from repackage_formats.nix_store._nar import Digesting, Nar, write_nar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from repackage.archive import Codec
    from repackage.format import Logbook, Pieces, Plan
    from repackage.tree import Entry, Tree
    from repackage_formats.nix_store._path import StorePath
    from repackage_formats.nix_store.nix_cache import Options

#: What Nix calls a codec, and what we do.
CODECS: Final[Mapping[str, Codec]] = {"none": "none", "xz": "xz", "zstd": "zst"}
_LIBRARIES: Final = {"xz": "lzma", "zst": "zstd"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Archived:
    """An archive, and the file that it was compressed into."""

    nar: Nar
    sha256: bytes
    size: int

    def note(self) -> dict[str, Any]:
        """Write it down."""
        return {
            "nar": self.nar.sha256.hex(),
            "nar size": self.nar.size,
            "references": [str(path) for path in self.nar.references],
            "file": self.sha256.hex(),
            "file size": self.size,
        }

    @classmethod
    def noted(cls, note: Mapping[str, Any], *, declared: Iterable[StorePath]) -> Archived:
        """Read what was written down."""
        nar = Nar(
            sha256=bytes.fromhex(note["nar"]),
            size=note["nar size"],
            references=tuple(path for path in declared if str(path) in note["references"]),
        )
        return cls(nar=nar, sha256=bytes.fromhex(note["file"]), size=note["file size"])


def archived(plan: Plan[Options], tree: Tree, out: Path) -> Archived:
    """Write the compressed archive of everything that a store path holds into a new file.

    Raises:
        FormatError: With all that cannot be in it.
    """
    whole = contents(plan, tree)
    if plan.pieces is None or plan.logbook is None or plan.options.compression == "none":
        return _made(plan, whole, out)
    return _kept(plan, whole, out, pieces=plan.pieces, logbook=plan.logbook)


def _kept(
    plan: Plan[Options], whole: Tree, out: Path, *, pieces: Pieces, logbook: Logbook
) -> Archived:
    key = _key(plan, whole)
    proven = proof_of(key, pieces)
    found = None if proven == () else find_noted(key, pieces)
    if found is None:
        proven, made = None, _made(plan, whole, out)
        with temporary_directory(out.parent) as scratch:
            keep_noted(key, pieces, _copied(out, scratch / key), made.note())
    else:
        path, note = found
        made = Archived.noted(note, declared=plan.options.declared)
        _copied(path, out)
    logbook.stretches.append(
        Stretch(
            key=key,
            entries=tuple(whole),
            blocks=[made.size],
            copied=bool(proven),
            proven=proven or (),
        )
    )
    return made


def _made(plan: Plan[Options], whole: Tree, out: Path) -> Archived:
    options = plan.options
    codec = CODECS[options.compression]
    with out.open("xb") as file:
        compressed = Digesting(file)
        with compressor(compressed, codec, level=options.level, jobs=plan.jobs) as stream:
            nar = write_nar(plan, whole, stream)
    return Archived(nar=nar, sha256=compressed.sha256, size=compressed.size)


def _copied(path: Path, out: Path) -> Path:
    shutil.copyfile(path, out)
    return out


def _key(plan: Plan[Options], whole: Tree) -> str:
    """Digest everything that the bytes depend on, and what their references do."""
    codec = CODECS[plan.options.compression]
    listed = [
        *("nar 1", version_of("repackage"), codec, plan.options.level),
        codec_versions()[_LIBRARIES[codec]],
        sorted(map(str, plan.options.declared)),
        *map(facts, whole),
    ]
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()


def facts(entry: Entry) -> tuple[str, ...]:
    """All that an archive says of an entry: of a mode, whether it may be run; no date."""
    match entry:
        case File(path=path, mode=mode, size=size, digests=digests):
            return path, "file", str(bool(mode & 0o100)), str(size), digests.sha256
        case Directory(path=path):
            return path, "directory"
        case Symlink(path=path, target=target):
            return path, "link", target
