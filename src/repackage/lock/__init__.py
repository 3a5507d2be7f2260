"""The lock: which versions were tested together. Facts, no policy."""

from repackage.lock._digest import Digest, new_digest
from repackage.lock._find import find_lock
from repackage.lock._model import (
    BuildConstraint,
    ConflictItem,
    Declaration,
    Declarations,
    DirectUrl,
    Edge,
    Git,
    Hash,
    LocalArchive,
    Lock,
    LockedFile,
    LockedPackage,
    Manifest,
    PackageId,
    RegistryPath,
    RegistryUrl,
    Source,
    SourceTree,
)
from repackage.lock._modifiers import Exclude, Override, Scope, StaticMetadata
from repackage.lock._read import read_lock

__all__ = [
    "BuildConstraint",
    "ConflictItem",
    "Declaration",
    "Declarations",
    "Digest",
    "DirectUrl",
    "Edge",
    "Exclude",
    "Git",
    "Hash",
    "LocalArchive",
    "Lock",
    "LockedFile",
    "LockedPackage",
    "Manifest",
    "Override",
    "PackageId",
    "RegistryPath",
    "RegistryUrl",
    "Scope",
    "Source",
    "SourceTree",
    "StaticMetadata",
    "find_lock",
    "new_digest",
    "read_lock",
]
