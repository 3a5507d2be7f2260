"""rpm, driven in roots of the tests' own; and packages that stand for a distribution."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.testing import EPOCH, tree_of
from repackage.tree import Directory, Tree, inline_file
from repackage_formats.rpm._facts import Relation
from tests.formats.rpm.made import facts, written

if TYPE_CHECKING:
    from pathlib import Path

#: Debian's rpm is made for looking into packages; ``--dbpath`` is where others have theirs.
_RPM = ("--dbpath", "/var/lib/rpm", "--noplugins")


def run(
    *command: str | Path, check: bool = True, cwd: Path | None = None, home: Path | None = None
) -> str:
    """Run a program, and return what it printed."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [str(word) for word in command],
        env=environment if home is None else {**environment, "HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=cwd,
    )
    if check and done.returncode:
        raise AssertionError(f"{command[0]} failed ({done.returncode}):\n{done.stdout}")
    return "".join(
        line
        for line in done.stdout.splitlines(keepends=True)
        if not line.startswith(("rpm: RPM should not", "rpm: However"))
    )


def query(*arguments: str | Path) -> list[str]:
    """Ask rpm about packages that are files, with the keys of nobody."""
    return run("rpm", "-qp", "--dbpath", "/nonexistent", *arguments).splitlines()


@dataclass(frozen=True)
class Root:
    """A root that rpm works in, from outside: no scriptlet can run in it."""

    path: Path

    def rpm(self, *arguments: str | Path, check: bool = True) -> str:
        """Run rpm on the root."""
        return run("rpm", "--root", self.path, *_RPM, *arguments, check=check)

    def dnf(self, repository: Path | str, *arguments: str, check: bool = True) -> str:
        """Run dnf on the root, with one repository: a directory, or a URL."""
        url = repository if isinstance(repository, str) else repository.as_uri()
        home = self.path.parent / "home"
        home.mkdir(exist_ok=True)
        (home / ".rpmmacros").write_text("%_dbpath /var/lib/rpm\n")
        settings = ("reposdir=/nonexistent", "tsflags=noscripts", "plugins=0", "gpgcheck=0",
                    "install_weak_deps=1", f"cachedir={self.path}.cache")  # fmt: skip
        return run(
            "dnf", "-q", "-y", f"--installroot={self.path}", "--releasever=9",
            f"--repofrompath=made,{url}",
            *(f"--setopt={setting}" for setting in settings),
            *arguments,
            home=home,
            check=check,
        )  # fmt: skip

    def files(self) -> frozenset[str]:
        """Every path of the root but those that package managers churn."""
        below = (path.relative_to(self.path) for path in self.path.rglob("*"))
        return frozenset(
            path.as_posix()
            for path in below
            if not path.as_posix().startswith(
                ("var/lib/rpm", "var/lib/dnf", "var/log", "var/cache")
            )
            and path.as_posix() not in {"var", "var/lib"}
        )


def distribution(directory: Path) -> list[Path]:
    """Make packages with the names that every EL 9 has: directories, shell, interpreters."""
    directories = ("bin", "etc", "lib", "lib64", "opt", "usr", "usr/bin", "usr/lib", "usr/lib64",
                   "usr/share", "usr/share/doc", "usr/share/licenses")  # fmt: skip
    filesystem = Tree.of([Directory(path=path, mtime=EPOCH) for path in directories])
    packages = [
        facts(filesystem, **_named("filesystem")),
        facts(_programs("bin/sh"), **_named("bash")),
        *(
            facts(
                _programs(f"usr/bin/python{release}"),
                **_named(f"python{release}", ("python(abi)", release)),
            )
            for release in ("3.9", "3.11")
        ),
        facts(Tree(()), **_named("glibc", *((name, "") for name in _LIBC))),
    ]
    return [written(directory, package) for package in packages]


_LIBC = (
    *(f"lib{name}.so.6()(64bit)" for name in ("c", "m")),
    *(f"libc.so.6(GLIBC_2.{minor})(64bit)" for minor in range(35)),
    *(f"libc.so.6(GLIBC_{version})(64bit)" for version in ("2.2.5", "2.3.4", "2.3.2", "2.1.3")),
    *(f"lib{name}()(64bit)" for name in ("pthread.so.0", "dl.so.2", "gcc_s.so.1", "rt.so.1")),
    "rtld(GNU_HASH)",
)  # fmt: skip


def _programs(path: str) -> Tree:
    program = inline_file(path, b"#!/bin/false\n", mtime=EPOCH, mode=0o755)
    return Tree(tuple(e for e in tree_of(program) if not isinstance(e, Directory)))


def _named(name: str, *provides: tuple[str, str]) -> dict[str, object]:
    relations = [(name, "1.0-1"), *provides]
    return {
        "name": name,
        "compression": "gzip",
        "source_rpm": f"{name}-1.0-1.src.rpm",
        "provides": tuple(
            Relation(name=each, version=version, flags=8 if version else 0)
            for each, version in relations
        ),
    }
