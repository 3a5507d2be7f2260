from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from repackage.cli import program
from repackage.cli._errors import exit_status
from tests.unit.build.project import Project, make_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Done:
    """What a run of the program came to."""

    status: int
    out: str
    err: str


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run the program in this process, as ``main`` does."""

    def run_program(*arguments: object) -> Done:
        capsys.readouterr()
        status = exit_status(program, [str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err)

    return run_program
