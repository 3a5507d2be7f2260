from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.resolve.locks import Locks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def locks(tmp_path: Path) -> Locks:
    """Locks in a directory of their own."""
    return Locks(tmp_path)
