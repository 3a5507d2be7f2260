"""The format protocol: what a format is given, and what it must offer.

A format is a pure function of a :class:`Plan` and a :class:`~repackage.tree.Tree`. A
module satisfies the protocol; nothing of ours needs to be imported to be a format. Its
name is the name of its entry point in the group ``repackage.formats``; a module that
only reads has the group ``repackage.readers``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.closure import Closure
    from repackage.package import Package
    from repackage.target import Target
    from repackage.tree import Entry, Tree

__all__ = ["Format", "Layout", "Plan", "Reader", "app_layout", "flat_layout"]

O = TypeVar("O")  # noqa: E741 - the options of a format, as in design and docs


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Where a format wants the schemes of a wheel; paths as in a tree (no leading ``/``).

    Equal layouts share one staging.
    """

    purelib: str
    platlib: str
    scripts: str
    """Directory of launchers; empty: the layout has no launchers."""
    headers: str
    data: str
    interpreter: str
    """Absolute path that a launcher's first line names."""
    venv: str = ""
    """Prefix that gets a ``pyvenv.cfg`` and ``bin/python``; empty: not a venv."""
    base_interpreter: str = ""
    """Absolute path of the interpreter that the venv is based on."""
    commands: str = ""
    """Directory that gets a link for each command of the root wheel; empty: none."""
    pth: bool = True
    """Whether ``.pth`` files are read where ``purelib`` is; if not, they are refused."""
    ledger: str = ""
    """Path of the ledger, ``…/share/repackage/<name>/ledger.json``; empty: there is none."""
    system_data: tuple[tuple[str, str], ...] = ()
    """(prefix inside ``.data/data``, directory): where the root wheel's data go instead."""


#: Parts of the root wheel's ``.data/data`` that belong to the system (FHS 3.0).
SYSTEM_DATA = (
    ("etc/", "etc/"),
    ("share/man/", "usr/share/man/"),
    ("share/applications/", "usr/share/applications/"),
    ("share/icons/", "usr/share/icons/"),
    ("share/metainfo/", "usr/share/metainfo/"),
    ("share/bash-completion/", "usr/share/bash-completion/"),
    ("share/zsh/", "usr/share/zsh/"),
    ("share/fish/", "usr/share/fish/"),
)


def app_layout(target: Target, *, prefix: str, name: str = "") -> Layout:
    """A private, venv-shaped prefix such as ``usr/lib/app``, for applications.

    ``sys.prefix`` is right, children started with ``sys.executable`` work, ``.pth``
    files are read. The package's ``name`` is where its ledger goes, below ``usr/share``:
    two packages that may be installed beside each other have two names.
    """
    site = f"{prefix}/lib/{target.python.command}/site-packages"
    return Layout(
        purelib=site,
        platlib=site,
        scripts=f"{prefix}/bin",
        headers=f"{prefix}/include",
        data=prefix,
        interpreter=f"/{prefix}/bin/python",
        venv=prefix,
        base_interpreter=target.interpreter,
        commands="usr/bin",
        ledger=name and f"usr/{_ledger(name)}",
        system_data=SYSTEM_DATA,
    )


def flat_layout(*, name: str = "") -> Layout:
    """One directory for ``PYTHONPATH``: no venv, no ``.pth``, no absolute path anywhere.

    The package's ``name`` is where its ledger goes, below ``share``.
    """
    return Layout(
        purelib="",
        platlib="",
        scripts="",
        headers="include",
        data="",
        interpreter="",
        pth=False,
        ledger=name and _ledger(name),
    )


def _ledger(name: str) -> str:
    return f"share/repackage/{name}/ledger.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan(Generic[O]):
    """All that is decided before a byte is written."""

    package: Package
    target: Target
    closure: Closure
    layout: Layout
    options: O
    epoch: int
    """``SOURCE_DATE_EPOCH``, else the newest date in the root wheel; in seconds."""
    jobs: int = 1
    """Threads that may be used. No byte of the output may depend on it."""


@runtime_checkable
class Format(Protocol[O]):
    """What a format offers; the core does naming, scratch, rename, hashing, collisions."""

    @property
    def Options(self) -> type[O]:  # noqa: N802 - a class, as the format spells it
        """A frozen dataclass: the schema of ``[tool.repackage.<name>]`` and of ``-C``."""
        ...

    def layout(self, package: Package, target: Target, options: O) -> Layout:
        """Say where files go."""
        ...

    def filename(self, plan: Plan[O]) -> str:
        """Name the artifact, from the plan alone."""
        ...

    def emit(self, plan: Plan[O], tree: Tree, out: Path) -> None:
        """Create exactly ``out``: a file or a directory."""
        ...

    def read(self, artifact: Path) -> Iterator[Entry]:
        """Read back what an artifact installs: the inverse of ``emit``."""
        ...


@runtime_checkable
class Reader(Protocol):
    """What is needed to look into an artifact; a format is a reader.

    A reader may also offer ``describe(artifact) -> dict[str, str]``, what the artifact says
    of itself; ``recognises(artifact) -> int``, 0 for what it cannot read, 1 where the
    container is its own, 2 where what is in it is, too; and ``read_arch(artifact, arch)``,
    which is ``read`` for artifacts that hold the trees of several machines.
    """

    def read(self, artifact: Path) -> Iterator[Entry]:
        """Yield what an artifact installs; contents may be found when they are asked for."""
        ...
