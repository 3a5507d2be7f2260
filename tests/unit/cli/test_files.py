"""``--no-binary`` and ``--only-binary`` on every command that computes a closure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.build.project import Project
    from tests.unit.cli.conftest import Done


@pytest.mark.parametrize("command", ["build", "plan", "check"])
@pytest.mark.parametrize("option", ["--no-binary", "--only-binary"])
def test_a_name_that_is_none_is_refused(
    command: str, option: str, project: Project, run: Callable[..., Done]
) -> None:
    path = project.directory if command == "check" else project.wheel
    where = ("--lock", project.lock, "--target", "debian-12", "--arch", "amd64")

    done = run(command, path, *where, option, "a", option, "-")

    assert done.status == 2
    assert f"{option.removeprefix('--')}: '-' is not the name of a distribution" in done.err
