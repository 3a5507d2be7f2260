"""uv as an oracle: which distributions, and which files, it would install.

The set comes from ``uv sync --dry-run``, asked with an interpreter that only claims to
have another version; the files from uv's own ``pylock.toml`` and ``packaging.pylock``.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import tomli
from packaging.pylock import Pylock
from uv import find_uv_bin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from repackage.resolve import Selection
    from repackage.target import Target

PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
ARCHITECTURES = ("x86_64", "aarch64")

#: uv learns about an interpreter by running a probe; this one answers for another version.
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
    markers["python_full_version"] = markers["implementation_version"] = {full!r}
    markers["python_version"] = {release!r}
    print(json.dumps(answer))
sys.exit(done.returncode)
"""


#: Settings of uv that say where the index is and whom to trust.
_INDEX = frozenset({"UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS"})


class Refused(Exception):  # noqa: N818 - an answer like the other
    """uv refuses to answer."""


@dataclass(frozen=True)
class Oracle:
    """uv, isolated from this machine's configuration, for one project."""

    project: Path
    scratch: Path
    cache: Path = field(kw_only=True)

    def lock(self) -> Path:
        """Lock the project; an index may be asked."""
        self._run("lock", "--python", sys.executable)
        return self.project / "uv.lock"

    def installed(
        self, package: str, target: Target, selection: Selection
    ) -> frozenset[tuple[str, str | None]]:
        """Names and versions that uv would install; no version for a source tree."""
        done = self._run(
            "sync",
            "--frozen",
            "--offline",
            "--dry-run",
            "--output-format=json",
            "--preview-features=frozen-lockfile,json-output",
            f"--python={self._interpreter(target)}",
            f"--python-platform={target.arch}-manylinux_2_28",
            f"--package={package}",
            *_flags(selection),
        )
        changes = json.loads(done)["sync"]["changes"]
        return frozenset((change["name"], change.get("version")) for change in changes)

    def files(self, package: str, selection: Selection) -> Pylock:
        """What uv would install anywhere, as a lock that names files."""
        text = self._run(
            "export",
            "--frozen",
            "--offline",
            "--format=pylock.toml",
            "--no-header",
            "--quiet",
            f"--package={package}",
            *_flags(selection),
        )
        return Pylock.from_dict(tomli.loads(text))

    def _interpreter(self, target: Target) -> Path:
        release = target.python.release
        shim = self.scratch / f"python{release}"
        if not shim.exists():
            full = target.markers["python_full_version"]
            shim.write_text(_SHIM.format(executable=sys.executable, full=full, release=release))
            shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
        return shim

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [find_uv_bin(), *arguments, "--directory", str(self.project)],
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
            "HOME": str(self.scratch),
            "UV_CACHE_DIR": str(self.cache),
            "UV_PYTHON_DOWNLOADS": "never",
        }
        return {**kept, **own}


def selected_files(pylock: Pylock, target: Target) -> frozenset[str]:
    """The file names that ``packaging`` selects; source trees are left out."""
    found = set()
    environment = dict(target.markers)
    for _, artifact in pylock.select(environment=environment, tags=list(target.tags)):  # type: ignore[arg-type]  # a TypedDict of eleven keys
        url = getattr(artifact, "url", None)
        if url is not None:
            # ``name`` is normalised by uv, the URL is as the index has it.
            found.add(unquote(urlsplit(url).path.rpartition("/")[2]))
    return frozenset(found)


def _flags(selection: Selection) -> list[str]:
    switches = {
        "--no-default-groups": not selection.default_groups,
        "--all-extras": selection.all_extras,
        "--all-groups": selection.all_groups,
    }
    return [
        *(switch for switch, on in switches.items() if on),
        *(f"--extra={extra}" for extra in selection.extras),
        *(f"--no-extra={extra}" for extra in selection.no_extras),
        *(f"--group={group}" for group in selection.groups),
        *(f"--only-group={group}" for group in selection.only_groups),
        *(f"--no-group={group}" for group in selection.no_groups),
    ]
