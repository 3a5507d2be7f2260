"""Debian roots made once by debootstrap, each test working in a throw-away overlay of one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The programs that a root needs on this machine.
TOOLS = ("debootstrap", "unshare", "mount", "chroot")

#: Roots are kept between runs: they hold nothing but the distribution.
ROOTS = Path(os.environ.get("REPACKAGE_TEST_ROOTS", tempfile.gettempdir() + "/repackage-roots"))

_ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}


def debian_root(suite: str) -> Path:
    """Return a minimal root of a suite with its package lists, made at the first call."""
    ROOTS.mkdir(parents=True, exist_ok=True)
    root = ROOTS / suite
    with FileLock(ROOTS / f"{suite}.lock"):
        if not root.exists():
            scratch = ROOTS / f"{suite}.partial"
            shutil.rmtree(scratch, ignore_errors=True)
            _run(["debootstrap", "--variant=minbase", suite, str(scratch)])
            shutil.copy("/etc/resolv.conf", scratch / "etc/resolv.conf")
            # a mirror may be older than the clock: lists of unstable hold for a week only
            lenient = 'Acquire::Check-Valid-Until "false";\n'
            (scratch / "etc/apt/apt.conf.d/99valid-until").write_text(lenient)
            _run(["chroot", str(scratch), "apt-get", "-q", "update"])
            scratch.rename(root)
    return root


@dataclass(frozen=True)
class Machine:
    """A root that a test may change: an overlay that keeps its state between commands."""

    root: Path
    scratch: Path

    def run(self, script: str, *, user: int = 0, check: bool = True) -> str:
        """Run a shell script inside, as a user id, and return what it printed."""
        mount = self._directory("mount")
        script_path = self._directory("upper") / "run.sh"
        script_path.write_text(f"set -e\ncd /\n{script}\n")
        script_path.chmod(0o755)
        inside = " && ".join(
            [
                f"mount -t overlay overlay -o {self._overlay()} {mount}",
                f"mount -t proc proc {mount}/proc",
                f"mount --rbind /dev {mount}/dev",
                f"exec chroot --userspec={user}:{user} {mount} sh /run.sh",
            ]
        )
        home = "/tmp" if user else "/root"  # a user's own: root's is closed to others
        environment = {**_ENVIRONMENT, "HOME": home}
        return _run(["unshare", "-m", "sh", "-c", inside], check=check, environment=environment)

    def examine(self, *command: str) -> str:
        """Run a program of this machine on the whole root, its last argument; add the status."""
        mount = self._directory("mount")
        inside = (
            f"mount -t overlay overlay -o {self._overlay()} {mount} && "
            f'"$@" {mount}; echo "status $?"'
        )
        return _run(["unshare", "-m", "sh", "-c", inside, "sh", *command])

    def receive(self, path: Path) -> str:
        """Copy a file to the top directory of the machine and return its path there."""
        shutil.copy(path, self._directory("upper") / path.name)
        return f"/{path.name}"

    def files(self) -> frozenset[str]:
        """Every path of the machine but those that package managers and mounts churn."""
        pruned = (
            "/proc /dev /sys /tmp /run /var/log /var/cache /var/lib/apt /var/lib/dpkg /run.sh"
        )
        prune = " -o ".join(f"-path {path}" for path in pruned.split())
        return frozenset(self.run(f"find / \\( {prune} \\) -prune -o -print").splitlines())

    def _overlay(self) -> str:
        upper, work = self._directory("upper"), self._directory("work")
        return f"lowerdir={self.root},upperdir={upper},workdir={work}"

    def _directory(self, name: str) -> Path:
        directory = self.scratch / name
        directory.mkdir(parents=True, exist_ok=True)
        return directory


def _run(
    command: list[str], *, check: bool = True, environment: Mapping[str, str] | None = None
) -> str:
    done = subprocess.run(
        command,
        env=None if environment is None else dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if check and done.returncode:
        raise AssertionError(f"{command[0]} failed ({done.returncode}):\n{done.stdout}")
    return done.stdout
