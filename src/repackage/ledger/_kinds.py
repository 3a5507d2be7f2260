"""What the strings of a ledger stand for."""

from __future__ import annotations

import re
from typing import TypeVar, get_args

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from repackage.ledger._fields import Kind
from repackage.ledger._model import Action, LockKind, Obtained, TreeKind
from repackage.lock import DIGITS, Hash

T = TypeVar("T", bound=str)

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.ASCII)
_HEXADECIMAL = re.compile(r"[0-9a-f]+", re.ASCII)
#: Of a repository with SHA-1, and of one with SHA-256.
_COMMIT_SIZES = (40, 64)


def _name(text: str) -> NormalizedName:
    if _NAME.fullmatch(text) and canonicalize_name(text) == text:
        return canonicalize_name(text)
    raise ValueError(f"{text!r} is not a normalised name")


def _version(text: str) -> Version:
    try:
        return Version(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a version") from None


def _path(text: str) -> str:
    if {"", ".", ".."} & set(text.split("/")) or "\0" in text:
        raise ValueError(f"{text!r} is not a plain path")
    return text


def _filename(text: str) -> str:
    if "/" in _path(text):
        raise ValueError(f"{text!r} is not the name of a file")
    return text


def _hash(text: str) -> Hash:
    algorithm, _, digest = text.partition(":")
    for known, size in DIGITS.items():
        if known == algorithm and len(digest) == size and _HEXADECIMAL.fullmatch(digest):
            return Hash(algorithm=known, digest=digest)
    raise ValueError(f"{text!r} is not a digest")


def _sha256(text: str) -> str:
    return _hash(f"sha256:{text}").digest


def _commit(text: str) -> str:
    if len(text) not in _COMMIT_SIZES or not _HEXADECIMAL.fullmatch(text):
        raise ValueError(f"{text!r} is not a commit")
    return text


def _choice(choices: tuple[T, ...]) -> Kind[T]:
    def parse(text: str) -> T:
        for choice in choices:
            if choice == text:
                return choice
        raise ValueError(f"{text!r} is none of {', '.join(choices)}")

    return Kind(parse=parse, placeholder=choices[0])


NAME = Kind(parse=_name, placeholder=canonicalize_name("wrong"))
VERSION = Kind(parse=_version, placeholder=Version("0"))
PATH = Kind(parse=_path, placeholder="wrong")
FILENAME = Kind(parse=_filename, placeholder="wrong")
HASH = Kind(parse=_hash, placeholder=Hash(algorithm="sha256", digest=""))
SHA256 = Kind(parse=_sha256, placeholder="")
COMMIT = Kind(parse=_commit, placeholder="")
TEXT = Kind(parse=str, placeholder="")
ACTION: Kind[Action] = _choice(get_args(Action))
LOCK_KIND: Kind[LockKind] = _choice(get_args(LockKind))
OBTAINED: Kind[Obtained] = _choice(get_args(Obtained))
TREE: Kind[TreeKind] = _choice(get_args(TreeKind))
