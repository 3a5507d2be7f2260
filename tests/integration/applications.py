"""Real applications: projects that ``uv`` locks and builds from the index at run time."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.request import urlopen

import tomli
from uv import find_uv_bin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Application:
    """A project with its lock and the wheels that were built from it."""

    project: Path
    wheel: Path

    @property
    def lock(self) -> Path:
        """The project's lock."""
        return self.project / "uv.lock"


def uv(*arguments: str, directory: Path) -> None:
    """Run uv in a directory, with nothing of the caller's own configuration."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("UV_", "VIRTUAL_ENV", "PYTHON"))
    }
    done = subprocess.run(
        [find_uv_bin(), *arguments, "--python", sys.executable],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"uv {arguments[0]} failed:\n{done.stderr}")


def project(
    directory: Path,
    name: str,
    *,
    code: str,
    dependencies: Sequence[str],
    version: str = "1.0",
    modules: Mapping[str, str] | None = None,
    extra: str = "",
    python: str = ">=3.10",
) -> Path:
    """Write a project with one command, called like the project."""
    package = name.replace("-", "_")
    sources = directory / "src" / package
    sources.mkdir(parents=True, exist_ok=True)
    (sources / "__init__.py").write_text(textwrap.dedent(code))
    for module, content in (modules or {}).items():
        (sources / module).write_text(textwrap.dedent(content))
    (directory / "README.md").write_text(f"# {name}\n\nMade to be packaged, and it works.\n")
    (directory / "LICENSE").write_text("Copyright (c) 2026 Example Ltd\n\nDo as you like.\n")
    listed = "".join(f'    "{requirement}",\n' for requirement in dependencies)
    (directory / "pyproject.toml").write_text(
        f"""\
