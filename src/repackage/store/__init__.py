"""The content-addressed cache on disk: artifacts, and the manifests of verified wheels.

Everything in it can be deleted at any time, is written to a temporary name and renamed,
and is verified when it is used. ::

    v1/artifacts/<ab>/<sha256>/<file name>   as downloaded or built, read-only
    v1/manifests/<ab>/<key>                  verified wheels, as JSON
    v1/aliases/<ab>/<key>                    the SHA-256 of an artifact, by another digest
    v1/seen/<ab>/<key>                       the SHA-256 of a file, by its path and status
    v1/built/<ab>/<key>                      which artifact was built, by source and builder
    v1/pieces/<ab>/<key>                     parts of artifacts, sealed by v1/seals/
    v1/prepared/<format>/                    what a format keeps for itself
    v1/git/<key>/                            mirrors of repositories
    v1/partial/<key>                         downloads that are not finished
    v1/scratch/                              of processes that are running
"""

from repackage.store._disk import (
    move,
    storing,
    synchronise,
    unless_cleared,
    write_atomically,
)
from repackage.store._environment import parse_size
from repackage.store._lock import locked
from repackage.store._shelf import Shelf
from repackage.store._store import Store
from repackage.store._upkeep import KINDS, KindInfo, Removed, StoreInfo
from repackage.store._wheels import KeptWheels

__all__ = [
    "KINDS",
    "KeptWheels",
    "KindInfo",
    "Removed",
    "Shelf",
    "Store",
    "StoreInfo",
    "locked",
    "move",
    "parse_size",
    "storing",
    "synchronise",
    "unless_cleared",
    "write_atomically",
]
