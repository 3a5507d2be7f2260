"""Wheels and a layout to a tree, in one line from top to bottom."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from repackage.errors import Problem, Problems, StageError
from repackage.stage._bytecode import with_bytecode
from repackage.stage._compatible import repeated, unfit, unknown_scripts, wrong_python
from repackage.stage._dates import held
from repackage.stage._launcher import speakable
from repackage.stage._merge import clashes, lookalikes, merge
from repackage.stage._model import Staged, StageOptions
from repackage.stage._record import records, usurped
from repackage.stage._share import Share, install_share
from repackage.stage._venv import commands, misplaced, venv
from repackage.tree import Directory, Tree, origins
from repackage.wheel import OLDEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from repackage.format import Layout
    from repackage.stage._merge import Merged
    from repackage.stage._share import Installed
    from repackage.target import Target
    from repackage.tree import Entry
    from repackage.wheel import Wheel


def stage(  # noqa: PLR0913 - the nouns that staging joins
    layout: Layout,
    *,
    root: Wheel,
    wheels: Sequence[Wheel],
    target: Target,
    epoch: int,
    options: StageOptions = StageOptions(),  # noqa: B008 - frozen
) -> Staged:
    """Describe what installing ``root`` and ``wheels`` into a layout comes to.

    Scripts: those of the root wheel, and of the distributions that ``options.scripts``
    names, become launchers, each with a link among the layout's commands; others are
    left out. One thing of a dependency is kept nevertheless, in a venv: a *program* in
    ``.data/scripts`` (ELF, Mach-O), because the Python module beside it looks for it in
    ``sys.prefix`` (ruff, uv, ninja, cmake). It gets no link.

    Dates: a file has the date of its distribution, so that a dependency's bytes do not
    change when the application does; what belongs to the package itself has the epoch.
    A directory has the date of the distribution that everything below it belongs to,
    and 1980-01-01 if there are several: a date that depends on none of them.
    """
    everything = sorted([root, *wheels], key=lambda wheel: (wheel.name, wheel.filename))
    _refuse_input(layout, everything, target, options)
    shares = [_share(wheel, root=root, epoch=epoch, options=options) for wheel in everything]
    installed = [install_share(share, layout, python=target.python) for share in shares]
    claims = chain.from_iterable(one.claims for one in installed)
    merged = merge(claims, layout, root=str(root.name))
    merged = with_bytecode(merged, layout, options.compiled)
    entries = _entries(layout, target, installed, merged, mtime=held(epoch, epoch=epoch))
    _refuse_output(installed, merged, entries)

    dates = {share.name: share.mtime for share in shares} | {"": held(epoch, epoch=epoch)}
    entries += _directories(entries, dates)
    notes = [*chain.from_iterable(one.notes for one in installed), *merged.notes]
    notes += wrong_python(everything, target)
    notes += lookalikes({entry.path: entry.origin for entry in entries})
    return Staged(tree=Tree.of(entries), notes=tuple(sorted(notes)))


def _refuse_input(
    layout: Layout, wheels: Sequence[Wheel], target: Target, options: StageOptions
) -> None:
    """Refuse what would only cause a flood of further problems."""
    problems = Problems()
    problems.extend(unfit(wheels, target))
    problems.extend(repeated(wheels))
    problems.extend(unknown_scripts(wheels, options))
    problems.extend(misplaced(layout))
    if not speakable(layout.interpreter):
        problems.add(
            f"no script can name the interpreter {layout.interpreter!r}",
            advice="take a prefix without control characters, in UTF-8",
        )
    problems.raise_if_any(StageError)


def _share(wheel: Wheel, *, root: Wheel, epoch: int, options: StageOptions) -> Share:
    return Share(
        wheel=wheel,
        mtime=held(wheel.newest, epoch=epoch),
        root=wheel.name == root.name,
        scripts=str(wheel.name) in options.scripts,
    )


def _entries(
    layout: Layout,
    target: Target,
    installed: Sequence[Installed],
    merged: Merged,
    *,
    mtime: int,
) -> list[Entry]:
    """List everything but directories."""
    scripts = sorted(path for path, kept in merged.kept.items() if kept.command)
    return [
        *(kept.file for kept in merged.kept.values()),
        *records(installed, merged.kept),
        *venv(layout, target, mtime=mtime),
        *commands(layout, scripts, mtime=mtime),
    ]


def _refuse_output(
    installed: Sequence[Installed], merged: Merged, entries: Sequence[Entry]
) -> None:
    """Refuse distributions that cannot be installed together, all problems at once."""
    problems = Problems()
    for one in installed:
        problems.extend(one.problems)
    problems.extend(merged.problems)
    problems.extend(usurped(installed, merged.kept))
    problems.extend(clashes(entries))
    problems.extend(_displaced(merged, entries))
    problems.raise_if_any(StageError)


def _displaced(merged: Merged, entries: Iterable[Entry]) -> list[Problem]:
    """Find files of wheels where the package itself has something."""
    return [
        Problem(
            what=f"{merged.kept[entry.path].file.origin} has a file where the package's"
            " own environment has one",
            where=entry.path,
            advice="a wheel must not bring an environment of its own",
        )
        for entry in entries
        if not entry.origin and entry.path in merged.kept
    ]


def _directories(entries: Iterable[Entry], dates: Mapping[str, int]) -> list[Entry]:
    """Make the directories above all entries; see `stage` for their dates."""
    directories: list[Entry] = []
    for path, below in origins(entries).items():
        if len(below) == 1:
            (origin,) = below
            directories.append(Directory(path=path, mtime=dates[origin], origin=origin))
        else:
            directories.append(Directory(path=path, mtime=OLDEST))
    return directories
