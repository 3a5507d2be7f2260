"""Fixtures for every test: real wheels, built with the ``wheel`` library in ``tmp_path``."""

from __future__ import annotations

import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from pathlib import Path

# What runs in the background, or under nohup, begins with these signals ignored, and what it
# starts inherits that. A handler is not inherited: children begin as on a terminal.
signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)

# How long an example takes says something about the machine, and nothing about the code.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("patient")


@pytest.fixture
def make_wheel(tmp_path: Path) -> WheelFactory:
    """Build real wheels below ``tmp_path/wheels``."""
    return WheelFactory(tmp_path / "wheels")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip a test whose native programs are missing, or fail it where they are demanded."""
    for item in items:
        for marker in item.iter_markers("native"):
            missing = [tool for tool in marker.args if shutil.which(tool) is None]
            if missing and "REPACKAGE_REQUIRE_NATIVE" not in os.environ:
                item.add_marker(pytest.mark.skip(reason=f"not installed: {', '.join(missing)}"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail, with a sentence, a test whose native programs are demanded but missing."""
    if "REPACKAGE_REQUIRE_NATIVE" not in os.environ:
        return
    for marker in item.iter_markers("native"):
        missing = [tool for tool in marker.args if shutil.which(tool) is None]
        if missing:
            pytest.fail(f"not installed: {', '.join(missing)}", pytrace=False)
