"""Scriptlets and triggers of the user's, and the programs that run them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from repackage_formats.rpm._facts import FileTrigger, Relation, Scriptlet, Slot, Trigger
from repackage_formats.rpm._relations import INTERPRETER, SLOTS, TRIGGERS, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from repackage_formats.rpm._options import Options

SHELL: Final = ("/bin/sh",)


def split_program(script: str) -> tuple[tuple[str, ...], str]:
    """Split off the program that a script's first line names."""
    first, _, rest = script.partition("\n")
    if not first.startswith("#!"):
        return SHELL, script
    return tuple(first[2:].split()), rest


def scriptlets(options: Options) -> tuple[Scriptlet, ...]:
    """List the scriptlets of the user."""
    found: list[Scriptlet] = []
    for slot, text in options.scriptlets.items():
        program, body = split_program(text)
        found.append(Scriptlet(slot=cast("Slot", slot), body=body, program=program))
    return tuple(sorted(found, key=lambda each: each.slot))


def triggers(options: Options) -> tuple[Trigger, ...]:
    """List the triggers of packages."""
    found: list[Trigger] = []
    for each in options.triggers:
        program, body = split_program(each.script)
        conditions = _conditions(each.packages, TRIGGERS[each.on])
        found.append(Trigger(conditions=conditions, body=body, program=program))
    return tuple(found)


def file_triggers(options: Options) -> tuple[FileTrigger, ...]:
    """List the triggers of files."""
    found: list[FileTrigger] = []
    for each in options.file_triggers:
        program, body = split_program(each.script)
        bit = TRIGGERS[each.on]
        found.append(
            FileTrigger(
                conditions=tuple(Relation(name=path, flags=bit) for path in each.paths),
                body=body,
                program=program,
                priority=each.priority,
                transaction=each.transaction,
            )
        )
    return tuple(found)


def _conditions(packages: Sequence[str], bit: int) -> tuple[Relation, ...]:
    """Read the relations of a trigger, which were validated."""
    return tuple(found for each in packages if (found := parse(each, flags=bit)) is not None)


def interpreters(
    scripts: Sequence[Scriptlet], others: Sequence[Trigger | FileTrigger]
) -> Iterator[Relation]:
    """Name the programs that run the scripts: they must be there before."""
    for script in scripts:
        if script.program[0].startswith("/"):
            yield Relation(name=script.program[0], flags=INTERPRETER | SLOTS[script.slot])
    for other in others:
        if other.program[0].startswith("/"):
            yield Relation(name=other.program[0], flags=INTERPRETER)
