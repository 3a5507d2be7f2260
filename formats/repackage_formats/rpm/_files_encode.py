"""The files of an rpm, as parallel arrays of its header: one element for each file."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Final

from repackage.tree import Directory, File, Symlink
from repackage_formats.rpm._header_encode import int16s, int32s, int64s, texts
from repackage_formats.rpm._header_tags import LARGE, SHA256, Tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage.tree import Entry
    from repackage_formats.rpm._facts import Facts
    from repackage_formats.rpm._header_encode import Data

#: Bit of rpmfileAttrs: the package owns the file, and does not bring it.
GHOST: Final = 1 << 6
_VERIFY_ALL: Final = 0xFFFFFFFF
#: All but digest, size, link and date.
_VERIFY_GHOST: Final = 0xFFFFFFD8


def file_entries(facts: Facts) -> dict[int, Data]:
    """Describe every file, in the order of the bytes of their paths."""
    files = facts.tree.entries
    if not files:
        return _size(0, facts)
    flags = [facts.file_flags.get(file.path, 0) for file in files]
    ghosts = [bool(flag & GHOST) for flag in flags]
    total = len(files)
    digests = [
        "" if ghost else _digest(file) for file, ghost in zip(files, ghosts, strict=True)
    ]
    return {
        **_sizes(facts, ghosts=ghosts),
        **_names(files),
        Tag.FILE_MODES: int16s([file_mode(file) for file in files]),
        Tag.FILE_RDEVS: int16s([0] * total),
        Tag.FILE_MTIMES: int32s([file.mtime for file in files]),
        Tag.FILE_DIGESTS: texts(digests),
        Tag.FILE_DIGEST_ALGORITHM: int32s([SHA256]),
        Tag.FILE_LINK_TOS: texts([getattr(file, "target", "") for file in files]),
        Tag.FILE_FLAGS: int32s(flags),
        Tag.FILE_USER_NAME: texts(["root"] * total),
        Tag.FILE_GROUP_NAME: texts(["root"] * total),
        Tag.FILE_VERIFY_FLAGS: int32s(
            [_VERIFY_GHOST if ghost else _VERIFY_ALL for ghost in ghosts]
        ),
        Tag.FILE_DEVICES: int32s([1] * total),
        Tag.FILE_INODES: int32s(inodes(facts)),
        Tag.FILE_LANGS: texts([""] * total),
        Tag.FILE_COLORS: int32s([facts.file_colors.get(file.path, 0) for file in files]),
    }


def inodes(facts: Facts) -> list[int]:
    """Number the files from 1; all names of one file have the number of its first name."""
    found = range(1, len(facts.tree) + 1)
    if not facts.hard_links:
        return list(found)
    numbers = {entry.path: number for number, entry in enumerate(facts.tree, 1)}
    first = {path: numbers[paths[0]] for paths in facts.hard_links for path in paths}
    return [first.get(entry.path, numbers[entry.path]) for entry in facts.tree]


def file_mode(entry: Entry) -> int:
    """The mode of an entry with the bits that tell its kind."""
    match entry:
        case File(mode=mode):
            return stat.S_IFREG | mode
        case Directory(mode=mode):
            return stat.S_IFDIR | mode
        case Symlink():
            return stat.S_IFLNK | 0o777


def file_size(entry: Entry) -> int:
    """The size of an entry as rpm counts: a directory has none, whatever the disk says."""
    match entry:
        case File(size=size):
            return size
        case Symlink(target=target):
            return len(target.encode())
        case Directory():
            return 0


def is_large(facts: Facts) -> bool:
    """Whether sizes of files have 64 bits, and the payload has numbers for their names.

    So they have in format 6, and where a file is too large for 32 bits.
    """
    return facts.is_of_format_6 or any(
        isinstance(entry, File) and entry.size >= LARGE for entry in facts.tree
    )


def _sizes(facts: Facts, *, ghosts: Sequence[bool]) -> Mapping[int, Data]:
    pairs = zip(facts.tree, ghosts, strict=True)
    sizes = [0 if ghost else file_size(file) for file, ghost in pairs]
    large = is_large(facts)
    once = dict(zip(inodes(facts), sizes, strict=True))
    return {
        **({Tag.LONG_FILE_SIZES: int64s(sizes)} if large else {Tag.FILE_SIZES: int32s(sizes)}),
        **_size(sum(once.values()), facts),
    }


def _size(total: int, facts: Facts) -> dict[int, Data]:
    if total >= LARGE or facts.is_of_format_6:
        return {Tag.LONG_SIZE: int64s([total])}
    return {Tag.SIZE: int32s([total])}


def _names(files: Sequence[Entry]) -> Mapping[int, Data]:
    """Split paths: each directory is named once, in the order of its first file."""
    directories: dict[str, int] = {}
    indexes, names = [], []
    for file in files:
        directory, _, name = f"/{file.path}".rpartition("/")
        indexes.append(directories.setdefault(f"{directory}/", len(directories)))
        names.append(name)
    return {
        Tag.DIR_INDEXES: int32s(indexes),
        Tag.BASE_NAMES: texts(names),
        Tag.DIR_NAMES: texts(list(directories)),
    }


def _digest(entry: Entry) -> str:
    return entry.digests.sha256 if isinstance(entry, File) else ""
