from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.errors import FetchError
from repackage.source import Builder, BuildSettings, Order
from repackage.store import Store
from repackage.target import free_target
from repackage.wheel import Wheel, read_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.source import Origin
    from repackage.target import Target

TARGET = free_target(python="3.12", platform="manylinux_2_28_x86_64")


@dataclass(frozen=True, kw_only=True)
class Building:
    """Builds in a store of its own, and looks at what came out."""

    store: Store
    target: Target = TARGET
    settings: BuildSettings = field(default_factory=BuildSettings)

    def __call__(self, origin: Origin, *, version: str | None = "1.0") -> Wheel:
        builder = Builder(store=self.store, target=self.target, settings=self.settings)
        path = builder(order(origin, version=version))
        assert list(self.store.scratch_directory.iterdir()) == []
        return read_wheel(path)

    def fails(self, origin: Origin, *, version: str | None = "1.0") -> str:
        with pytest.raises(FetchError) as caught:
            self(origin, version=version)
        assert list(self.store.scratch_directory.iterdir()) == []
        return str(caught.value)

    def using(self, **settings: Any) -> Building:
        return replace(self, settings=replace(self.settings, **settings))


def order(origin: Origin, *, name: str = "lib", version: str | None = "1.0") -> Order:
    known = None if version is None else Version(version)
    return Order(name=canonicalize_name(name), version=known, origin=origin)


@pytest.fixture
def building(tmp_path: Path) -> Building:
    return Building(store=Store.open(tmp_path / "cache"))
