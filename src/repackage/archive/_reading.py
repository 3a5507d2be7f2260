"""Tar archives read back with the standard library, trusting nothing in them."""

from __future__ import annotations

import itertools
import tarfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from repackage.archive._codec import damage_told
from repackage.archive._intake import Claim, Intake
from repackage.errors import InputError
from repackage.tree import Directory, File, Symlink, pulled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from typing_extensions import Self

    from repackage.tree import Entry

    Opener = Callable[[], AbstractContextManager[BinaryIO]]

_CHUNK = 1 << 20
#: Beyond any set of attributes; ``tarfile`` reads them at once.
_LONGEST_HEADER = 1 << 20
#: Linux's PATH_MAX.
_LONGEST_PATH = 4096
_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class HardLink:
    """Another name of a file; only tar archives have them."""

    path: str
    target: str
    """The path of the file, from the root."""
    mtime: int


def read_tar(
    stream: BinaryIO, *, again: Opener | None = None, intake: Intake | None = None
) -> Iterator[Entry]:
    """Yield the entries of an uncompressed tar archive, one file's content at a time.

    A leading ``./`` and the root itself are dropped, a hard link to an earlier file is that
    file once more. Refused: paths that leave the root or stand twice, other hard links,
    devices, sparse files, damage, and data after the end.

    With ``again``, which opens the same stream anew, contents are not held in memory, and
    devices, which only machines have, are left out.
    """
    files: dict[str, File] = {}
    seen: set[str] = set()
    for entry in read_layer(stream, again=again, intake=intake, strictly=again is None):
        if entry.path in seen:
            raise InputError.of(f"{entry.path!r} is in the archive twice")
        seen.add(entry.path)
        if isinstance(entry, HardLink):
            if entry.target not in files:
                raise _unusable(entry.path)
            found: Entry = replace(files[entry.target], path=entry.path)
        else:
            found = entry
        if isinstance(found, File):
            files[found.path] = found
        if found.path:
            yield found


def read_layer(
    stream: BinaryIO,
    *,
    again: Opener | None = None,
    intake: Intake | None = None,
    strictly: bool = False,
) -> Iterator[Entry | HardLink]:
    """Yield what stands in a tar archive as it stands there, hard links and repetitions too.

    The root itself is an entry with an empty path. Devices, pipes and sparse files are left
    out, or refused if read ``strictly``; so is a leading ``/``, which is dropped otherwise.
    """
    with tar_damage_told():
        taking = intake or Intake(1 << 50)  # a stream of which nobody knows the size
        with _opened(stream, StrictInfo) as tar:
            for number, member in enumerate(tar_members(tar)):
                path = tar_path(member.name if strictly else member.name.lstrip("/") or ".")
                find = None if again is None else partial(_find, again, number)
                entry = _entry(tar, member, path, taking, find=find)
                if entry is not None:
                    yield entry
                elif strictly:
                    raise _unusable(path)
    while chunk := stream.read(_CHUNK):
        if chunk.strip(b"\0"):
            raise InputError.of("there are data after the end of the tar archive")


def read_tar_part(
    plain: BinaryIO, *, last: bool, vouched: Mapping[int, File], intake: Intake
) -> Iterator[Entry]:
    """Yield the entries of a part of a tar archive, which ends between two of them.

    The root itself is an entry with an empty path. Contents are digested, and not kept. Only
    the last part has the end of the archive. A file that is ``vouched`` for, by where its
    content begins, is passed over, so that the stream must be able to seek forwards. Refused
    is what :func:`read_tar` refuses, and any hard link.
    """
    kind = StrictInfo if last else _Endless
    with tar_damage_told(), _opened(plain, kind, mode="r:") as tar:
        for member in tar_members(tar):
            path = tar_path(member.name)
            plainly = member.isreg() and not member.issparse()
            known = vouched.get(member.offset_data) if plainly else None
            if known is not None and known.size == member.size:
                intake.count()
                intake.spend(known.size)
                mode, mtime = member.mode & 0o7777, int(member.mtime)
                yield replace(known, path=path, mode=mode, mtime=mtime)
                continue
            entry = _entry(tar, member, path, intake, find=partial(_nowhere, path))
            if entry is None or isinstance(entry, HardLink):
                raise _unusable(path)
            yield entry
    while chunk := plain.read(_CHUNK):
        if not last or chunk.strip(b"\0"):
            raise InputError.of("there are data after the end of the tar archive")


