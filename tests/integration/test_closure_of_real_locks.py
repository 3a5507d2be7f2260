"""The closures of real applications, locked from the index at run time, are what uv selects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.lock import read_lock
from repackage.resolve import Selection
from repackage.wheel import read_wheel
from tests.integration.agreement import Agreement
from tests.integration.projects import Project
from tests.integration.uv_machines import every
from tests.integration.uv_oracle import Oracle, Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application
    from tests.wheels import WheelFactory

pytestmark = [pytest.mark.network, pytest.mark.slow]

APPLICATIONS = {
    "a command line with many dependencies": Project(
        dependencies=("black[d]", "httpie", "rich", "typer"),
        extras={"serve": ("uvicorn[standard]",)},
    ),
    "compiled wheels": Project(dependencies=("cryptography", "numpy", "pydantic")),
    "forks asked for": Project(
        dependencies=(
            "attrs<24; python_version < '3.12'",
            "attrs>=24; python_version >= '3.12'",
            "pandas; platform_machine == 'x86_64'",
        ),
    ),
}


@pytest.mark.parametrize("project", APPLICATIONS.values(), ids=APPLICATIONS)
def test_the_lock_of_a_real_application_gives_what_uv_selects(
    project: Project, tmp_path: Path, interpreters: Path, make_wheel: WheelFactory
) -> None:
    project.write(tmp_path / "project")
    oracle = Oracle(project=tmp_path / "project", package="app", session=interpreters)
    wheel = read_wheel(project.wheel(make_wheel))
    agreement = Agreement(oracle, wheel, read_lock(oracle.lock()))

    for selection in (Selection(), Selection(all_extras=True)):
        agreement.ask(Request(selection=selection), every())

    assert differences(agreement) == ""


def test_the_lock_of_a_real_workspace_gives_what_uv_selects(
    tmp_path: Path, interpreters: Path, make_wheel: WheelFactory
) -> None:
    app = Project(
        dependencies=("lib", "typer"),
        uv=(
            "[tool.uv.workspace]\nmembers = ['lib']\n"
            "[tool.uv.sources]\nlib = { workspace = true }"
        ),
    )
    app.write(tmp_path / "project")
    Project(name="lib", dependencies=("pyyaml", "attrs")).write(tmp_path / "project" / "lib")
    oracle = Oracle(project=tmp_path / "project", package="app", session=interpreters)
    agreement = Agreement(oracle, read_wheel(app.wheel(make_wheel)), read_lock(oracle.lock()))

    agreement.ask(Request(selection=Selection()), every())

    assert differences(agreement) == ""


@pytest.mark.parametrize(
    "name", ["pure_command", "compiled_service", "workspace", "tox_itself"]
)
def test_the_closure_of_a_packaged_application_is_what_uv_selects(
    name: str, built: Callable[[str], Application], interpreters: Path
) -> None:
    application = built(name)
    wheel = read_wheel(application.wheel)
    oracle = Oracle(project=application.project, package=wheel.name, session=interpreters)
    agreement = Agreement(oracle, wheel, read_lock(application.lock))

    agreement.ask(Request(selection=Selection()), every())

    assert differences(agreement) == ""


def differences(agreement: Agreement) -> str:
    """Everything that differs, a line each."""
    return "\n".join(map(str, agreement.different))
