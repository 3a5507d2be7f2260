"""Import paths: which directories one interpreter looks into, of all that a root has.

A container has those of the distribution, perhaps those of a second interpreter below
``/usr/local``, and of each virtual environment. What lies in one of them does not meet what
lies in another, unless one interpreter sees both.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from repackage.check._found import Found, Unread, refuse_unread
from repackage.check._search import metadata_files
from repackage.tree import Directory, File, Symlink, read_file

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from repackage.check._search import Inventory
    from repackage.metadata import Metadata
    from repackage.tree import Entry

Located = TypeVar("Located", Found, Unread)

_VERSIONED = re.compile(
    r"(?:(?P<prefix>.*)/)?lib(?:64)?/(?:python|pypy)(?P<minor>3\.\d+)t?/(?P<kind>site|dist)-packages"
)
#: Debian's, for every Python 3 of the release.
_SHARED = re.compile(r"(?:.*/)?usr/lib/python3/dist-packages")
_SEES_THE_SYSTEM = re.compile(
    r"^include-system-site-packages\s*=\s*true\s*$", re.MULTILINE | re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """What one interpreter imports from."""

    directories: tuple[str, ...]
    """As they stand on ``sys.path``: of two of one name, the first counts."""
    python: str = ""
    """``3.12``; empty where no directory tells."""

    @property
    def path(self) -> str:
        """The directory that it is called by: the environment's own, or else the first."""
        return self.directories[0]


def sites(entries: Iterable[Entry]) -> tuple[Site, ...]:
    """Tell the import paths among entries, sorted by path; each has a distribution in it."""
    by_path = {entry.path: entry for entry in entries}
    return _sites_of(by_path, {posixpath.dirname(each) for each in metadata_files(by_path)})


def installed(
    held: Inventory, *, known: Container[str] = ()
) -> dict[Site, dict[NormalizedName, Metadata]]:
    """Tell what each import path has, by name; of two of one name, the first counts.

    Raises:
        InputError: Metadata of a name that is known cannot be read.
    """
    refuse_unread(held.unread, known)
    return {
        site: {one.metadata.name: one.metadata for one in reversed(on_path(site, held.found))}
        for site in _sites_of(
            held.entries, {one.site for one in held.found} | {one.site for one in held.unread}
        )
    }


def on_path(site: Site, found: Iterable[Located]) -> list[Located]:
    """What lies on an import path, in its order."""
    place = {directory: at for at, directory in enumerate(site.directories)}
    return sorted((one for one in found if one.site in place), key=lambda one: place[one.site])


def _sites_of(by_path: Mapping[str, Entry], holders: set[str]) -> tuple[Site, ...]:
    places = [_place(directory, by_path) for directory in sorted(holders)]
    return tuple(sorted(_sites(places, by_path), key=lambda site: site.directories))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """A directory of distributions, and whose it is."""

    directory: str
    root: str = ""
    """Of the operating system: what is before ``usr``."""
    kind: str
    """``venv``, ``user``, ``site`` or ``dist`` of an operating system, or ``own``."""
    prefix: str = ""
    minor: str = ""


def _place(directory: str, entries: Mapping[str, Entry]) -> _Place:
    if _SHARED.fullmatch(directory):
        root = directory.removesuffix("usr/lib/python3/dist-packages")
        minor = _default_python(root, entries)
        return _Place(directory=directory, root=root, kind="dist", minor=minor)
    found = _VERSIONED.fullmatch(directory)
    if found is None:
        return _Place(directory=directory, kind="own")
    prefix, minor = found["prefix"] or "", found["minor"]
    if posixpath.join(prefix, "pyvenv.cfg") in entries:
        root = prefix.partition("usr/")[0] if "usr/" in f"{prefix}/" else ""
        return _Place(directory=directory, root=root, kind="venv", prefix=prefix, minor=minor)
    if posixpath.basename(prefix) == ".local":
        return _Place(directory=directory, kind="user", minor=minor)
    system = re.fullmatch(r"(?P<root>(?:.*/)?)usr(?P<local>/local)?", prefix)
    if system is None:
        return _Place(directory=directory, kind="own", minor=minor)
    kind = found["kind"]
    return _Place(
        directory=directory, root=system["root"], kind=kind, prefix=prefix, minor=minor
    )


def _sites(places: list[_Place], entries: Mapping[str, Entry]) -> Iterator[Site]:
    systems = dict.fromkeys(
        _system(place, places) for place in places if place.kind in ("site", "dist")
    )
    yield from systems
    for place in places:
        behind: tuple[str, ...] = ()
        if place.kind in ("site", "dist"):
            continue
        if place.kind == "user" or (place.kind == "venv" and not _isolated(place, entries)):
            behind = _behind(place, systems)
        yield Site(directories=(place.directory, *behind), python=place.minor)


def _system(place: _Place, places: list[_Place]) -> Site:
    """What an interpreter of the system sees: what an administrator installed comes first.

    A Python below ``/usr/local`` does not look into ``/usr/lib``; Debian's, whose directories
    have another name, looks into both, and so does Fedora's. Every Python of Debian sees the
    directory without a minor.
    """
    kin = [other for other in places if (other.root, other.kind) == (place.root, place.kind)]
    known = {other.minor for other in kin} - {""}
    minor = min(known) if not place.minor and len(known) == 1 else place.minor
    theirs = sorted(
        (
            other.directory
            for other in kin
            if other.minor == minor or _SHARED.fullmatch(other.directory)
        ),
        key=lambda directory: "/local/" not in directory,
    )
    return Site(directories=tuple(theirs), python=minor)


def _behind(place: _Place, systems: Iterable[Site]) -> tuple[str, ...]:
    """The directories of the system that an environment of the same minor sees too."""
    seen = (
        directory
        for site in systems
        if site.python in ("", place.minor)
        for directory in site.directories
    )
    return tuple(dict.fromkeys(seen))


def _isolated(place: _Place, entries: Mapping[str, Entry]) -> bool:
    """Whether a virtual environment sees nothing but its own (:pep:`405`)."""
    config = entries.get(posixpath.join(place.prefix, "pyvenv.cfg"))
    if not isinstance(config, File):
        return True
    return _SEES_THE_SYSTEM.search(read_file(config).decode("utf-8", "replace")) is None


def _default_python(root: str, entries: Mapping[str, Entry]) -> str:
    """The minor that ``/usr/bin/python3`` leads to, or the only one with a library."""
    link = entries.get(f"{root}usr/bin/python3")
    if isinstance(link, Symlink) and (found := re.search(r"python(3\.\d+)$", link.target)):
        return found[1]
    minors = {
        found[1]
        for path, entry in entries.items()
        if isinstance(entry, Directory)
        and (found := re.fullmatch(rf"{re.escape(root)}usr/lib/python(3\.\d+)", path))
    }
    return min(minors) if len(minors) == 1 else ""
