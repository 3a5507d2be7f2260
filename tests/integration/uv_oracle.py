"""uv as an oracle: which distributions, and which files, it would install.

The set comes from ``uv sync --dry-run``, asked with an interpreter that only claims to be
another; the files from uv's own ``pylock.toml`` and ``packaging.pylock``, or, where that
format cannot say enough, from what a real installation asks a server for.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import tomli
from packaging.pylock import PackageArchive, PackageSdist, PackageWheel, Pylock
from uv import find_uv_bin

from repackage.resolve import ALL, FileChoice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from packaging.utils import NormalizedName

    from repackage.resolve import Selection
    from repackage.target import Target
    from tests.integration.uv_machines import Machine

#: uv learns about an interpreter by running a probe, and believes what it prints. It
#: remembers the answer only of an interpreter that says it lies where it was found.
_SHIM = """\
#!{executable}
import json, subprocess, sys
done = subprocess.run([{executable!r}, *sys.argv[1:]], stdout=subprocess.PIPE)
try:
    answer = json.loads(done.stdout)
    markers = answer["markers"]
except (ValueError, KeyError, TypeError):
    sys.stdout.buffer.write(done.stdout)
else:
    markers.update({markers!r})
    answer["gil_disabled"] = {gil_disabled!r}
    answer["sys_executable"] = sys.argv[0]
    print(json.dumps(answer))
sys.exit(done.returncode)
"""
_OF_THE_INTERPRETER = (
    "implementation_name",
    "implementation_version",
    "platform_python_implementation",
    "python_full_version",
    "python_version",
)

#: Settings of uv that say where the index is and whom to trust.
_INDEX = frozenset({"UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS"})

_ANY_FILE = FileChoice()
_UV = find_uv_bin()


class Refused(Exception):  # noqa: N818 - an answer like the other
    """uv refuses to answer."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of a lock: a selection, and what files may be used."""

    selection: Selection
    files: FileChoice = _ANY_FILE

    def flags(self) -> list[str]:
        """Say it as uv is told."""
        wanted = self.selection
        switches = {
            "--no-default-groups": not wanted.default_groups,
            "--all-extras": wanted.all_extras,
            "--all-groups": wanted.all_groups,
        }
        return [
            *(switch for switch, on in switches.items() if on),
            *(f"--extra={extra}" for extra in wanted.extras),
            *(f"--no-extra={extra}" for extra in wanted.no_extras),
            *(f"--group={group}" for group in wanted.groups),
            *(f"--only-group={group}" for group in wanted.only_groups),
            *(f"--no-group={group}" for group in wanted.no_groups),
        ]

    def file_flags(self) -> list[str]:
        """Say which files may be used, as uv is told."""
        refused = {"no-binary": self.files.no_binary, "no-build": self.files.only_binary}
        return [flag for key, names in refused.items() for flag in _chosen(key, names)]


