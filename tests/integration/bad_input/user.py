"""A user at a shell: an empty directory, a project elsewhere, and the real command."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tests.unit.build.project import Project
    from tests.unit.fetch.server import Behaviour, Server

#: What of the environment would change a run.
FOREIGN = ("UV_", "REPACKAGE_", "SOURCE_DATE", "NETRC", "XDG_")
#: Kilobytes of address space that are enough for whatever is refused.
LITTLE_MEMORY = ("sh", "-c", 'ulimit -v 409600; exec "$@"', "sh")


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class User:
    """Runs the command in an empty directory, and looks at what it leaves behind."""

    project: Project
    here: Path
    """The working directory; also the home and the place of temporary files."""
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, *options: str, formats: Sequence[str] = ("deb", "tar")) -> list[str]:
        chosen = [word for name in formats for word in ("-f", name)]
        usual = self.options
        if "--target" in options:  # a command takes one
            at = usual.index("--target")
            del usual[at : at + 2]
        return [sys.executable, "-m", "repackage", *chosen, *usual, *options]

    @property
    def options(self) -> list[str]:
        return self.project.options

    def start(
        self, command: Sequence[str], *, wrapper: Sequence[str] = ()
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*wrapper, *command],
            cwd=self.here,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="surrogateescape",
        )

    def run(self, command: Sequence[str], *, wrapper: Sequence[str] = ()) -> Outcome:
        return outcome(self.start(command, wrapper=wrapper))

    def built(self, *options: str, formats: Sequence[str] = ("deb", "tar")) -> dict[str, bytes]:
        """Build, and return the artifacts."""
        done = self.run(self.command(*options, formats=formats))

        assert (done.status, done.err) == (0, "")
        return {path.name: path.read_bytes() for path in self.project.out.iterdir()}

    def refused(
        self,
        status: int,
        *options: str,
        errors: int = 1,
        wrapper: Sequence[str] = (),
        command: Sequence[str] = (),
    ) -> str:
        """Run; see that it is refused as everything must be; return what was said."""
        before = self.files()
        done = self.run(command or self.command(*options), wrapper=wrapper)

        lines = done.err.splitlines()
        assert done.status == status, done.err
        assert done.out == ""
        assert "Traceback" not in done.err
        assert all(line.startswith(("error: ", "  ")) for line in lines), done.err
        assert sum(line.startswith("error: ") for line in lines) == errors, done.err
        assert self.files() == before
        assert self.scratch() == []
        return done.err

    def rebuild(
        self,
        *,
        files: Mapping[str, str | bytes] | None = None,
        scripts: Mapping[str, str] | None = None,
        metadata: Sequence[str] = (),
    ) -> None:
        """Build the root wheel anew, as the lock expects it."""
        WheelFactory(self.project.wheel.parent)(
            "app",
            "1.0",
            files=files,
            requires=["greet>=1", "shout; extra == 'loud'"],
            extras=["loud"],
            scripts=scripts,
            metadata=metadata,
        )

    def have_much_to_write(self, size: int) -> None:
        """Build the root wheel anew, with bytes that cannot be compressed."""
        noise = random.Random(1).randbytes(size)
        self.rebuild(files={"app/__init__.py": "", "app/noise.bin": noise})

    def files(self) -> list[str]:
        """Everything in the project and here, but not the cache."""
        places = (self.project.directory, self.here)
        paths = [path for place in places for path in place.rglob("*")]
        cache = self.project.cache
        return sorted(str(path) for path in paths if cache not in (path, *path.parents))

    def scratch(self) -> list[Path]:
        """Temporary files of the store."""
        directory = self.project.cache / "v1/scratch"
        return list(directory.iterdir()) if directory.exists() else []

    def _environment(self) -> Mapping[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(FOREIGN) and not name.lower().endswith("_proxy")
        }
        return {**kept, "HOME": str(self.here), "TMPDIR": str(self.here), **self.environment}


class Online(User):
    """A user whose dependencies are on a server instead of in a wheelhouse."""

    @property
    def options(self) -> list[str]:
        return [option for option in super().options if option != "--offline"]

    def publish(self, server: Server, **behaviours: Callable[[bytes], Behaviour]) -> None:
        """Serve the wheelhouse, some distributions of it in a way of their own."""
        for wheel in sorted(self.project.wheelhouse.iterdir()):
            body = wheel.read_bytes()
            url = server.serve(f"/{wheel.name}", body, ETag='"1"')
            name = wheel.name.partition("-")[0]
            if name in behaviours:
                server.on(f"/{wheel.name}", behaviours[name](body))
            self.rewrite(f"https://files.example/{wheel.name}", url)
            wheel.unlink()

    def rewrite(self, old: str, new: str) -> None:
        """Change the lock."""
        change(self.project.lock, old, new)


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that is there, wherever it is."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def outcome(process: subprocess.Popen[str]) -> Outcome:
    """Wait for the end."""
    out, err = process.communicate(timeout=60)
    return Outcome(process.returncode, out, err)


def until(condition: Callable[[], object]) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
