"""What an rpm installs: the files that its header lists, with the contents of its payload."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, cast

from repackage.archive import Claim, Intake, detect_codec, read_stretches
from repackage.errors import InputError
from repackage.tree import Directory, File, Symlink, parents
from repackage_formats.rpm._cpio import Cpio
from repackage_formats.rpm._files import Listed, listed_files
from repackage_formats.rpm._header import read_header
from repackage_formats.rpm._header_tags import Tag
from repackage_formats.rpm._payload import find, opened_payload, payload_digest, size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from repackage.format import Logbook
    from repackage.tree import Entry
    from repackage_formats.rpm._cpio import Member

#: Length of a hexadecimal digest: which one it is.
_SHA256, _MD5 = 64, 32
#: A symbolic link says no more than a path can (Linux's PATH_MAX).
_LONGEST_TARGET = 4096


def read_entries(artifact: Path) -> Iterator[Entry]:
    """Yield what an rpm installs, in the order of its header; ghosts and devices are left out.

    Directories above its files that it does not own are made by rpm, if they are not there:
    they are yielded, too, with no date. Refused: a payload without a file that the header
    lists, or with another content.
    """
    header = read_header(artifact)
    listed = listed_files(header)
    intake = Intake.of(artifact, md5=any(len(one.digest) == _MD5 for one in listed))
    with opened_payload(artifact, header, listed, whole=True) as cpio:
        again = partial(find, artifact, header, listed)
        found = dict(_Payload(listed=listed, intake=intake, find=again).contents(cpio))
    files = {number: file for number, file in found.items() if file is not None}
    yield from _installed(listed, files)


def read_new(artifact: Path, logbook: Logbook) -> Iterator[Entry]:
    """Yield what an rpm of ours installs, reading of its payload what is new.

    All of the header is read, and held against the payload, as it is for any rpm.
    """
    header = read_header(artifact)
    listed = listed_files(header)
    intake = Intake.of(artifact, md5=False)
    numbers = {one.path: number for number, one in enumerate(listed)}
    parse = partial(_part, listed=listed, intake=intake)
    with artifact.open("rb") as file, ThreadPoolExecutor(1) as pool:
        digest = pool.submit(payload_digest, artifact, header)
        file.seek(header.payload)
        codec = detect_codec(file)
        files = {
            numbers.get(entry.path, -1): entry
            for entry in read_stretches(file, codec, logbook, parse=parse)
            if isinstance(entry, File)
        }
    told = header.main.text(Tag.PAYLOAD_DIGEST)
    if told and told != digest.result():
        raise InputError.of("the payload has not the digest that the header says")
    if -1 in files:
        raise InputError.of(f"{files[-1].path!r} is in the payload, not in the header")
    yield from _installed(listed, files)


def _part(
    plain: BinaryIO,
    *,
    last: bool,
    vouched: Mapping[int, File],
    listed: Sequence[Listed],
    intake: Intake,
) -> Iterator[Entry]:
    """Yield what stands in a part of a payload."""
    cpio = Cpio(plain, size_of=partial(size_of, listed), last=last)
    payload = _Payload(
        listed=listed, intake=intake, find=_nowhere, vouched=vouched, as_listed=True
    )
    for number, file in payload.contents(cpio):
        one = listed[number]
        if file is not None:
            yield file
        elif stat.S_ISDIR(one.mode):
            yield Directory(path=one.path, mtime=one.mtime)
        elif stat.S_ISLNK(one.mode):
            yield Symlink(path=one.path, target=one.target, mtime=one.mtime)


def _installed(listed: Sequence[Listed], files: Mapping[int, File]) -> Iterator[Entry]:
    """Yield what the header lists, with the contents that are in the payload."""
    by_inode = {listed[number].inode: file for number, file in files.items()}
    known = {one.path for one in listed}
    for number, one in enumerate(listed):
        if one.absent:
            continue
        if one.path.rpartition("/")[0] not in known:
            for above in parents(one.path):
                if above not in known:
                    known.add(above)
                    yield Directory(path=above, mtime=0)
        if stat.S_ISDIR(one.mode):
            yield Directory(path=one.path, mtime=one.mtime)
        elif stat.S_ISLNK(one.mode):
            yield Symlink(path=one.path, target=one.target, mtime=one.mtime)
        else:
            yield _file(number, one, files, by_inode)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Payload:
    """How the members of a payload are read."""

    listed: Sequence[Listed]
    intake: Intake
    find: Callable[[int], BinaryIO]
    """Opens a content by the member's position."""
    vouched: Mapping[int, File] = field(default_factory=dict)
    """Files that are not read, by where their content begins."""
    as_listed: bool = False
    """Whether members must say what the header says."""

    def contents(self, cpio: Cpio) -> Iterator[tuple[int, File | None]]:
        """Yield the number in the header of each member, and its file if it is one."""
        numbers = {f"/{one.path}": number for number, one in enumerate(self.listed)}
        for position, member in enumerate(cpio):
            self.intake.count()
            number = numbers.get(member.name, -1) if member.name else member.index
            if number < 0:
                raise InputError.of(f"{member.name!r} is in the payload, not in the header")
            one = self.listed[number]
            if self.as_listed:
                _refuse_other(cpio, member, one)
            if not stat.S_ISREG(one.mode) or (one.linked and not one.last):
                self.intake.spend(member.size)
                yield number, None
            else:
                yield number, self._file(cpio, member, one, position)

    def _file(self, cpio: Cpio, member: Member, one: Listed, position: int) -> File:
        mode = stat.S_IMODE(one.mode)
        known = self.vouched.get(cpio.position)
        if known is not None and known.size == member.size:
            self.intake.spend(member.size)
            cpio.skip()
            return replace(known, path=one.path, mode=mode, mtime=one.mtime)
        claim = Claim(path=one.path, size=member.size, mode=mode, mtime=one.mtime)
        again = partial(self.find, position)
        return self.intake.take(claim, cast("BinaryIO", cpio), find=again)


def _refuse_other(cpio: Cpio, member: Member, one: Listed) -> None:
    """Refuse a member of which the payload says something else than the header.

    rpm goes by the header, and all others by the payload.
    """
    target = cpio.read(_LONGEST_TARGET) if stat.S_ISLNK(one.mode) else b""
    told = (member.mode, member.mtime, target.decode("utf-8", "surrogateescape"))
    if told != (one.mode, one.mtime, one.target):
        raise InputError.of(f"{one.path!r} is not in the payload as it is in the header")


def _nowhere(position: int) -> BinaryIO:
    raise InputError.of(f"the content of member {position} was read, and is not kept")


def _file(
    number: int, one: Listed, files: Mapping[int, File], by_inode: Mapping[int, File]
) -> File:
    """Find the content of a file; of a hard link, the last name of its set has it."""
    file = files.get(number) or (by_inode.get(one.inode) if one.linked else None)
    if file is None:
        raise InputError.of(
            f"{one.path!r} is in the header, not in the payload",
            advice="the file is truncated or altered",
        )
    digests = {_SHA256: file.digests.sha256, _MD5: file.digests.md5}
    if one.digest != digests.get(len(one.digest), one.digest):
        raise InputError.of(
            f"{one.path!r} is not what the header says",
            advice="the file is truncated or altered",
        )
    return file if file.path == one.path else replace(file, path=one.path)