def _nowhere(path: str) -> BinaryIO:
    raise InputError.of(f"the content of {path!r} was read, and is not kept")


@contextmanager
def tar_damage_told() -> Iterator[None]:
    try:
        yield
    except tarfile.TarError as error:
        raise InputError.of(
            f"damaged tar archive: {error}", advice="the file is truncated or altered"
        ) from error


def _opened(
    stream: BinaryIO, kind: type[StrictInfo], *, mode: Literal["r|", "r:"] = "r|"
) -> tarfile.TarFile:
    """Open an archive, read from its start to its end, of which a stream can pass over some."""
    return tarfile.open(fileobj=stream, mode=mode, tarinfo=kind, errors="surrogateescape")


def tar_members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Iterate without remembering: a million headers are a gigabyte."""
    for member in tar:
        yield member
        vars(tar)["members"].clear()


class StrictInfo(tarfile.TarInfo):
    """A header; unlike ``tarfile``'s own, a bad one is never taken for the end."""

    good_end = "EOFHeaderError"
    """The one good end: two blocks of zeros."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.HeaderError as error:
            # these classes have no public names in the stubs
            if type(error).__name__ == cls.good_end:
                raise
            raise tarfile.ReadError(str(error)) from error

    # the one entry point for every kind of header, which subclasses may override
    def _proc_member(self, tarfile_: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _HEADERS and self.size > _LONGEST_HEADER:
            raise tarfile.ReadError(f"a header of {self.size} bytes")
        return cast("tarfile.TarInfo", super()._proc_member(tarfile_))  # type: ignore[misc]  # not in the stubs


class _Endless(StrictInfo):
    """A header in a part that others follow: it ends where there is nothing more."""

    good_end = "EmptyHeaderError"


def tar_path(name: str) -> str:
    if name in {".", "./"}:
        return ""
    path = name.removeprefix("./").removesuffix("/")
    if len(path) > _LONGEST_PATH or {"", ".", ".."} & set(path.split("/")):
        raise InputError.of(
            f"{name[:_LONGEST_PATH]!r} is not a path below the root",
            advice="do not unpack this archive",
        )
    return path


def _entry(
    tar: tarfile.TarFile,
    member: tarfile.TarInfo,
    path: str,
    intake: Intake,
    *,
    find: Callable[[], BinaryIO] | None,
) -> Entry | HardLink | None:
    """Describe a member; None for what is no file, directory or link."""
    mtime = int(member.mtime)
    intake.count()
    if member.isdir():
        return Directory(path=path, mtime=mtime)
    if member.issym():
        return Symlink(path=path, target=member.linkname, mtime=mtime)
    if member.islnk():
        return HardLink(path=path, target=tar_path(member.linkname.lstrip("/")), mtime=mtime)
    content = tar.extractfile(member) if member.isreg() and not member.issparse() else None
    if content is None:
        return None
    claim = Claim(path=path, size=member.size, mode=member.mode & 0o7777, mtime=mtime)
    return intake.take(claim, cast("BinaryIO", content), find=find)


def _unusable(path: str) -> InputError:
    return InputError.of(f"{path!r} is neither a file, a directory nor a symbolic link")


def _find(again: Opener, number: int) -> BinaryIO:
    """Open the content of a member by its number, from the start of the archive."""
    with ExitStack() as stack:
        tar = stack.enter_context(_opened(stack.enter_context(again()), StrictInfo))
        member = next(itertools.islice(tar_members(tar), number, None))
        content = tar.extractfile(member)
        if content is None:
            raise _unusable(member.name)

        def pull(size: int) -> bytes:
            with damage_told(), tar_damage_told():
                return content.read(size)

        return pulled(pull, opened=stack.pop_all())
