"""An isolated environment to build in (PEP 517, PEP 518), with the requirements of a back end."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from repackage.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from repackage.source._interpreter import Interpreter
    from repackage.source._model import BuildSettings
    from repackage.source._process import Runner

#: Variables that would make a build depend on who starts it, or that are secrets of indexes.
_DROPPED = ("PYTHON", "GIT_", "UV_", "PIP_", "VIRTUAL_ENV", "CONDA_", "REPACKAGE_")

#: Variables of installers that are for what the user installs, and would break a build; and
#: those of ours, a passphrase among them.
_MISLEADING = (
    "PYTHON", "VIRTUAL_ENV", "REPACKAGE_", "UV_REQUIRE_HASHES",
    "PIP_PYTHON", "PIP_PREFIX", "PIP_REQUIRE_HASHES", "PIP_ROOT", "PIP_TARGET", "PIP_USER",
)  # fmt: skip

#: What uv called some variables before, and still heeds, but not before the newer ones.
_OLDER = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL"}

#: Variables of options for compilers that know those of gcc.
_FLAGS = ("CFLAGS", "CXXFLAGS")

SUPPLY = "supply a wheel of it with --find-links"

#: The first pip that installs into another interpreter's environment.
_PIP = (22, 3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """A virtual environment for one build."""

    path: Path
    interpreter: Interpreter
    runner: Runner
    settings: BuildSettings
    epoch: int

    @property
    def python_executable(self) -> str:
        """The interpreter of the environment."""
        return str(self.path / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))

    def variables(self) -> dict[str, str]:
        """What a back end sees: the caller's variables, but for those that it must not."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(_DROPPED)
        }
        programs = os.path.dirname(self.python_executable)  # noqa: PTH120 - a text
        # what is compiled tells where, for debuggers: not in whose cache that was
        nowhere = f"-ffile-prefix-map={self.path.parent}=."
        flags = {name: f"{kept.get(name, '')} {nowhere}".lstrip() for name in _FLAGS}
        return (
            kept
            | (flags if os.name == "posix" else {})
            | {
                "PATH": os.pathsep.join((programs, kept.get("PATH") or os.defpath)),
                "SOURCE_DATE_EPOCH": str(self.epoch),
                "PYTHONHASHSEED": "0",
                "PYTHONNOUSERSITE": "1",
                "PYTHONDONTWRITEBYTECODE": "1",
                "GIT_OPTIONAL_LOCKS": "0",
                "GIT_TERMINAL_PROMPT": "0",
                "TMPDIR": str(self.path.parent / "tmp"),
                "TZ": "UTC",
                "LC_ALL": "C.UTF-8",
            }
        )

    def create(self) -> None:
        """Make the environment, empty."""
        command = [self.interpreter.path, "-Im", "venv", "--without-pip", str(self.path)]
        self.runner.run(command, cwd=self.path.parent, environment=self.variables())

    def install(self, requirements: Collection[str]) -> None:
        """Install requirements, as the lock constrains them.

        Raises:
            FetchError: A requirement cannot be read, or nothing can install.
        """
        wanted = _applicable(requirements, self.settings.own)
        if not wanted:
            return
        number = len(list(self.path.parent.glob("requirements-*.txt")))
        listed = self.path.parent / f"requirements-{number}.txt"
        listed.write_text("".join(f"{line}\n" for line in wanted), encoding="utf-8")
        options = ["--requirement", str(listed)]
        if self.settings.constraints:
            constraints = self.path.parent / "constraints.txt"
            text = "".join(f"{line}\n" for line in self.settings.constraints)
            constraints.write_text(text, encoding="utf-8")
            options += ["--constraint", str(constraints)]
        for directory in self.settings.find_links:
            options += ["--find-links", str(directory.absolute())]
        options += ["--no-index"] if self.settings.offline else []
        command = [*self._installer(), *options]
        indexes = _index_variables(self.settings.indexes, os.environ)
        environment = {**indexes, "PIP_USER": "0"} | {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_MISLEADING)
        }
        self.runner.run(command, cwd=self.path.parent, environment=environment)

    def _installer(self) -> Sequence[str]:
        """The command that installs into the environment: uv's, or else pip's."""
        python = self.python_executable
        if uv := _uv():
            offline = ["--offline"] if self.settings.offline else []
            return [uv, "pip", "install", "--no-progress", "--python", python, *offline]
        if any(" --hash=" in line for line in self.settings.constraints):
            raise FetchError.of(
                "the lock has hashes for what it is built with, and pip cannot keep to them",
                advice="install uv, which does",
            )
        quiet = ["--no-input", "--disable-pip-version-check", "--no-compile"]
        if _has_pip():
            return [sys.executable, "-Im", "pip", "--python", python, "install", *quiet]
        command = [python, "-Im", "ensurepip", "--default-pip"]
        self.runner.run(command, cwd=self.path.parent, environment=self.variables())
        return [python, "-Im", "pip", "install", *quiet]


def _index_variables(indexes: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    """The project's indexes, where the user's own environment does not say otherwise.

    Not as options: a command line, with the credentials in it, can be seen by everybody.
    """
    if not indexes:
        return {}
    default, *others = indexes
    variables = {"UV_INDEX": " ".join(others), "PIP_EXTRA_INDEX_URL": " ".join(others)}
    if default:
        variables |= {"UV_DEFAULT_INDEX": default, "PIP_INDEX_URL": default}
    return {
        name: value
        for name, value in variables.items()
        if value and not said.get(_OLDER.get(name, name))
    }


def _applicable(requirements: Collection[str], own: Collection[str]) -> list[str]:
    """Check requirements; they are a back end's words, and become lines of a file.

    One that the lock has as a source tree is never looked up on an index: there it may be
    a stranger's.
    """
    wanted = []
    for text in sorted(requirements):
        try:
            requirement = Requirement(text)
            if requirement.url is None and canonicalize_name(requirement.name) in own:
                raise FetchError.of(
                    f"requires {requirement.name!r} to be built, which no index has",
                    advice=f"build it with 'uv build --wheel', and {SUPPLY}",
                )
            wanted.append(str(requirement))
        except InvalidRequirement as error:  # noqa: PERF203 - the text is a stranger's
            reason = str(error).partition("\n")[0]
            raise FetchError.of(f"requires {text!r} to be built: {reason}") from error
    return wanted


def _uv() -> str | None:
    """The uv program: users of its lock have it, and its settings know their indexes."""
    return shutil.which(os.environ.get("UV") or "uv")


def _has_pip() -> bool:
    if importlib.util.find_spec("pip") is None:
        return False
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("pip").split(".")
    except PackageNotFoundError:
        return False
    return tuple(int(part) for part in found[:2] if part.isdigit()) >= _PIP
