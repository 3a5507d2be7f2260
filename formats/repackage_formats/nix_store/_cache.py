"""A binary cache with one path in it, written and read."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from repackage.archive import Intake, decompressor, read_nar
from repackage.errors import InputError
from repackage_formats.nix_store._archived import CODECS, archived, facts
from repackage_formats.nix_store._digested import Digested, check_digest, check_path
from repackage_formats.nix_store._nar import named
from repackage_formats.nix_store._narinfo import (
    CACHE_INFO,
    CACHE_INFO_TEXT,
    LONGEST,
    NarInfo,
    read_narinfo,
)
from repackage_formats.nix_store._path import STORE, nix32
from repackage_formats.nix_store._sign import read_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.format import Logbook, Plan
    from repackage.tree import Entry, Tree
    from repackage_formats.nix_store.nix_cache import Options

_SUFFIXES: Final = {"none": "", "xz": ".xz", "zstd": ".zst"}


def write(plan: Plan[Options], tree: Tree, out: Path) -> None:
    """Create the directory ``out``; files are named by what is in them."""
    options = plan.options
    key = read_key(Path(options.key_file)) if options.key_file else None
    (out / "nar").mkdir(parents=True)
    unnamed = out / "nar" / "unnamed"
    made = archived(plan, tree, unnamed)
    url = f"nar/{nix32(made.sha256)}.nar{_SUFFIXES[options.compression]}"
    os.replace(unnamed, out / url)  # noqa: PTH105 - a rename, wherever it runs
    info = NarInfo(
        path=named(plan, made.nar),
        url=url,
        compression=options.compression,
        file_sha256=made.sha256,
        file_size=made.size,
        nar_sha256=made.nar.sha256,
        nar_size=made.nar.size,
        references=made.nar.references,
        content_address=made.nar.sha256,
    )
    if key is not None:
        info = replace(info, signatures=(key.sign(info.fingerprint),))
    _write_text(out / f"{info.path.hash_part}.narinfo", info.text())
    _write_text(out / CACHE_INFO, CACHE_INFO_TEXT)


def read_entries(artifact: Path) -> Iterator[Entry]:
    """Yield what the one path of a cache holds, and hold it to every digest there is."""
    info = read_info(artifact)
    file = artifact / info.url
    _check_file(file, info)
    opened = partial(_opened, file, info)
    with opened() as stream:
        digested = Digested(stream)
        nar = cast("BinaryIO", digested)
        intake = Intake(info.file_size)
        yield from read_nar(nar, again=opened, intake=intake)
        if digested.read(1):
            raise InputError.of("there are data after the end of the archive", where=info.url)
    check_digest(digested, sha256=info.nar_sha256, size=info.nar_size, where=info.url)
    if info.content_address is not None:
        check_path(info.path, digested.sha256, info.references)


def read_new(artifact: Path, logbook: Logbook) -> Iterator[Entry]:
    """Yield what a cache holds that was just written; an archive that was read before is compared.

    It is believed by the digests of its file, and of all that the cache says of it.
    """
    (stretch,) = logbook.stretches
    info = read_info(artifact)
    said = replace(info, signatures=()).text().encode()
    proof = (info.file_sha256.hex(), hashlib.sha256(said).hexdigest())
    if stretch.copied and stretch.proven == proof:
        _check_file(artifact / info.url, info)
        yield from stretch.entries
        return
    found = []
    for entry in read_entries(artifact):
        found.append(facts(entry))
        yield entry
    if sorted(found) == sorted(map(facts, stretch.entries)):
        stretch.proven, stretch.copied = proof, False


def read_info(artifact: Path) -> NarInfo:
    """Read the one ``.narinfo`` that there is.

    Raises:
        InputError: It is no cache, or one with any other number of paths.
    """
    if not is_cache(artifact):
        raise InputError.of(
            f"it is no binary cache of {STORE}",
            where=str(artifact),
            advice=f"one is a directory with a file {CACHE_INFO!r}",
        )
    found = sorted(artifact.glob("*.narinfo"))
    if len(found) != 1:
        raise InputError.of(
            f"the binary cache holds {len(found)} paths, and one can be looked at",
            where=str(artifact),
            advice="'nix copy' can take one path out of it, without what it refers to",
        )
    info = read_narinfo(_read_text(found[0]), where=found[0].name)
    if found[0].name != f"{info.path.hash_part}.narinfo":
        raise InputError.of(
            f"it is of {info.path}, for which nobody would ask by this name",
            where=found[0].name,
        )
    return info


def is_cache(artifact: Path) -> bool:
    """Whether it is a directory that says so."""
    return f"StoreDir: {STORE}" in _read_text(artifact / CACHE_INFO).split("\n")


def _check_file(file: Path, info: NarInfo) -> None:
    """Hold the compressed file to its digest, before anything is made of it."""
    if not file.is_file():  # as a device or a pipe would be
        raise InputError.of("there is no such file", where=info.url)
    try:
        with file.open("rb") as stream:
            digested = Digested(stream)
            while digested.read(1 << 20):
                pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError.of(f"it cannot be read: {reason}", where=info.url) from error
    check_digest(digested, sha256=info.file_sha256, size=info.file_size, where=info.url)


@contextmanager
def _opened(file: Path, info: NarInfo) -> Iterator[BinaryIO]:
    """Open the archive, decompressed as the cache says."""
    codec = CODECS.get(info.compression)
    if codec is None:
        raise InputError.of(
            f"it is compressed with {info.compression[:80]!r}",
            where=info.url,
            advice=f"what can be read: {', '.join(CODECS)}",
        )
    with file.open("rb") as compressed, decompressor(compressed, codec) as stream:
        yield stream


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST).decode("utf-8", "replace")
    except OSError:
        return ""


def _write_text(path: Path, text: str) -> None:
    with path.open("x", encoding="ascii", newline="\n") as file:
        file.write(text)
