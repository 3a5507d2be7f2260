"""A stream for ``nix-store --import`` with one path in it, written and read.

It is, for each path: the number 1, the archive, a magic number, the path, its references,
what it was made by, and the number 0; at the end the number 0 (Nix's ``export-import.cc``).
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from repackage.archive import (
    Intake,
    nar_number,
    nar_read_number,
    nar_read_token,
    nar_token,
    read_nar,
)
from repackage.errors import InputError
from repackage_formats.nix_store._contents import contents
from repackage_formats.nix_store._digested import Digested, check_path
from repackage_formats.nix_store._nar import named, write_nar
from repackage_formats.nix_store._path import StorePath, store_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.format import Plan
    from repackage.tree import Entry, Tree
    from repackage_formats.nix_store._options import S

#: ``NIXE``, as a number.
_MAGIC: Final = 0x4558494E
_MOST_REFERENCES = 10_000
#: How every stream with a directory in it begins.
_HEAD: Final = nar_number(1) + nar_token(b"nix-archive-1") + nar_token(b"(")


def write(plan: Plan[S], tree: Tree, out: Path) -> None:
    """Create the file ``out``."""
    with out.open("xb") as file:
        file.write(nar_number(1))
        nar = write_nar(plan, contents(plan, tree), file)
        references = [str(path) for path in nar.references]
        file.write(nar_number(_MAGIC))
        file.write(_text(str(named(plan, nar))))
        file.write(nar_number(len(references)))
        file.writelines(map(_text, references))
        file.write(_text(""))  # it was made by nothing that Nix knows
        file.write(nar_number(0))
        file.write(nar_number(0))


def read_entries(artifact: Path) -> Iterator[Entry]:
    """Yield what the one path of a stream holds, and hold its bytes to its name."""
    opened = partial(_opened, artifact)
    with opened() as stream:
        digested = Digested(stream)
        nar = cast("BinaryIO", digested)
        yield from read_nar(nar, again=opened, intake=Intake.of(artifact))
        path, references = _trailer(stream)
    check_path(path, digested.sha256, references)


def read_facts(artifact: Path) -> dict[str, str]:
    """Tell the path, and what it refers to."""
    with _opened(artifact) as stream:
        for _ in read_nar(stream, again=partial(_opened, artifact), intake=Intake.of(artifact)):
            pass
        path, references = _trailer(stream)
    return {"path": str(path), "references": " ".join(map(str, references))}


def is_closure(artifact: Path) -> bool:
    """Whether it begins as such streams do."""
    if not artifact.is_file():
        return False
    with artifact.open("rb") as file:
        return file.read(len(_HEAD)) == _HEAD


@contextmanager
def _opened(artifact: Path) -> Iterator[BinaryIO]:
    """Open the archive of the first path."""
    with artifact.open("rb") as file:
        if nar_read_number(file) != 1:
            raise InputError.of(
                "it is no stream of 'nix-store --export'",
                where=str(artifact),
                advice="nix-store --export PATH writes one",
            )
        yield file


def _trailer(stream: BinaryIO) -> tuple[StorePath, tuple[StorePath, ...]]:
    """Read what stands behind the archive, to the end of the stream."""
    if nar_read_number(stream) != _MAGIC:
        raise InputError.of("there is no path behind the archive", advice="the file is altered")
    path = _path(stream)
    count = nar_read_number(stream)
    if count > _MOST_REFERENCES:
        raise InputError.of(f"it claims {count} references", advice="the file is altered")
    references = tuple(_path(stream) for _ in range(count))
    nar_read_token(stream)  # what it was made by
    if nar_read_number(stream) != 0:
        raise InputError.of(
            "it has a signature of a kind that Nix does not write any more",
            advice="export it with a newer Nix",
        )
    if nar_read_number(stream) != 0:
        raise InputError.of(
            "the stream holds several paths, and one can be looked at",
            advice="nix-store --export PATH writes one, without what it refers to",
        )
    if stream.read(1):
        raise InputError.of("there are data after the end of the stream")
    return path, references


def _path(stream: BinaryIO) -> StorePath:
    text = nar_read_token(stream).decode("utf-8", "backslashreplace")
    found = store_path(text)
    if found is None:
        raise InputError.of(f"{text[:200]!r} is no path of a Nix store")
    return found


def _text(text: str) -> bytes:
    return nar_token(text.encode())
