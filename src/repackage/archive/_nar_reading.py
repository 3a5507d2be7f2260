"""Nix archives read back, trusting nothing in them: what Nix refuses, and what it lets pass.

There is one way to spell each tree, and any other is refused: names must be sorted, so that
none stands twice, and padding must be zeros. So equal trees have equal digests.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from repackage.archive._codec import damage_told
from repackage.archive._intake import Claim, Intake
from repackage.archive._nar import MAGIC, WORD
from repackage.errors import InputError
from repackage.tree import Directory, Symlink, pulled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.archive._reading import Opener
    from repackage.tree import Entry, File

_CHUNK = 1 << 20
#: Linux's NAME_MAX and PATH_MAX.
_LONGEST_NAME = 255
_LONGEST_PATH = 4096
#: The date of everything in a store.
_DATE = 1


def read_nar(
    stream: BinaryIO, *, again: Opener | None = None, intake: Intake | None = None
) -> Iterator[Entry]:
    """Yield the entries of an uncompressed Nix archive of a directory, in its order.

    The stream is left behind the archive's last byte. With ``again``, which opens the same
    stream anew, contents are not held in memory.

    Raises:
        InputError: It is no such archive, it is damaged, or spelled otherwise than Nix does.
    """
    reading = _Reading(stream=stream, again=again, intake=intake or Intake(1 << 50))
    return reading.entries()


def nar_read_number(stream: BinaryIO) -> int:
    """Read a number.

    Raises:
        InputError: The stream ends before.
    """
    return int.from_bytes(_exactly(stream, WORD), "little")


def nar_read_token(stream: BinaryIO, *, longest: int = _LONGEST_PATH) -> bytes:
    """Read a token that is no longer than it may be.

    Raises:
        InputError: It is longer, it is padded with anything but zeros, or it is not all there.
    """
    size = nar_read_number(stream)
    if size > longest:
        raise InputError.of(f"a token of {size} bytes, where {longest} are too many already")
    token = _exactly(stream, size)
    _skip_padding(stream, size)
    return token


@dataclass(kw_only=True, slots=True)
class _Reading:
    """An archive that is read; ``position`` counts its bytes."""

    stream: BinaryIO
    again: Opener | None
    intake: Intake
    position: int = 0
    parents: list[str] = field(default_factory=list)
    """Paths of the open directories, the root's first."""
    names: list[bytes] = field(default_factory=list)
    """The last name in each of them."""

    def entries(self) -> Iterator[Entry]:
        self.expect(MAGIC, b"(", b"type", b"directory")
        self.descend("")
        while self.parents:
            if self.closes_or(b"entry"):
                self.ascend()
                continue
            path = self.entry_path()
            self.intake.count()
            entry = self.node(path)
            yield entry
            if not isinstance(entry, Directory):
                self.expect(b")", b")")

    def descend(self, path: str) -> None:
        self.parents.append(path)
        self.names.append(b"")

    def ascend(self) -> None:
        """Close a directory; any but the root is an entry of another."""
        self.parents.pop()
        self.names.pop()
        if self.parents:
            self.expect(b")")

    def entry_path(self) -> str:
        self.expect(b"(", b"name")
        name = self.token(longest=_LONGEST_NAME)
        if name in {b"", b".", b".."} or b"/" in name or b"\0" in name:
            raise self.wrong(f"{_told(name)} is not a name of a file")
        if name <= self.names[-1]:
            what = "stands twice" if name == self.names[-1] else "is not where it is sorted"
            raise self.wrong(f"{_told(name)} {what} in {self.parents[-1] or 'the root'!r}")
        self.names[-1] = name
        path = "/".join(filter(None, (self.parents[-1], _decoded(name))))
        if len(path) > _LONGEST_PATH:
            raise self.wrong(f"{path[:_LONGEST_NAME]!r}… is longer than a path can be")
        self.expect(b"node", b"(", b"type")
        return path

    def node(self, path: str) -> Entry:
        match self.token():
            case b"directory":
                self.descend(path)
                return Directory(path=path, mtime=_DATE)
            case b"symlink":
                return Symlink(path=path, target=self.target(path), mtime=_DATE)
            case b"regular":
                return self.file(path)
            case other:
                raise self.wrong(f"{path!r} is {_told(other)}, which is not known")

    def file(self, path: str) -> File:
        mode = 0o644
        word = self.token()
        if word == b"executable":
            mode = 0o755
            self.expect(b"")
            word = self.token()
        if word != b"contents":
            raise self.wrong(f"{_told(word)} instead of 'contents'")
        size = nar_read_number(self.stream)
        self.position += WORD
        claim = Claim(path=path, size=size, mode=mode, mtime=_DATE)
        find = self.again and partial(_find, self.again, self.position, size)
        found = self.intake.take(claim, self.stream, find=find)
        self.position += size
        try:
            _skip_padding(self.stream, size)
        except InputError as error:
            raise self.wrong(f"{path!r}: {error.problems[0].what}") from error
        self.position += -size % WORD
        return found

    def target(self, path: str) -> str:
        self.expect(b"target")
        target = self.token()
        if not target or b"\0" in target:
            raise self.wrong(f"{path!r} is a link to {_told(target)}")
        return _decoded(target)

    def closes_or(self, word: bytes) -> bool:
        """Whether a directory ends here; if not, the word begins what is next in it."""
        token = self.token()
        if token not in {b")", word}:
            raise self.wrong(f"{_told(token)} instead of {_told(word)}")
        return token == b")"

    def expect(self, *words: bytes) -> None:
        for word in words:
            token = self.token()
            if token != word:
                raise self.wrong(f"{_told(token)} instead of {_told(word)}")

    def token(self, *, longest: int = _LONGEST_PATH) -> bytes:
        try:
            token = nar_read_token(self.stream, longest=longest)
        except InputError as error:
            raise self.wrong(error.problems[0].what) from error
        self.position += WORD + len(token) + -len(token) % WORD
        return token

    def wrong(self, what: str) -> InputError:
        return InputError.of(
            f"damaged Nix archive: {what}",
            where=f"byte {self.position}",
            advice="the file is truncated or altered",
        )


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = bytearray()
    while len(data) < size and (chunk := stream.read(size - len(data))):
        data += chunk
    if len(data) < size:
        raise InputError.of(
            f"it ends {size - len(data)} bytes too early",
            advice="the file is truncated or altered",
        )
    return bytes(data)


def _skip_padding(stream: BinaryIO, size: int) -> None:
    if any(_exactly(stream, -size % WORD)):
        raise InputError.of(
            "there is something in the padding", advice="the file is altered: do not use it"
        )


def _find(again: Opener, offset: int, size: int) -> BinaryIO:
    """Open the content of a file by where it lies in the archive."""
    with ExitStack() as stack:
        stream = stack.enter_context(again())
        for start in range(0, offset, _CHUNK):
            _exactly(stream, min(_CHUNK, offset - start))
        return pulled(_Part(stream, size).read, opened=stack.pop_all())


class _Part:
    """So many bytes of a stream."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._left = size

    def read(self, size: int) -> bytes:
        with damage_told():
            data = self._stream.read(min(size, self._left))
        self._left -= len(data)
        return data


def _decoded(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _told(token: bytes) -> str:
    """Show a token, which may be anything."""
    return repr(token[:80].decode("utf-8", "backslashreplace"))
