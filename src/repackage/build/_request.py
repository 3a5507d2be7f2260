"""From tables, flags and settings to a request: the edge where strings become types."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from repackage.build._choose import choose
from repackage.build._core import selection_of
from repackage.build._model import Request
from repackage.config import NO_PROJECT, find_project, read_project
from repackage.errors import InputError, LockError, Problem, Problems, UsageError, WheelError
from repackage.lock import find_lock
from repackage.resolve import Selection
from repackage.signing import SETTINGS, SigningOptions, split_signing
from repackage.wheel import read_wheel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.build._dependencies import Provider
    from repackage.check import Policy
    from repackage.config import Project, Settings
    from repackage.signing import Signer

#: The last second of a ustar header, and of an unsigned 32-bit field: 2106-02-07.
LATEST = 0xFFFFFFFF


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a user said on the command line or to a hook; None and empty: nothing."""

    wheel: Path
    lock: Path | None = None
    project: Path | None = None
    flags: Mapping[str, Any] = field(default_factory=dict)
    """Keys of :class:`Core` and their values; they win over the table."""
    policy: Policy | None = None
    otherwise: Policy = "locked"
    """The level where neither the user nor the table says one."""
    dependencies: Provider | None = None
    """Who brings what the wheel requires, whatever the tables say."""
    settings: Settings = field(default_factory=dict)
    """``format.key`` and, for keys of :class:`Core`, ``key``."""
    stage_dir: Path | None = None
    cache_dir: Path | None = None
    epoch: int | None = None
    jobs: int | None = None
    signing: SigningOptions = field(default_factory=SigningOptions)
    """Who signs; without, the settings ``sign-key`` and so on are heeded."""


def request_of(asked: Asked) -> Request:
    """Find the lock and the project, lay what was asked over its tables, and construct.

    Raises:
        InputError: With all that is wrong with options, tables and the paths of both.
        SigningError: Who is to sign cannot.
    """
    asked, signer = _signer_of(asked)
    lock = _lock_of(asked)
    absent = _absences(asked.wheel, lock)
    project = _project_of(asked, lock)
    try:
        chosen = choose(asked, project)
    except InputError as error:
        raise type(error)(*error.problems, *_unknown_extras(asked), *absent) from error
    if isinstance(lock, LockError):
        raise WheelError(*absent) if _is_absent(asked.wheel) else lock
    core = chosen.core
    return Request(
        wheel=asked.wheel,
        formats=tuple(dict.fromkeys(core.formats)),
        target=chosen.targets[0],
        also=chosen.targets[1:],
        lock=lock,
        options=chosen.options,
        selection=selection_of(core),
        files=chosen.files,
        scripts_of=frozenset(map(canonicalize_name, core.scripts_of)),
        bytecode=core.bytecode,
        rules=chosen.rules,
        out_dir=None if core.out_dir is None else Path(core.out_dir),
        stage_dir=asked.stage_dir,
        find_links=None if core.find_links is None else tuple(map(Path, core.find_links)),
        offline=core.offline,
        cache_dir=asked.cache_dir,
        epoch=asked.epoch,
        jobs=asked.jobs or os.cpu_count() or 1,
        signer=signer,
    )


def _signer_of(asked: Asked) -> tuple[Asked, Signer | None]:
    """Take out of the settings what is about signing, and have ready who signs."""
    if not asked.settings.keys() & set(SETTINGS):
        return asked, asked.signing.signer()
    options, settings = split_signing(asked.settings)
    said = options if asked.signing == SigningOptions() else asked.signing
    return replace(asked, settings=settings), said.signer()


def _lock_of(asked: Asked) -> Path | LockError:
    """Take the lock that was named, or look for it; or say why there is none."""
    try:
        return asked.lock or find_lock(asked.wheel.absolute().parent, Path.cwd())
    except LockError as error:
        return error


def _project_of(asked: Asked, lock: Path | LockError) -> Project:
    """Read the project that was named, or the one beside the lock."""
    if asked.project is not None:
        return read_project(asked.project)
    return find_project(lock) if isinstance(lock, Path) else NO_PROJECT


def _absences(wheel: Path, lock: Path | LockError) -> tuple[Problem, ...]:
    """Say which of the two files is not there; without a wheel, no lock is to be expected."""
    if _is_absent(wheel):
        return (Problem(what="no such file", where=str(wheel)),)
    return lock.problems if isinstance(lock, LockError) else ()


def _is_absent(path: Path) -> bool:
    """Whether a path leads nowhere; one that cannot be followed is not ours to judge."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def _unknown_extras(asked: Asked) -> Problems:
    """Look at the extras, too, when something else is wrong already."""
    problems = Problems()
    with suppress(InputError):  # the wheel has its turn when the options are right
        wheel = read_wheel(asked.wheel)
        selection = Selection(extras=asked.flags.get("extras", ()))
        known = wheel.metadata.provides_extra
        selection.check_extras(known, of=wheel.name, problems=problems)
    return problems


def environment_epoch() -> int | None:
    """Read ``SOURCE_DATE_EPOCH``: https://reproducible-builds.org/specs/source-date-epoch/."""
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= LATEST):
        raise UsageError.of(
            f"{text!r} is not a number of seconds",
            where="SOURCE_DATE_EPOCH",
            advice=f"0 to {LATEST}",
        )
    return int(text)
