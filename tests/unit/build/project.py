"""A project with a lock and a wheelhouse, as a user has it: nothing needs a network."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from repackage.build import Asked, Request, request_of
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from pathlib import Path

NO_HASH = "sha256:" + "1" * 64

LOCK_HEAD = 'version = 1\nrevision = 3\nrequires-python = ">=3.10"\n'


@dataclass(frozen=True)
class Project:
    """``app`` 1.0, which depends on ``greet`` 2.0 and, with the extra ``loud``, on ``shout``."""

    directory: Path

    @property
    def wheel(self) -> Path:
        return self.directory / "dist/app-1.0-py3-none-any.whl"

    @property
    def lock(self) -> Path:
        return self.directory / "uv.lock"

    @property
    def wheelhouse(self) -> Path:
        return self.directory / "wheelhouse"

    @property
    def out(self) -> Path:
        return self.directory / "out"

    @property
    def cache(self) -> Path:
        return self.directory / "cache"

    @property
    def options(self) -> list[str]:
        """Options of the command line that need nothing of this machine."""
        return [
            str(self.wheel),
            *("--target", "debian-12", "--arch", "x86_64", "--offline"),
            *("--find-links", str(self.wheelhouse)),
            *("--out-dir", str(self.out), "--cache-dir", str(self.cache)),
        ]

    def request(self, *formats: str, **asked: Any) -> Request:
        flags = {
            "formats": formats or ("tar",),
            "target": "debian-12",
            "arch": "x86_64",
            "offline": True,
            "find-links": (str(self.wheelhouse),),
            "out-dir": str(self.out),
            **asked.pop("flags", {}),
        }
        return request_of(
            Asked(
                **{"wheel": self.wheel, "lock": self.lock, "cache_dir": self.cache} | asked,
                flags=flags,
            )
        )

    def make_wheel(self, *, tag: str = "py3-none-any") -> Path:
        """Build the application, for any machine or for one."""
        return WheelFactory(self.directory / "dist")(
            "app",
            "1.0",
            requires=["greet>=1", "shout; extra == 'loud'"],
            extras=["loud"],
            scripts={"app": "app:main"},
            metadata=["Summary: An application", "Author-email: Ann <ann@a.example>"],
            tag=tag,
        )

    def lock_the_source(self) -> None:
        """Let the lock have nothing but a source of ``greet``."""
        sdist = (
            f'sdist = {{ url = "https://a.example/greet-2.0.tar.gz", hash = "{NO_HASH}" }}\n'
        )
        self._relock(r"wheels = \[\s*\{[^}]*/greet-[^\]]*\]\n", sdist)

    def lock_a_directory(self) -> None:
        """Make ``greet`` a path dependency."""
        declared = '{ name = "greet", directory = "vendored/greet" }'
        self._relock(r'\{ name = "greet", specifier = ">=1" \}', declared)
        self._relock(
            r'(name = "greet"\nversion = "2.0"\n)source = .*\n(wheels|sdist) = [^\[]*(\[[^\]]*\])?\n',
            r'\1source = { directory = "vendored/greet" }\n',
        )

    def _relock(self, pattern: str, new: str) -> None:
        text, count = re.subn(pattern, new, self.lock.read_text())
        assert count == 1
        self.lock.write_text(text)

    def left_behind(self) -> list[str]:
        """What is in the output directory."""
        return sorted(path.name for path in self.out.iterdir()) if self.out.exists() else []


def make_project(directory: Path) -> Project:
    """Build the wheels, and write the lock that uv would."""
    project = Project(directory)
    houses = WheelFactory(project.wheelhouse)
    greet = houses("greet", "2.0", scripts={"greet": "greet:main"})
    shout = houses("shout", "3.0")
    project.make_wheel()
    project.lock.write_text(
        LOCK_HEAD
        + """
[[package]]
name = "app"
version = "1.0"
source = { editable = "." }
dependencies = [{ name = "greet" }]

[package.optional-dependencies]
loud = [{ name = "shout" }]

[package.metadata]
requires-dist = [
    { name = "greet", specifier = ">=1" },
    { name = "shout", marker = "extra == 'loud'" },
]
provides-extras = ["loud"]
"""
        + _locked("greet", "2.0", greet)
        + _locked("shout", "3.0", shout)
    )
    return project


def _locked(name: str, version: str, wheel: Path) -> str:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"""
[[package]]
name = "{name}"
version = "{version}"
source = {{ registry = "https://index.example/simple" }}
wheels = [
    {{ url = "https://files.example/{wheel.name}", hash = "sha256:{digest}", size = {wheel.stat().st_size} }},
]
"""
