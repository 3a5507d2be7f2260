"""What the scenarios share: applications built once per run, roots, and the command."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from tests.integration import applications
from tests.integration.applications import Application
from tests.integration.roots import Machine, debian_root
from tests.integration.simple_index import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.simple_index import Served


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is an end-to-end scenario."""
    for item in items:
        if item.nodeid.startswith("tests/integration/"):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A directory that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def built(shared: Path) -> Callable[[str], Application]:
    """Build an application of :mod:`applications` by name, once per run."""

    def build(name: str, **keywords: str) -> Application:
        label = "-".join([name, *keywords.values()])
        directory, done = shared / "applications" / label, shared / f"{label}.wheel"
        with FileLock(shared / f"{label}.lock"):
            if not done.exists():
                directory.mkdir(parents=True)
                made: Application = getattr(applications, name)(directory, **keywords)
                done.write_text(f"{made.project}\n{made.wheel}")
        project, wheel = map(type(shared), done.read_text().splitlines())
        return Application(project=project, wheel=wheel)

    return build


@pytest.fixture(scope="session")
def repackage(shared: Path) -> Callable[..., str]:
    """Run the installed command as a user would, with a store of this run's own."""

    def run(*arguments: str | Path, **keywords: object) -> str:
        command = [sys.executable, "-m", "repackage", *map(str, arguments)]
        environment = {**os.environ, "REPACKAGE_CACHE_DIR": str(shared / "store")}
        options = {"env": environment, **keywords}
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]  # whatever run takes
        if done.returncode:
            raise AssertionError(f"repackage failed ({done.returncode}):\n{done.stderr}")
        return str(done.stdout)

    return run


@pytest.fixture(scope="session")
def loopback(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Served]]:
    """A directory, and the server of what tests put there."""
    root = tmp_path_factory.mktemp("loopback")
    with serving(root) as served:
        yield root, served


@pytest.fixture(scope="session")
def interpreters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where uv keeps what it knows of the interpreters that it is asked about."""
    return tmp_path_factory.mktemp("interpreters")


@pytest.fixture
def bookworm(tmp_path: Path) -> Machine:
    """A Debian 12 of the test's own, with nothing installed but what makes a Debian."""
    return Machine(root=debian_root("bookworm"), scratch=tmp_path / "machine")
