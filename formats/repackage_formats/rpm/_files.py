"""The files that the header of an rpm lists: names, modes, dates and links are all there."""

from __future__ import annotations

import stat
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.errors import InputError

if TYPE_CHECKING:
    from repackage_formats.rpm._header import Header

_GHOST = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A file as the header describes it."""

    path: str
    mode: int
    """With the bits that tell its kind."""
    mtime: int
    size: int
    target: str
    """Of a symbolic link."""
    digest: str
    inode: int
    linked: bool
    """Whether it is one name of several; the last one in the header has the content."""
    last: bool
    absent: bool
    """Whether nothing is installed: a ghost, or a device."""


def listed_files(header: Header) -> list[Listed]:
    """List the files of a header, in its order.

    Raises:
        InputError: The arrays of the header do not fit together.
    """
    paths = _paths(header)
    total = len(paths)
    inodes = _numbers(header, "fileinodes", total, default=range(total))
    sizes = header.long_sizes or _numbers(header, "filesizes", total)
    modes = _numbers(header, "filemodes", total)
    mtimes = _numbers(header, "filemtimes", total)
    flags = _numbers(header, "fileflags", total, default=(0,) * total)
    targets = _texts(header, "filelinktos", total)
    digests = _texts(header, "filemd5s", total)
    if len(sizes) != total:
        raise _unfit("longfilesizes")
    names = Counter(inodes)
    last = {inode: number for number, inode in enumerate(inodes)}
    return [
        Listed(
            path=path,
            mode=modes[at],
            mtime=mtimes[at],
            size=sizes[at],
            target=targets[at],
            digest=digests[at],
            inode=inodes[at],
            linked=names[inodes[at]] > 1,
            last=last[inodes[at]] == at,
            absent=bool(flags[at] & _GHOST) or not _installs(modes[at]),
        )
        for at, path in enumerate(paths)
    ]


def _installs(mode: int) -> bool:
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode)


def _paths(header: Header) -> list[str]:
    names, directories = header.texts("basenames"), header.texts("dirnames")
    at = _numbers(header, "dirindexes", len(names))
    if any(index >= len(directories) for index in at):
        raise _unfit("dirindexes")
    paths = [f"{directories[index]}{name}" for index, name in zip(at, names, strict=True)]
    seen: set[str] = set()
    for path in paths:
        parts = path.removeprefix("/").split("/")
        if path in seen or not path.startswith("/") or {"", ".", ".."} & set(parts):
            raise InputError.of(
                f"{path!r} is listed twice, or is no absolute path",
                advice="do not install this package",
            )
        seen.add(path)
    return [path.removeprefix("/") for path in paths]


def _numbers(
    header: Header, name: str, total: int, *, default: range | tuple[int, ...] = ()
) -> tuple[int, ...]:
    numbers = header.numbers(name) or tuple(default)
    if len(numbers) != total:
        raise _unfit(name)
    return numbers


def _texts(header: Header, name: str, total: int) -> list[str]:
    texts = header.texts(name) or [""] * total
    if len(texts) != total:
        raise _unfit(name)
    return texts


def _unfit(name: str) -> InputError:
    return InputError.of(
        f"damaged rpm: {name} has not as many elements as there are files",
        advice="the file is altered, or of a kind that is not known",
    )
