"""A compressed tar, of which what has not changed is copied from an earlier build."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from repackage.archive._copied import Overheard
from repackage.archive._pieced import write_shares
from repackage.archive._tar import TarWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from typing_extensions import Buffer

    from repackage.archive._pieced import Compression
    from repackage.archive._stream import Writable
    from repackage.tree import Entry

#: To be raised whenever the same entries come to be other bytes.
_VERSION = "tar 1"


def write_tar(
    stream: Writable,
    entries: Iterable[Entry],
    compression: Compression,
    *,
    application: str,
    prefix: str = "./",
) -> None:
    """Write a whole tar archive, compressed.

    ``application`` is the origin of what changes with every release.
    """
    write_shares(
        stream,
        entries,
        compression,
        application=application,
        archive=partial(TarArchive, prefix=prefix),
    )


class TarArchive:
    """A tar whose names all begin alike.

    Whoever wants to know its bytes before they are compressed is told all of them, in order.
    """

    def __init__(
        self,
        stream: Writable,
        *,
        prefix: str = "./",
        tell: Callable[[Buffer], object] | None = None,
    ) -> None:
        self._tar = TarWriter(stream if tell is None else Overheard(stream, tell))
        self._prefix = prefix
        self._tell = tell

    @property
    def kind(self) -> str:
        """Nothing but what names begin with."""
        return f"{_VERSION} {self._prefix}"

    @property
    def size(self) -> int:
        """Bytes of the tar so far."""
        return self._tar.size

    def add(self, entry: Entry) -> None:
        """Write an entry."""
        self._tar.add(entry, prefix=self._prefix)

    def pass_over(self, entries: Iterable[Entry], *, size: int, data: Iterator[bytes]) -> None:
        """Note entries whose blocks are copied."""
        self._tar.pass_over(entries, prefix=self._prefix, size=size)
        if self._tell is not None:
            for each in data:
                self._tell(each)

    def close(self) -> None:
        """Write the end."""
        self._tar.close()