[project]
name = "{name}"
version = "{version}"
description = "Shows what a packaged application can do"
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
authors = [{{ name = "Ada Example", email = "ada@example.org" }}]
requires-python = "{python}"
dependencies = [
{listed}]
[project.urls]
Homepage = "https://example.org/{name}"
[project.scripts]
{name} = "{package}:main"
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
{extra}"""
    )
    return directory


def locked_and_built(directory: Path) -> Application:
    """Lock a project and build its wheel (of a workspace: every member's)."""
    uv("lock", directory=directory)
    uv("build", "--wheel", "--out-dir", "dist", directory=directory)
    (wheel,) = (directory / "dist").glob("*.whl")
    return Application(project=directory, wheel=wheel)


def tox_itself(directory: Path) -> Application:
    """The sources of a well-known command-line program, as its maintainers released them."""
    asking = project(directory / "asking", "asking", code="", dependencies=["tox==4.30.2"])
    uv("lock", directory=asking)
    with (asking / "uv.lock").open("rb") as file:
        locked = tomli.load(file)
    (url,) = (p["sdist"]["url"] for p in locked["package"] if p["name"] == "tox")
    archive = directory / "tox.tar.gz"
    with urlopen(url) as response:
        archive.write_bytes(response.read())
    unpacked = directory / "sdist"
    unpacked.mkdir()
    # the first releases of Python 3.10 and 3.11 have no filters for unpacking safely
    subprocess.run(["tar", "-C", unpacked, "-xf", archive], check=True)
    (sources,) = unpacked.iterdir()
    declared = (sources / "pyproject.toml").read_text()
    # its development group does not resolve for the oldest Pythons any more
    narrowed = declared.replace('requires-python = ">=3.9"', 'requires-python = ">=3.11"')
    (sources / "pyproject.toml").write_text(narrowed)
    return locked_and_built(sources)


def pure_command(directory: Path, *, version: str = "1.0") -> Application:
    """A command of pure Python with more than ten dependencies, none of them compiled."""
    first = version == "1.0"
    modules = (
        {"old.py": "GREETING = 'hello'\n"} if first else {"new.py": "GREETING = 'bonjour'\n"}
    )
    code = f"""\
        import os, subprocess, sys
        import click, httpx, rich
        from rich.console import Console
        from {"pure_command.old" if first else "pure_command.new"} import GREETING

        @click.command()
        def main():
            Console(color_system=None).print(GREETING, os.getuid(), httpx.__name__)
            child = "import sys, rich; print(sys.prefix)"
            subprocess.run([sys.executable, "-c", child], check=True)
        """
    needs = ["click", "httpx[http2]", "rich", *(["python-slugify"] if first else [])]
    written = project(
        directory,
        "pure-command",
        code=code,
        dependencies=needs,
        version=version,
        modules=modules,
    )
    return locked_and_built(written)


def system_command(directory: Path, *, idna: str = ">=3") -> Application:
    """A command whose dependencies are packages of Debian, under names and versions of its own."""
    code = """\
        import sys
        import click, idna, lockfile, yaml

        @click.command()
        def main():
            click.echo(f"{sys.prefix} {yaml.safe_load('[1]')} {idna.encode('a.example').decode()}")
        """
    needs = ["click>=8,!=8.0.0", "pyyaml>=6", "lockfile>=0.9", f"idna{idna}"]
    return locked_and_built(project(directory, "system-command", code=code, dependencies=needs))


def compiled_service(directory: Path) -> Application:
    """An application on numpy, cryptography and lxml: compiled wheels with bundled libraries."""
    code = """\
        import numpy
        from cryptography.fernet import Fernet
        from lxml import etree

        def main():
            box = Fernet(Fernet.generate_key())
            assert box.decrypt(box.encrypt(b"secret")) == b"secret"
            root = etree.fromstring("<a><b/></a>")
            print(int(numpy.linalg.det(numpy.eye(3))), root[0].tag)
        """
    return locked_and_built(
        project(
            directory,
            "compiled-service",
            code=code,
            dependencies=["numpy", "cryptography", "lxml"],
        )
    )


def serverless(directory: Path) -> Application:
    """A function on numpy and cryptography; what it answers says where it was loaded from."""
    code = """\
        import cryptography, numpy
        from cryptography.fernet import Fernet

        def handler(event, context):
            box = Fernet(Fernet.generate_key())
            assert box.decrypt(box.encrypt(b"secret")) == b"secret"
            return {
                "sum": int(numpy.arange(event["n"]).sum()),
                "request": getattr(context, "aws_request_id", ""),
                "loaded from": [__file__, numpy.__file__, cryptography.__file__],
            }

        def main():
            answer = handler({"n": 10}, None)
            print(answer["sum"], *answer["loaded from"])
        """
    # the last numpy whose wheels run on the oldest runtimes, with glibc 2.26
    needs = ["numpy<2.3", "cryptography"]
    return locked_and_built(project(directory, "serverless", code=code, dependencies=needs))


def one_file(directory: Path) -> Application:
    """A command of pure Python that reads its metadata and data files as it should."""
    code = """\
        import importlib.metadata, importlib.resources, sys
        from rich.console import Console
        from rich.emoji import Emoji

        def main():
            data = importlib.resources.files(__name__).joinpath("words.txt").read_text()
            version = importlib.metadata.version("rich")
            Console(color_system=None).print(data.strip(), Emoji("tada"), __file__, soft_wrap=True)
            return 0 if version else 1
        """
    written = project(
        directory,
        "one-file",
        code=code,
        dependencies=["rich"],
        modules={"words.txt": "packed and well\n"},
    )
    return locked_and_built(written)


def old_and_new(directory: Path) -> Application:
    """Compiled wheels for whatever Python a release has, from 3.9 on, and a file of /etc."""
    code = """\
        import os, sys
        from cryptography.fernet import Fernet
        from lxml import etree

        def main():
            box = Fernet(Fernet.generate_key())
            assert box.decrypt(box.encrypt(b"secret")) == b"secret"
            print(etree.fromstring("<a/>").tag, "%d.%d" % sys.version_info[:2], os.getuid())
        """
    written = project(
        directory,
        "old-and-new",
        code=code,
        dependencies=["cryptography", "lxml"],
        python=">=3.9.2",
        extra='[tool.hatch.build.targets.wheel.shared-data]\n"conf" = "etc/old-and-new"\n',
    )
    (written / "conf").mkdir()
    (written / "conf" / "main.conf").write_text("[main]\nas = shipped\n")
    return locked_and_built(written)


def workspace(directory: Path) -> Application:
    """A workspace whose application depends on a member that no index has."""
    code = """\
        from shared_words import WORD
        import click

        def main():
            click.echo(WORD)
        """
    tables = """\
[tool.uv.workspace]
members = ["packages/*"]
[tool.uv.sources]
shared-words = { workspace = true }
"""
    project(
        directory, "front-end", code=code, dependencies=["shared-words", "click"], extra=tables
    )
    member = directory / "packages" / "shared-words"
    project(
        member,
        "shared-words",
        code="WORD = 'from a member'\ndef main(): print(WORD)\n",
        dependencies=["python-slugify"],
        version="2.5",
    )
    uv("lock", directory=directory)
    uv("build", "--wheel", "--all-packages", "--out-dir", "dist", directory=directory)
    (wheel,) = (directory / "dist").glob("front_end-*.whl")
    return Application(project=directory, wheel=wheel)


def linter(directory: Path) -> Application:
    """A well-known program of pure Python, under a name of our own, that starts workers."""
    code = """\
        def main():
            from pylint import run_pylint
            run_pylint()
        """
    return locked_and_built(
        project(directory, "linter", code=code, dependencies=["pylint==4.0.4"])
    )


def web_service(directory: Path, *, version: str = "1.0") -> Application:
    """A service with FastAPI and uvicorn: many dependencies, some of them compiled and large."""
    code = f"""\
        import os
        import uvicorn
        from fastapi import FastAPI
        from pydantic import BaseModel

        app = FastAPI()

        class Answer(BaseModel):
            greeting: str
            user: int
            version: str = "{version}"

        @app.get("/hello/{{name}}")
        def hello(name: str) -> Answer:
            return Answer(greeting=f"hello {{name}}", user=os.getuid())

        def main():
            uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]))
        """
    needs = ["fastapi", "uvicorn[standard]"]
    return locked_and_built(
        project(directory, "web-service", code=code, dependencies=needs, version=version)
    )
