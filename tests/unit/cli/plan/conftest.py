from __future__ import annotations

import io
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from repackage.cli import program
from repackage.cli._errors import exit_status
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = 'version = 1\nrevision = 5\nrequires-python = ">=3.9"\n'
INDEX = '{ registry = "https://index.example/simple" }'
LINUX = "manylinux_2_17_x86_64"
WINDOWS = "sys_platform == 'win32'"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a terminal showed."""

    status: int
    out: str
    err: str


class Terminal(io.StringIO):
    """A stdout that is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Site:
    """``site`` 1.0 with extras, groups, markers and forks; its wheels need not exist."""

    directory: Path

    @property
    def wheel(self) -> Path:
        return self.directory / "dist/site-1.0-py3-none-any.whl"

    def options(self, *targets: str) -> list[str]:
        named = [part for target in targets for part in ("--target", target)]
        cache = ("--cache-dir", str(self.directory / "cache"))
        return [str(self.wheel), "-f", "tar", "--arch", "x86_64", *cache, *named]


def package(name: str, version: str, *edges: str, tags: tuple[str, ...] = ()) -> str:
    """A package of the index, with a wheel for each tag."""
    stem = f"https://files.example/{name.replace('-', '_')}-{version}"
    wheels = ", ".join(
        f'{{ url = "{stem}-{tag}.whl", hash = "sha256:{"1" * 64}", size = 2048 }}'
        for tag in tags or ("py3-none-any",)
    )
    return (
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {INDEX}\n'
        f"dependencies = [{', '.join(edges)}]\nwheels = [{wheels}]\n"
    )


def edge(name: str, *, marker: str = "", extra: str = "", version: str = "") -> str:
    """An edge; one to one of several versions names it."""
    parts = [f'name = "{name}"']
    parts += [f'version = "{version}", source = {INDEX}'] if version else []
    parts += [f'extra = ["{extra}"]'] if extra else []
    parts += [f'marker = "{marker}"'] if marker else []
    return f"{{ {', '.join(parts)} }}"


def lock() -> str:
    """What uv would have written."""
    old = "python_full_version < '3.12'"
    new = "python_full_version >= '3.12'"
    return "\n".join(
        [
            HEAD,
            (
                '[[package]]\nname = "site"\nversion = "1.0"\nsource = { editable = "." }\n'
                f"dependencies = [{edge('web', extra='fast')}, {edge('views')},"
                f" {edge('maths', version='1.9', marker=old)},"
                f" {edge('maths', version='2.1', marker=new)},"
                f" {edge('tzdata', marker=WINDOWS)}]\n"
                "[package.optional-dependencies]\n"
                f"plot = [{edge('drawing')}]\n"
                "[package.dev-dependencies]\n"
                f"dev = [{edge('tester')}]\n"
            ),
            package("web", "3.0", edge("names"))
            + f"[package.optional-dependencies]\nfast = [{edge('loop')}]\n",
            package("views", "1.2", edge("web"), edge("backport", marker=old)),
            package("names", "3.10"),
            package("loop", "0.2", tags=(f"cp311-cp311-{LINUX}", f"cp312-cp312-{LINUX}")),
            package("maths", "1.9", tags=(f"cp311-cp311-{LINUX}",)),
            package("maths", "2.1", tags=(f"cp312-cp312-{LINUX}",)),
            package("backport", "0.9"),
            package("tzdata", "2026.1"),
            package("drawing", "5.0", edge("colours", marker=WINDOWS), edge("names")),
            package("colours", "1.1"),
            package("tester", "8.0", edge("plugins")),
            package("plugins", "1.5"),
        ]
    )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    found = Site(tmp_path)
    WheelFactory(tmp_path / "dist")(
        "site",
        "1.0",
        requires=[
            *("web[fast]", "views", "maths", f"tzdata; {WINDOWS}"),
            "drawing; extra == 'plot'",
        ],
        extras=["plot"],
    )
    (tmp_path / "uv.lock").write_text(lock(), encoding="utf-8")
    return found


@pytest.fixture
def show(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Shown]:
    """Run ``plan`` on a terminal so wide, and return what is to be read."""

    def shown(*arguments: str, columns: int = 80) -> Shown:
        terminal = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", terminal)
            patch.setenv("COLUMNS", str(columns))
            capsys.readouterr()
            status = exit_status(program, ["plan", *arguments])
        err = capsys.readouterr().err.replace(str(site.directory), "/project")
        text = terminal.getvalue().replace(str(site.directory), "/project")
        text = re.sub(r"codecs: .*\n", "", re.sub(r"\x1b\[[0-9;]*m", "", text))
        return Shown(status=status, out=text, err=err)

    return shown
