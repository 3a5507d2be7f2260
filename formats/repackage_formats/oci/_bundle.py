"""An interpreter that is bundled: unpacked once, and a layer of its own."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from repackage.archive import HardLink, Intake, decompressor, detect_codec, read_layer
from repackage.errors import InputError
from repackage.scratch import temporary_directory
from repackage.tree import Digests, Directory, File, OnDisk, Symlink, Tree, read_file
from repackage_formats.oci._split import rooted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.tree import Entry
    from repackage_formats.oci._layers import Root

#: Where it lies in the image.
PLACE = "opt/python"
_EXECUTABLE = 0o111
#: What an unpacked interpreter consists of in the cache.
_ROOT, _SEAL = "root", "seal"


def interpreter_tree(archive: Path, cache: Path, *, below: Root) -> Tree:
    """Unpack an archive, unless it was before, and describe what belongs into the image."""
    if not archive.is_file():
        raise InputError.of(
            "it is a directory" if archive.is_dir() else "there is no such file",
            where=f"interpreter {archive.name!r}",
            advice="a tar archive, such as python-build-standalone's install_only ones",
        )
    with archive.open("rb") as file:
        digest = _digest(file.fileno())
    directory = cache / "interpreters" / digest
    there = _identity(directory)
    entries = None if there is None else _kept(directory)
    if entries is None:
        if there is not None:
            _set_aside(directory, there)
        _unpack(archive, directory)
        entries = list(_described(_top(directory / _ROOT)))
    return rooted(entries, has=lambda path: isinstance(below.at(path), Directory))


def _identity(directory: Path) -> tuple[int, int] | None:
    """Tell one directory of this name from another; nothing if there is none."""
    try:
        status = directory.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _kept(directory: Path) -> list[Entry] | None:
    """Describe what was unpacked before, if it is what it was then."""
    try:
        entries = list(_described(_top(directory / _ROOT)))
        sealed = (directory / _SEAL).read_text(encoding="ascii", errors="replace")
    except OSError:  # something is missing, or another build sets it aside
        return None
    return entries if _fingerprint(entries) == sealed else None


def _set_aside(directory: Path, there: tuple[int, int]) -> None:
    """Remove what was found damaged, and not what another build has put there since."""
    with suppress(OSError), temporary_directory(directory.parent) as scratch:
        if _identity(directory) == there:
            directory.rename(scratch / "damaged")


def _fingerprint(entries: list[Entry]) -> str:
    told = [
        (e.path, e.mtime, (e.mode, e.digests.sha256) if isinstance(e, File) else repr(e))
        for e in entries
    ]
    return hashlib.sha256(repr(told).encode("utf-8", "surrogateescape")).hexdigest()


def _top(directory: Path) -> Path:
    """Find the directory that holds ``bin``: archives have one of their own around all."""
    while not (directory / "bin").is_dir():
        inside = list(directory.iterdir())
        if len(inside) != 1 or not inside[0].is_dir() or inside[0].is_symlink():
            break
        directory = inside[0]
    return directory


def _unpack(archive: Path, directory: Path) -> None:
    """Unpack beside the place, and move there what is complete, with its seal."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            temporary_directory(directory.parent) as scratch,
            archive.open("rb") as file,
            decompressor(file, detect_codec(file)) as payload,
        ):
            made = scratch / "made"
            _place(read_layer(payload, intake=Intake.of(archive)), made / _ROOT)
            sealed = _fingerprint(list(_described(_top(made / _ROOT))))
            (made / _SEAL).write_text(sealed, encoding="ascii")
            made.rename(directory)
    except OSError as error:
        if not directory.exists():  # else another build was faster
            raise InputError.of(
                f"it cannot be unpacked: {error}", where=f"interpreter {archive.name!r}"
            ) from error


def _place(entries: Iterator[Entry | HardLink], root: Path) -> None:
    """Write files first and links last, so that nothing is written through a link."""
    root.mkdir(parents=True)
    links: list[HardLink | Symlink] = []
    for entry in entries:
        path = root / entry.path
        match entry:
            case Directory():
                path.mkdir(parents=True, exist_ok=True)
            case File(mode=mode, mtime=mtime):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(read_file(entry))
                path.chmod(0o755 if mode & _EXECUTABLE else 0o644)
                os.utime(path, (mtime, mtime))
            case _:
                links.append(entry)
    for link in links:  # while no link leads anywhere
        (root / link.path).parent.mkdir(parents=True, exist_ok=True)
    for link in sorted(links, key=lambda link: isinstance(link, Symlink)):
        path = root / link.path
        if isinstance(link, HardLink):
            os.link(root / link.target, path)
        else:
            path.symlink_to(link.target)
            os.utime(path, (link.mtime, link.mtime), follow_symlinks=False)


def _described(root: Path) -> Iterator[Entry]:
    """Describe what was unpacked, with the dates of the archive."""
    for directory, directories, names in os.walk(root):
        linked = [each for each in directories if (Path(directory) / each).is_symlink()]
        for name in sorted([*names, *linked]):
            path = Path(directory) / name
            stat = path.lstat()
            inside = f"{PLACE}/{path.relative_to(root).as_posix()}"
            if path.is_symlink():
                target = str(path.readlink())
                yield Symlink(path=inside, target=target, mtime=int(stat.st_mtime))
                continue
            yield File(
                path=inside,
                mode=0o755 if stat.st_mode & _EXECUTABLE else 0o644,
                mtime=int(stat.st_mtime),
                size=stat.st_size,
                digests=_digests(path),
                content=OnDisk(path=path),
            )


def _digests(path: Path) -> Digests:
    with path.open("rb") as file:
        return Digests(sha256=_digest(file.fileno()), md5="", crc32=0)


def _digest(descriptor: int) -> str:
    digest = hashlib.sha256()
    while data := os.read(descriptor, 1 << 20):
        digest.update(data)
    return digest.hexdigest()
