"""A registry, no credentials of this machine, and settings that waste no time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from repackage.container import Platform, Reference, RegistrySettings, pull, push
from repackage.errors import FetchError, PushError, RepackageError
from tests.unit.container.registry import running
from tests.unit.network.proxies import forget_proxies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.container import Progress, Pulled, Pushed
    from tests.unit.container.registry import Registry

AMD64 = Platform(os="linux", architecture="amd64")
QUICK = RegistrySettings(backoff=0.0, retries=2, timeout=5.0, jobs=3)


@dataclass(frozen=True, slots=True)
class Images:
    """Pushes and pulls at one registry."""

    registry: Registry
    cache: Path

    def reference(self, name: str = "team/app:1") -> Reference:
        return Reference.parse(f"{self.registry.host}/{name}")

    def push(
        self,
        image: Path,
        *names: str,
        settings: RegistrySettings = QUICK,
        progress: Progress | None = None,
    ) -> tuple[Pushed, ...]:
        references = [self.reference(name) for name in names or ("team/app:1",)]
        return push(image, references, settings=settings, progress=progress)

    def refuses(self, image: Path, *names: str, error: type[RepackageError] = PushError) -> str:
        """Push what is not taken; return the message."""
        with pytest.raises(error) as caught:
            self.push(image, *names)
        return str(caught.value)

    def pull(
        self,
        name: str = "team/app:1",
        *,
        platform: Platform = AMD64,
        offline: bool = False,
        progress: Progress | None = None,
    ) -> Pulled:
        return pull(
            self.reference(name),
            platform=platform,
            into=self.cache,
            offline=offline,
            settings=QUICK,
            progress=progress,
        )

    def lacks(
        self, name: str = "team/app:1", *, error: type[RepackageError] = FetchError
    ) -> str:
        """Pull what cannot be had; return the message."""
        with pytest.raises(error) as caught:
            self.pull(name)
        return str(caught.value)


@pytest.fixture
def registry() -> Iterator[Registry]:
    with running() as registry:
        yield registry


@pytest.fixture
def images(registry: Registry, tmp_path: Path) -> Images:
    return Images(registry, tmp_path / "cache")


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Neither proxies nor logins of this machine; say where a login may be kept."""
    forget_proxies(monkeypatch)
    for name in ("REGISTRY_AUTH_FILE", "XDG_CONFIG_HOME", "UV_HTTP_TIMEOUT", "UV_HTTP_RETRIES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    (tmp_path / "docker").mkdir()
    return tmp_path / "docker" / "config.json"
