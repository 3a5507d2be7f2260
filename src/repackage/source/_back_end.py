"""The back end of a source, called as :pep:`517` says."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from repackage.network import Stopped
from repackage.source._environment import SUPPLY
from repackage.source._process import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage.source._environment import Environment


class Unbuildable(Exception):  # noqa: N818 - becomes a FetchError, with the log
    """Why a back end did not build."""

    def __init__(self, what: str, *, advice: str = SUPPLY) -> None:
        super().__init__(what)
        self.advice = advice


def run_back_end(tree: Path, wheels: Path, environment: Environment) -> Path:
    """Make the environment, install what the back end requires, and call it (PEP 517)."""
    from build import BuildBackendException, BuildException, ProjectBuilder  # slow to import

    _keep_to_the_log()

    def run(
        cmd: Sequence[str],
        cwd: str | None = None,
        extra_environ: Mapping[str, str] | None = None,
    ) -> None:
        variables = {**environment.variables(), **(extra_environ or {})}
        environment.runner.run(cmd, cwd=Path(cwd or tree), environment=variables)

    try:
        builder = ProjectBuilder(tree, environment.python_executable, runner=run)
        _install(builder.build_system_requires, environment, create=True)
        _install(builder.get_requires_for_build("wheel"), environment)
        return Path(builder.build("wheel", wheels))
    except BuildBackendException as error:
        if isinstance(error.exception, Stopped):
            raise error.exception from error
        failed = isinstance(error.exception, Failure)
        reason = f"the back end failed: {error.exception}" if failed else str(error)
        raise Unbuildable(reason) from error
    except (BuildException, OSError) as error:
        raise Unbuildable(str(error)) from error


def _keep_to_the_log() -> None:
    """Keep from repeating, on our own account, warnings that the back end's log has."""
    import pyproject_hooks  # slow to import

    repeated = getattr(pyproject_hooks, "BuildBackendWarning", None)  # since 1.3
    if repeated is not None:
        warnings.filterwarnings("ignore", category=repeated)


def _install(requirements: set[str], environment: Environment, *, create: bool = False) -> None:
    try:
        if create:
            environment.create()
        environment.install(requirements)
    except Failure as failure:
        advice = (
            "with --offline, wheels of them must be in a directory of --find-links"
            if environment.settings.offline
            else "have them on an index that can be reached"
        )
        wanted = ", ".join(sorted(requirements))
        what = f"what it is built with cannot be installed ({wanted}): {failure}"
        raise Unbuildable(what, advice=f"{advice}; or {SUPPLY}") from failure
