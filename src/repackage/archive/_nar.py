"""A Nix archive (NAR) of tree entries, streamed: section 5.2 of the thesis that Nix began as.

It holds names, contents, links and whether a file is executable: no dates, no owners, no
other modes. Every token is a length of 8 bytes, the token, and zeros up to a multiple of 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError
from repackage.tree import Directory, File, Symlink, open_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from typing_extensions import Self

    from repackage.archive._stream import Writable
    from repackage.tree import Entry

MAGIC: Final = b"nix-archive-1"
#: What a number, and the length of a token, occupy.
WORD: Final = 8
_CHUNK = 1 << 20


def nar_order(entries: Iterable[Entry]) -> list[Entry]:
    """Sort entries as an archive has them: what is below a directory follows it at once.

    A tree is sorted by whole paths, where ``a-b`` comes before ``a/b``.
    """
    return sorted(entries, key=lambda entry: _parts(entry.path))


def nar_token(data: bytes) -> bytes:
    """Spell a token: its length, itself, padding."""
    return nar_number(len(data)) + data + bytes(-len(data) % WORD)


def nar_number(value: int) -> bytes:
    """Spell a number."""
    return value.to_bytes(WORD, "little")


class NarWriter:
    """Writes the entries of one directory, in the order of :func:`nar_order`."""

    def __init__(self, stream: Writable) -> None:
        self._stream = stream
        self._open: list[bytes] = []
        self._previous: list[bytes] = []

    def __enter__(self) -> Self:
        self._tokens(MAGIC, b"(", b"type", b"directory")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self._ascend(0)
            self._tokens(b")")

    def add(self, entry: Entry) -> None:
        """Write an entry with its content."""
        parts = _parts(entry.path)
        self._check(entry.path, parts)
        self._previous = parts
        self._ascend(len(parts) - 1)
        self._tokens(b"entry", b"(", b"name", parts[-1], b"node", b"(", b"type")
        match entry:
            case Directory():
                self._tokens(b"directory")
                self._open.append(parts[-1])
                return
            case Symlink(target=target):
                self._tokens(b"symlink", b"target", _encoded(target))
            case File():
                self._add_content(entry)
        self._tokens(b")", b")")

    def _add_content(self, file: File) -> None:
        executable = (b"executable", b"") if file.mode & 0o100 else ()
        self._tokens(b"regular", *executable, b"contents")
        self._stream.write(nar_number(file.size))
        written = 0
        with open_file(file) as content:
            while data := content.read(_CHUNK):
                written += len(data)
                self._stream.write(data)
        if written != file.size:
            raise FormatError.of(
                f"{file.path!r} has {written} bytes, not {file.size} as declared",
                advice="the cache may be damaged: repackage cache clear",
            )
        self._stream.write(bytes(-written % WORD))

    def _check(self, path: str, parts: list[bytes]) -> None:
        if {b"", b".", b".."} & set(parts) or b"\0" in b"".join(parts):
            raise FormatError.of(f"{path!r} would be unpacked outside of the root")
        if parts <= self._previous or parts[:-1] != self._open[: len(parts) - 1]:
            raise FormatError.of(f"{path!r} is out of order, or its directory is missing")

    def _ascend(self, depth: int) -> None:
        """Close the directories that are open below a depth."""
        while len(self._open) > depth:
            self._open.pop()
            self._tokens(b")", b")")

    def _tokens(self, *tokens: bytes) -> None:
        self._stream.write(b"".join(map(nar_token, tokens)))


def _parts(path: str) -> list[bytes]:
    return _encoded(path).split(b"/")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
