"""Closures by hand, a store in a directory, a server, and no credentials of this machine."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.closure import Closure, FromSource, Pin, Requirer
from repackage.errors import FetchError, RepackageError
from repackage.fetch import FetchSettings, fetch
from repackage.lock import Hash, LockedFile, RegistryUrl, SourceTree
from repackage.metadata import Metadata
from repackage.store import Store
from repackage.target import free_target
from repackage.wheel import Wheel
from tests.unit.fetch.server import running
from tests.unit.network.proxies import forget_proxies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from repackage.fetch import Progress
    from repackage.lock import Source
    from repackage.store import Shelf
    from repackage.store._seen import Seen
    from tests.unit.fetch.server import Server

BODY = bytes(range(256)) * 4096
"""One mebibyte: more than fits into the buffers between two sockets at once."""

TARGET = free_target(python="3.12", platform="manylinux_2_28_x86_64")


def sha256(body: bytes) -> Hash:
    return Hash(algorithm="sha256", digest=hashlib.sha256(body).hexdigest())


def locked(
    location: str | Path | None,
    *,
    body: bytes | None = BODY,
    size: int | None = None,
    name: str = "lib",
    index: str = "https://index.example/simple",
) -> Pin:
    """A pin of the index; its hash is that of ``body``, if there is one."""
    canonical = canonicalize_name(name)
    file = LockedFile(
        filename=f"{name}-1.0-py3-none-any.whl",
        location=location,
        hash=None if body is None else sha256(body),
        size=size,
        key="package[0].wheels[0]",
    )
    return pin(canonical, file, RegistryUrl(url=index))


def member(directory: Path, name: str = "lib", version: str | None = "1.0") -> Pin:
    """A workspace member, whose wheel no index has."""
    known = None if version is None else Version(version)
    supplied = FromSource(name=canonicalize_name(name), version=known)
    source = SourceTree(kind="editable", path=directory)
    return replace(pin(name, supplied, source), version=known)


def pin(name: str, artifact: LockedFile | FromSource, source: Source) -> Pin:
    canonical = canonicalize_name(name)
    return Pin(
        name=canonical,
        version=Version("1.0"),
        source=source,
        artifact=artifact,
        extras=(),
        required_by=(Requirer(name=canonicalize_name("app"), version=Version("1.0")),),
    )


def closure_of(*pins: Pin, directory: Path) -> Closure:
    metadata = Metadata(
        metadata_version="2.4",
        name=canonicalize_name("app"),
        display_name="app",
        version=Version("1.0"),
    )
    root = Wheel(
        path=directory / "app-1.0-py3-none-any.whl",
        filename="app-1.0-py3-none-any.whl",
        name=metadata.name,
        version=metadata.version,
        build=(),
        tags=frozenset(),
        purelib=True,
        dist_info="app-1.0.dist-info",
        metadata=metadata,
        entry_points=(),
        newest=0,
        size=0,
        sha256="",
        members=(),
    )
    return Closure(root=root, lock_sha256="", extras=(), groups=(), pins=pins)


@dataclass(frozen=True, slots=True)
class DirectoryStore:
    """What fetching asks of the store, in a plain directory."""

    root: Path
    stored: dict[str, Hash | None] = field(default_factory=dict)

    def find(self, hash: Hash, filename: str) -> Path | None:  # noqa: A002 - the lock's word
        path = self.root / hash.digest / filename
        return path if path.exists() else None

    def put(self, temp: Path, filename: str, *, hash: Hash | None = None) -> Path:  # noqa: A002 - the lock's word
        path = self.root / hashlib.sha256(temp.read_bytes()).hexdigest() / filename
        path.parent.mkdir(parents=True, exist_ok=True)
        temp.replace(path)
        self.stored[filename] = hash
        return path

    @contextmanager
    def partial(self, key: str) -> Iterator[Path]:
        path = self.partials / key
        path.parent.mkdir(parents=True, exist_ok=True)
        yield path

    @property
    def seen(self) -> Seen:
        return self._whole.seen

    @property
    def partials(self) -> Path:
        return self.root / "partial"

    def workspace(self, key: str) -> AbstractContextManager[Path]:
        return self._whole.workspace(key)

    def mirror(self, url: str) -> AbstractContextManager[Path]:
        return self._whole.mirror(url)

    def shelf(self, kind: str) -> Shelf:
        return self._whole.shelf(kind)

    def wheel(self, path: Path) -> Wheel:
        return self._whole.wheel(path)

    @property
    def _whole(self) -> Store:
        return Store.open(self.root.with_name("whole-store"))

    def left_over(self) -> list[Path]:
        """Files of the store, other than unfinished downloads."""
        files = (path for path in sorted(self.root.rglob("*")) if path.is_file())
        return [path for path in files if path.parent != self.partials]


@dataclass(frozen=True, slots=True)
class Recorder:
    """Progress that is remembered."""

    started: dict[str, int | None] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, name: str, total: int | None) -> None:
        self.started[name] = total

    def advance(self, name: str, count: int) -> None:
        with self.lock:
            self.counted[name] = self.counted.get(name, 0) + count

    def finish(self, name: str) -> None:
        self.finished.append(name)

    def note(self, what: str) -> None:
        self.notes.append(what)


@dataclass(frozen=True, slots=True)
class Fetching:
    """Fetches pins with settings that waste no time."""

    directory: Path
    store: DirectoryStore
    server: Server

    def __call__(
        self,
        *pins: Pin,
        find_links: tuple[Path, ...] = (),
        offline: bool = False,
        timeout: float = 5.0,
        retries: int = 2,
        jobs: int = 4,
        progress: Progress | None = None,
    ) -> Mapping[str, Path]:
        settings = FetchSettings(
            find_links=find_links,
            offline=offline,
            timeout=timeout,
            retries=retries,
            jobs=jobs,
            backoff=0.0,
            project=self.directory,
        )
        closure = closure_of(*pins, directory=self.directory)
        found = fetch(
            closure, target=TARGET, store=self.store, settings=settings, progress=progress
        )
        return {str(name): path for name, path in found.items()}

    def fails(
        self, *pins: Pin, error: type[RepackageError] = FetchError, **settings: object
    ) -> str:
        """Fetch what cannot be had; return the message."""
        with pytest.raises(error) as caught:
            self(*pins, **settings)  # type: ignore[arg-type]  # fields
        assert self.store.left_over() == []
        return str(caught.value)


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "store")


@pytest.fixture
def fetching(tmp_path: Path, store: DirectoryStore, server: Server) -> Fetching:
    return Fetching(tmp_path, store, server)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither proxies nor credentials of this machine."""
    forget_proxies(monkeypatch)
    for name in ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "disabled")
