"""Threads: what they do side by side, and that nobody can tell afterwards."""

from __future__ import annotations

import _thread
import random
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest
from packaging.utils import canonicalize_name

from repackage.build import build
from repackage.build._workshop import _verified
from repackage.errors import StoreError, WheelError
from repackage.store import Store
from tests.unit.build.project import make_project
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from repackage.wheel import Wheel
    from tests.unit.build.project import Project

#: Of the formats that are shipped; those that tests install may be there or not.
FORMATS = ("deb", "nix", "nix_cache", "nix_closure", "oci", "pyz", "rpm", "tar", "zip")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose payloads are of several blocks."""
    project = make_project(tmp_path_factory.mktemp("large"))
    words = [f"word {number}\n" for number in range(1000)]
    text = "".join(random.Random(1).choices(words, k=200_000))
    WheelFactory(project.directory / "dist")(
        "app",
        "1.0",
        files={"app/__init__.py": "def main(): ...\n", "app/words.txt": text},
        requires=["greet>=1", "shout; extra == 'loud'"],
        extras=["loud"],
        scripts={"app": "app:main"},
        metadata=["Summary: An application", "Author-email: Ann <ann@a.example>"],
    )
    return project


@pytest.fixture(scope="module")
def alone(large: Project) -> Mapping[str, bytes]:
    """What each format makes in a run of its own, with one thread, and without a cache."""
    return {
        path: data
        for name in FORMATS
        for path, data in made(large, f"alone {name}", name, jobs=1).items()
    }


def made(project: Project, directory: str, *formats: str, jobs: int) -> dict[str, bytes]:
    """Build with a cache of its own, and return every file by its place."""
    out = project.directory / directory
    flags = {"out-dir": str(out / "made")}
    settings = {"oci.base": "scratch"} if "oci" in formats else {}
    asked = {"jobs": jobs, "cache_dir": out / "cache", "settings": settings}
    build(project.request(*formats, **asked, flags=flags))
    files = (path for path in (out / "made").rglob("*") if path.is_file())
    return {str(path.relative_to(out / "made")): path.read_bytes() for path in files}


@pytest.mark.parametrize("jobs", [1, 2, 3, 8])
def test_formats_of_one_run_are_what_they_are_alone_whatever_the_threads(
    large: Project, alone: Mapping[str, bytes], jobs: int
) -> None:
    together = made(large, f"together {jobs}", *FORMATS, jobs=jobs)

    assert together == alone


@pytest.mark.parametrize("jobs", [1, 3])
def test_all_damaged_wheels_are_named_at_once_in_their_order(tmp_path: Path, jobs: int) -> None:
    paths = {canonicalize_name(name): tmp_path / f"{name}-1.0.whl" for name in ("a", "b", "c")}
    for number, path in enumerate(paths.values(), start=1):
        path.write_bytes(b"no zip" * number)  # the last is the largest, and looked at first

    with pytest.raises(WheelError) as caught:
        _verified(paths, Store.open(tmp_path / "cache"), jobs=jobs)

    named = [problem.where for problem in caught.value.problems]
    assert list(dict.fromkeys(named)) == [path.name for path in paths.values()]


def test_a_wheel_that_is_gone_is_named(tmp_path: Path) -> None:
    paths = {canonicalize_name("a"): tmp_path / "a-1.0-py3-none-any.whl"}

    with pytest.raises(WheelError, match="no such file"):
        _verified(paths, Store.open(tmp_path / "cache"), jobs=2)


@dataclass(slots=True)
class Hindered:
    """A store that cannot read wheels, and notes which were asked for."""

    hinder: Callable[[], None]
    asked: list[Path] = field(default_factory=list)

    def wheel(self, path: Path) -> Wheel:
        self.asked.append(path)
        self.hinder()
        raise StoreError.of("the cache cannot be used", where=str(path))


def test_a_store_that_fails_ends_the_build(tmp_path: Path) -> None:
    paths = {canonicalize_name(name): tmp_path / name for name in ("a", "b")}
    store = Hindered(lambda: None)

    with pytest.raises(StoreError, match="a: the cache cannot be used"):
        _verified(paths, cast("Store", store), jobs=2)


def test_an_interrupt_ends_the_verification_with_the_wheels_at_hand(tmp_path: Path) -> None:
    def interrupt() -> None:
        _thread.interrupt_main()
        time.sleep(0.5)

    paths = {canonicalize_name(name): tmp_path / name for name in ("a", "b", "c")}
    store = Hindered(interrupt)

    with pytest.raises(KeyboardInterrupt):
        _verified(paths, cast("Store", store), jobs=1)

    for thread in threading.enumerate():
        if thread.name.startswith("crew-"):
            thread.join(5)
    assert store.asked == [tmp_path / "a"]
