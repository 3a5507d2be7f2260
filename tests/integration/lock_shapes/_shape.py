"""What a shape is: an index, projects, and what is asked of the lock that uv makes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from repackage.resolve import FileChoice, Selection
from tests.integration.projects import Project
from tests.integration.sdists import make_sdist
from tests.integration.simple_index import write_index
from tests.integration.uv_oracle import Request
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PLAIN = Selection()
EVERYTHING = Selection(all_extras=True, all_groups=True)

#: Stands for the server of the shape's files, until there is one: its indexes are
#: ``{SERVER}/simple`` and ``{SERVER}/<Release.index>``, its files lie in ``{SERVER}/files``.
SERVER = "http://index.example"
#: Stands for the absolute path of the project.
HERE = "/here"


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release on the index: one wheel per tag, and an sdist if there is to be one."""

    name: str
    version: str = "1.0"
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    tags: tuple[str, ...] = ("py3-none-any",)
    """A build tag may come first: ``2-py3-none-any``."""
    sdist: bool = False
    python: str = ">=3.8"
    index: str = "simple"
    """Or a directory of the project, as ``./wheelhouse``."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A lock to be made, and what is asked of it on every machine."""

    index: tuple[Release, ...] = ()
    project: Project = field(default_factory=Project)
    members: Mapping[str, Project] = field(default_factory=dict)
    """Further projects, by directory."""
    selections: tuple[Selection, ...] = (PLAIN,)
    choices: tuple[FileChoice, ...] = ()
    """Wheels or source: asked together with the first selection."""
    root: str = "app"
    """The project whose wheel is resolved."""
    bare_root: str = ""
    """``pyproject.toml`` of a workspace root without ``[project]``."""
    script: bool = False
    """Whether the project's dependencies are those of a PEP 723 script, locked as such."""
    edits: Mapping[str, str] = field(default_factory=dict)
    """Regular expressions, and what replaces each in the lock: for what uv will not write."""
    pythons: tuple[str, ...] = ()
    """Further interpreters to ask about."""
    platforms: tuple[str, ...] = ()
    """Further platforms to ask about."""
    exported: bool = True
    """Whether ``pylock.toml`` can tell its files."""
    locked_with: str = "3.11"
    """An interpreter that the project admits."""

    @property
    def requests(self) -> tuple[Request, ...]:
        """All that is asked; the first on every machine, the others on some."""
        return (
            *(Request(selection=selection) for selection in self.selections),
            *(Request(selection=self.selections[0], files=files) for files in self.choices),
        )

    @property
    def wheel_project(self) -> Project:
        """The project whose wheel is resolved."""
        projects = (self.project, *self.members.values())
        return next(project for project in projects if project.name == self.root)


def names(*names: str) -> tuple[Release, ...]:
    """Make plain releases."""
    return tuple(Release(name=name) for name in names)


def publish(shape: Shape, root: Path, project: Path) -> None:
    """Make the files of a shape, and indexes of them."""
    for index in sorted({release.index for release in shape.index}):
        made = project / index if index.startswith("./") else root / "made" / index
        make_wheel = WheelFactory(made)
        for release in shape.index:
            if release.index != index:
                continue
            metadata = [f"Requires-Python: {release.python}"]
            for written in release.tags:
                build, tag = _split_build(written)
                wheel = make_wheel(
                    release.name,
                    release.version,
                    requires=release.requires,
                    extras=release.extras,
                    metadata=metadata,
                    tag=tag,
                )
                if build:
                    wheel.rename(wheel.with_name(wheel.name.replace(tag, written)))
            if release.sdist:
                make_sdist(made, release.name, release.version, python=release.python)
        if not index.startswith("./"):
            write_index(made, root, name=index)


def write_workspace(shape: Shape, directory: Path, *, url: str) -> Path:
    """Write the projects of a shape, all locked from the indexes of one server."""
    directory.mkdir(parents=True, exist_ok=True)
    located = {SERVER: url, HERE: str(directory)}
    index = f'\n[[tool.uv.index]]\nurl = "{url}/simple"\ndefault = true\n'
    if shape.script:
        _write_script(shape.project, directory, url=url)
    elif shape.bare_root:
        (directory / "pyproject.toml").write_text(shape.bare_root + index)
    else:
        _located(shape.project, located).write(directory)
        with (directory / "pyproject.toml").open("a") as file:
            file.write(index)
    for place, project in shape.members.items():
        _located(project, located).write(directory / place)
    return directory


def edit(shape: Shape, lock: Path, *, url: str) -> None:
    """Make of uv's lock what uv will not write."""
    text = lock.read_text(encoding="utf-8")
    for pattern, replacement in shape.edits.items():
        text, count = re.subn(
            pattern.replace(SERVER, re.escape(url)),
            replacement.replace(SERVER, url).replace(HERE, str(lock.parent)),
            text,
            flags=re.MULTILINE,
        )
        assert count, f"the edit {pattern!r} changes nothing in\n{text}"
    lock.write_text(text, encoding="utf-8")


def _write_script(project: Project, directory: Path, *, url: str) -> None:
    lines = [
        f'requires-python = "{project.requires_python}"',
        f"dependencies = {list(project.dependencies)}",
        *project.uv.splitlines(),
        "[[tool.uv.index]]",
        f'url = "{url}/simple"',
        "default = true",
    ]
    commented = "\n".join(f"# {line}" for line in lines)
    (directory / "script.py").write_text(f"# /// script\n{commented}\n# ///\n")


def _located(project: Project, located: Mapping[str, str]) -> Project:
    text = project.uv
    for placeholder, place in located.items():
        text = text.replace(placeholder, place)
    return replace(project, uv=text)


def _split_build(written: str) -> tuple[str, str]:
    build, _, tag = written.partition("-")
    return (build, tag) if build[:1].isdigit() else ("", written)
