"""The lock: which versions were tested together. Facts, no policy."""

from repackage.lock._model import (
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
    PackageId,
    RegistryPath,
    RegistryUrl,
    Source,
    SourceTree,
)

__all__ = [
    "ConflictItem",
    "Declaration",
    "Declarations",
    "DirectUrl",
    "Edge",
    "Git",
    "Hash",
    "LocalArchive",
    "Lock",
    "LockedFile",
    "LockedPackage",
    "PackageId",
    "RegistryPath",
    "RegistryUrl",
    "Source",
    "SourceTree",
]
