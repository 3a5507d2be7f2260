"""Bytecode: who makes it, and whether it can be made at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.errors import InputError, Problems, TargetError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from repackage.build._model import Events, Planned
    from repackage.bytecode import Compiler
    from repackage.format import Layout, Pieces, Plan
    from repackage.tree import Tree


def compiler(plan: Plan[Any], pieces: Pieces) -> Compiler | None:
    """What makes the bytecode of a plan, if there is to be any.

    Raises:
        TargetError: No interpreter here compiles for the target.
    """
    if not plan.layout.bytecode:
        return None
    from repackage.bytecode import Compiler, compiling  # seldom

    return Compiler(
        interpreter=compiling(plan.target.python),
        pieces=pieces,
        root=plan.layout.root,
        jobs=plan.jobs,
    )


def refuse_uncompilable(lines: Iterable[Planned]) -> None:
    """Refuse bytecode that cannot be made here, before anything is fetched.

    Raises:
        TargetError: With every Python that no interpreter here compiles for.
    """
    pythons = {
        plan.target.python: None
        for planned in lines
        for output in planned.outputs
        for plan in (output.plan, *output.plan.others)
        if plan.layout.bytecode
    }
    if not pythons:
        return
    from repackage.bytecode import compiling  # seldom

    problems = Problems()
    for python in pythons:
        try:
            compiling(python)
        except InputError as error:  # noqa: PERF203 - all are to be looked at
            problems.extend(error.problems)
    problems.raise_if_any(TargetError)


def tell_compiled(made: Compiler, layout: Layout, tree: Tree, events: Events) -> None:
    """Say which Python compiled, and what it could not."""
    events.note(f"bytecode is compiled by {made.interpreter.name}")
    paths = {file.path for file in tree.files}
    sites = tuple(f"{site}/" if site else "" for site in (layout.purelib, layout.platlib))
    failed = [
        path
        for path in sorted(paths)
        if path.endswith(".py") and path.startswith(sites) and made.place_of(path) not in paths
    ]
    if failed:
        events.warn(
            f"modules that {made.interpreter.name} cannot compile, as if of other versions, have no"
            f" bytecode: {len(failed)}"
        )
    for path in failed:
        events.note(f"{path}: no bytecode")


def tell_without(planned: Planned, events: Events) -> None:
    """Say which artifacts have no bytecode although it is asked for in general."""
    for output in planned.outputs:
        if output.plan.layout.bytecode is False:
            events.note(
                f"{output.path.name}: no bytecode goes into it, as this format or layout leaves"
                " that to the machine that it is installed on"
            )
