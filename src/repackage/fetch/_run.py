"""The order of the search: store, wheelhouses, network; and all problems at once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from repackage.closure import FromSource
from repackage.errors import FetchError, IncompleteError, Problem
from repackage.fetch._digest import differs
from repackage.fetch._model import Artifacts, Download, FetchSettings, Progress, Silent
from repackage.fetch._survey import survey
from repackage.fetch._wheelhouse import Wheelhouse
from repackage.fetch._works import InRepository, Works
from repackage.lock import Git, RegistryUrl
from repackage.network import Crew, Persistence, Stopped, is_requestable, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from repackage.closure import Closure, Pin
    from repackage.fetch._digest import Memory
    from repackage.fetch._survey import Survey
    from repackage.lock import LockedFile
    from repackage.source import Order
    from repackage.target import Target

#: Places that a message lists before it only counts.
_LISTED = 3


def fetch(
    closure: Closure,
    *,
    target: Target,
    store: Artifacts,
    settings: FetchSettings | None = None,
    progress: Progress | None = None,
) -> Mapping[NormalizedName, Path]:
    """Bring every artifact of the closure here, each byte checked against the lock.

    An artifact without a hash is taken as it comes, as uv does: :func:`unverified`.

    Raises:
        IncompleteError: There is no wheel of a member or path dependency; nothing was
            downloaded.
        FetchError: An artifact could not be had, or has other bytes.
    """
    settings = settings or FetchSettings()
    progress = progress or Silent()
    wheelhouse = Wheelhouse.of(settings.find_links)
    surveyed = survey(closure, wheelhouse=wheelhouse, target=target)
    search = _Search(store=store, wheelhouse=wheelhouse, offline=settings.offline)
    for pin in closure.pins:
        search.look_for(pin, surveyed)
    if surveyed.missing:
        raise IncompleteError(*surveyed.missing, *_merged(search.problems))
    if search.downloads:
        search.collect(search.downloads, _download(search.downloads, store, settings, progress))
    search.refuse()
    if search.archives or surveyed.to_build:
        works = Works(store=store, target=target, settings=settings, progress=progress)
        search.collect(search.archives, works.extract(search.archives))
        search.refuse()
        orders = [build.order(search.found.get(n)) for n, build in surveyed.to_build.items()]
        search.collect(orders, works.build(orders))
        search.refuse()
    return {pin.name: search.found[pin.name] for pin in closure.pins}


def unverified(closure: Closure) -> tuple[NormalizedName, ...]:
    """Name the pins for which the lock has no hash to check their artifact against."""
    files = ((pin.name, _locked(pin)) for pin in closure.pins)
    return tuple(name for name, file in files if file is not None and file.hash is None)


def _locked(pin: Pin) -> LockedFile | None:
    """The file that the lock lists for a pin: a wheel, or an archive to build it from."""
    return pin.artifact.sdist if isinstance(pin.artifact, FromSource) else pin.artifact


@dataclass(frozen=True, kw_only=True, slots=True)
class _Search:
    store: Artifacts
    wheelhouse: Wheelhouse
    offline: bool
    found: dict[NormalizedName, Path] = field(default_factory=dict)
    """Wheels, and archives that one is to be built from."""
    downloads: list[Download] = field(default_factory=list)
    archives: list[InRepository] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def look_for(self, pin: Pin, surveyed: Survey) -> None:
        """Find what is here already; note the rest as work or a problem."""
        if pin.name in surveyed.given:
            self.found[pin.name] = surveyed.given[pin.name]
        elif not isinstance(pin.artifact, FromSource):
            self._take(pin, self._locate(pin, pin.artifact))
        elif pin.name in surveyed.to_build:
            sdist = surveyed.to_build[pin.name].sdist
            if sdist is not None:
                self._take(pin, self._locate(pin, sdist))

    def refuse(self) -> None:
        """Raise with the problems that were found, if there is any."""
        if self.problems:
            raise FetchError(*_merged(self.problems))

    def collect(
        self,
        tasks: Sequence[Download | InRepository | Order],
        results: Iterable[Path | BaseException],
    ) -> None:
        """Take what the work brought; anything but a failed fetch ends all of it."""
        for task, result in zip(tasks, results, strict=True):
            match result:
                case Path():
                    self.found[task.name] = result
                case FetchError(problems=problems):
                    self.problems.extend(problems)
                case Stopped():
                    pass  # because of an error that is raised here, in its turn
                case _:
                    raise result

    def _take(self, pin: Pin, found: Path | Problem | Download | InRepository) -> None:
        match found:
            case Path():
                self.found[pin.name] = found
            case Problem():
                self.problems.append(found)
            case Download():
                self.downloads.append(found)
            case InRepository():
                self.archives.append(found)

    def _locate(self, pin: Pin, file: LockedFile) -> Path | Problem | Download | InRepository:
        if file.hash is not None and (stored := self.store.find(file.hash, file.filename)):
            return stored
        path, complaint = self.wheelhouse.find(file, seen=self.store.seen)
        return path or self._beyond(pin, file, complaint)

    def _beyond(
        self, pin: Pin, file: LockedFile, complaint: str
    ) -> Path | Problem | Download | InRepository:
        """Look where the lock says; ``complaint`` is on a namesake in a wheelhouse."""
        if isinstance(pin.source, Git):
            return InRepository(name=pin.name, git=pin.source, file=file)
        location = _location(file)
        if isinstance(location, Path):
            return _local(location, file, seen=self.store.seen)
        if not location:
            return Problem(
                what=f"{file.filename or pin.name} of {pin.name!r} has no place of its own",
                where=file.key,
                advice="build it, and put the wheel into a directory for --find-links",
            )
        if not is_requestable(location):
            what = f"{file.filename} is at a URL that cannot be requested: {shown(location)!r}"
            return Problem(what=what, where=file.key, advice="only http and https are")
        if self.offline:
            return Problem(
                what=f"{file.filename} is not here" + (complaint and f", and {complaint}"),
                advice="fetch once without --offline, or pass --find-links",
                where=file.key,
            )
        return Download(
            name=pin.name,
            filename=file.filename,
            url=location,
            hash=file.hash,
            size=file.size,
            index=pin.source.url if isinstance(pin.source, RegistryUrl) else "",
        )


def _location(file: LockedFile) -> str | Path:
    """A path where the file is this machine's: no other's, whatever its URL says (RFC 8089)."""
    if isinstance(file.location, str) and file.location.startswith("file:"):
        parts = urlsplit(file.location)
        if parts.netloc in {"", "localhost"}:
            return Path(unquote(parts.path))
    return file.location or ""


def _local(path: Path, file: LockedFile, *, seen: Memory) -> Path | Problem:
    """A file of this machine is used where it lies, if its bytes are the locked ones."""
    try:
        difference = differs(path, file.hash, seen=seen) if file.hash is not None else ""
        path.stat()
    except OSError as error:
        reason = error.strerror or str(error)
        advice = "the lock names this file: put it there, or lock again"
        return Problem(what=f"cannot be read: {reason}", where=str(path), advice=advice)
    if difference:
        return Problem(what=difference, where=str(path), advice="lock again if that is right")
    return path


def _download(
    downloads: list[Download], store: Artifacts, settings: FetchSettings, progress: Progress
) -> list[Path | BaseException]:
    # urllib3 takes as long to import as all of the rest: only when it has something to do
    from repackage.fetch._credentials import Credentials
    from repackage.fetch._download import Downloader
    from repackage.fetch._transport import Transport

    credentials = Credentials.read(settings.project)
    transport = Transport(settings, credentials)
    stop = threading.Event()
    downloader = Downloader(
        transport=transport,
        credentials=credentials,
        store=store,
        persistence=Persistence(retries=settings.retries, backoff=settings.backoff, stop=stop),
        progress=progress,
    )
    try:
        return Crew(downloader, stop=stop).run(downloads, jobs=max(settings.jobs, 1))
    finally:
        transport.close()


def _merged(problems: Iterable[Problem]) -> list[Problem]:
    """Report one cause once: a host that is down would fill the screen."""
    places: dict[tuple[str, str], list[str]] = {}
    for problem in problems:
        places.setdefault((problem.what, problem.advice), []).append(problem.where)
    return [
        Problem(what=what, where=_listed(where), advice=advice)
        for (what, advice), where in places.items()
    ]


def _listed(places: list[str]) -> str:
    distinct = list(dict.fromkeys(filter(None, places)))
    if len(distinct) <= _LISTED:
        return ", ".join(distinct)
    return f"{', '.join(distinct[:_LISTED])} and {len(distinct) - _LISTED} more"