@dataclass(frozen=True, kw_only=True)
class Oracle:
    """uv, isolated from this machine's configuration, for one project."""

    project: Path
    package: str
    """The member that is asked for; of a script there is none."""
    session: Path
    """Where interpreters and uv's cache are kept for all projects."""
    script: bool = False

    @property
    def lock_file(self) -> Path:
        """The lock of the project, or of its script."""
        return self.project / ("script.py.lock" if self.script else "uv.lock")

    def lock(self, machine: Machine | None = None) -> Path:
        """Lock the project; an index may be asked, and the interpreter must be admitted."""
        interpreter = self._interpreter(machine) if machine else sys.executable
        self._run("lock", "--python", str(interpreter), *self._script())
        return self.lock_file

    def installed(
        self, request: Request, machine: Machine
    ) -> frozenset[tuple[str, str | None]]:
        """Names and versions that uv would install; no version for a source tree."""
        done = self._run(
            "sync",
            "--frozen",
            "--offline",
            "--dry-run",
            "--output-format=json",
            *self._about(machine),
            *self._of_what(request),
            *request.file_flags(),
        )
        changes = json.loads(done)["sync"]["changes"]
        return frozenset((change["name"], change.get("version")) for change in changes)

    def pylock(self, request: Request) -> Pylock:
        """What uv would install anywhere, as a lock that names files."""
        return Pylock.from_dict(tomli.loads(self._exported(request)))

    def export(self, request: Request) -> Path:
        """Write the lock that names files beside the project's own."""
        path = self.project / "pylock.toml"
        path.write_text(self._exported(request), encoding="utf-8")
        return path

    def _exported(self, request: Request) -> str:
        return self._run(
            "export",
            "--frozen",
            "--offline",
            "--format=pylock.toml",
            "--no-header",
            "--quiet",
            *self._of_what(request),
        )

    def install(self, request: Request, machine: Machine) -> None:
        """Install all but source trees, to make uv ask for the files that it chooses."""
        environment = self.project / ".venv"
        try:
            self._run(
                "sync",
                "--frozen",
                "--no-cache",
                "--no-install-local",
                "--no-install-workspace",
                *self._about(machine),
                *self._of_what(request),
                *request.file_flags(),
            )
        finally:
            shutil.rmtree(environment, ignore_errors=True)

    def _script(self) -> tuple[str, ...]:
        return (f"--script={self.project / 'script.py'}",) if self.script else ()

    def _of_what(self, request: Request) -> tuple[str, ...]:
        """A script has neither extras nor groups."""
        return self._script() or (f"--package={self.package}", *request.flags())

    def _about(self, machine: Machine) -> tuple[str, ...]:
        return (
            "--preview-features=frozen-lockfile,json-output",
            f"--python={self._interpreter(machine)}",
            f"--python-platform={machine.triple}",
        )

    def _interpreter(self, machine: Machine) -> Path:
        shim = self.session / f"{machine.interpreter}-{os.getpid()}"
        if not shim.exists():
            values = {key: machine.target.markers[key] for key in _OF_THE_INTERPRETER}
            text = _SHIM.format(
                executable=sys.executable,
                markers=values,
                gil_disabled=machine.target.python.free_threaded,
            )
            shim.write_text(text)
            shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
        return shim

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [_UV, *arguments, "--directory", str(self.project)],
            capture_output=True,
            text=True,
            check=False,
            env=self._environment(),
        )
        if done.returncode:
            raise Refused(done.stderr)
        return done.stdout

    def _environment(self) -> Mapping[str, str]:
        kept = {
            key: value
            for key, value in os.environ.items()
            if key in _INDEX or not key.startswith(("UV_", "VIRTUAL_ENV", "PYTHONPATH"))
        }
        own = {
            "HOME": str(self.session),
            "UV_CACHE_DIR": str(self.session / "cache"),
            "UV_PYTHON_DOWNLOADS": "never",
        }
        return {**kept, **own}


def selected_files(pylock: Pylock, target: Target) -> frozenset[str]:
    """The file names that ``packaging`` selects; source trees are left out."""
    found = set()
    environment = {**target.markers, "python_full_version": _release(target)}
    for _, artifact in pylock.select(environment=environment, tags=list(target.tags)):  # type: ignore[arg-type]  # a TypedDict of eleven keys
        if isinstance(artifact, PackageWheel | PackageSdist | PackageArchive):
            # ``name`` is normalised by uv, the URL is as the index has it
            place = urlsplit(artifact.url).path if artifact.url else artifact.path or ""
            found.add(unquote(place.rpartition("/")[2]))
    return frozenset(found)


def _release(target: Target) -> str:
    """A pre-release counts as its release for uv; ``packaging`` would refuse it."""
    python = target.python
    return f"{python.major}.{python.minor}.{python.micro}"


def _chosen(flag: str, names: str | frozenset[NormalizedName]) -> list[str]:
    if names == ALL:
        return [f"--{flag}"]
    return [f"--{flag}-package={name}" for name in sorted(names)]
