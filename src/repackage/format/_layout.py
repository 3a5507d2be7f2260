"""Where files go: the layouts that formats choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repackage.target import Target


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
    """Absolute path that a launcher's first line names; or ``/usr/bin/env python3``, whatever
    is on the ``PATH``."""
    venv: str = ""
    """Prefix that gets a ``pyvenv.cfg`` and ``bin/python``; empty: not a venv."""
    base_interpreter: str = ""
    """Absolute path of the interpreter that the venv is based on."""
    commands: str = ""
    """Directory that gets a link for each command of the root wheel; empty: none."""
    path: str = ""
    """Absolute directory that launchers put first in ``sys.path``; empty: no need to."""
    pth: bool = True
    """Whether ``.pth`` files are read where ``purelib`` is; if not, they are refused."""
    ledger: str = ""
    """Path of the ledger, ``…/share/repackage/<name>/ledger.json``; empty: there is none."""
    alone: bool = False
    """Whether only the root wheel is staged: what it depends on is the system's."""
    system_data: tuple[tuple[str, str], ...] = ()
    """(prefix inside ``.data/data``, directory): where the root wheel's data go instead."""
    root: str = "/"
    """Absolute path that the root of the tree lies at, once it is installed: bytecode names it.
    Empty: anywhere; Python itself says where a module is when it imports it."""
    bytecode: bool | None = None
    """Whether bytecode is staged beside modules; None: as the user asks of all formats."""


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


def system_layout(target: Target, *, site: str, name: str) -> Layout:
    """The system's own directories, for a root wheel that is packaged as distributions do it.

    ``site`` is the target's directory for pure modules of packages, such as
    ``usr/lib/python3.12/site-packages``. What the wheel depends on are packages of the
    system: the plan's ``externals``. The package's ``name`` is where its ledger goes.
    """
    return Layout(
        purelib=site,
        platlib=site,
        scripts="usr/bin",
        headers=f"usr/include/{target.python.command}",
        data="usr",
        interpreter=target.interpreter,
        ledger=f"usr/{_ledger(name)}",
        alone=True,
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
        root="",
    )


def _ledger(name: str) -> str:
    return f"share/repackage/{name}/ledger.json"
