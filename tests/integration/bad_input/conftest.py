from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.bad_input.user import Online, User
from tests.unit.build.project import make_project
from tests.unit.fetch.server import Server, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """An empty directory."""
    directory = tmp_path / "here"
    directory.mkdir()
    return directory


@pytest.fixture
def user(tmp_path: Path, here: Path) -> User:
    return User(make_project(tmp_path / "project"), here)


@pytest.fixture
def online(tmp_path: Path, here: Path) -> Online:
    """A user who is not patient."""
    patience = {"UV_HTTP_RETRIES": "0", "UV_HTTP_TIMEOUT": "1"}
    return Online(make_project(tmp_path / "project"), here, patience)


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server
