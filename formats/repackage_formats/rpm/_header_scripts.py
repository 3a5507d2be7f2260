"""Scriptlets and triggers, as tags of the main header."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from repackage_formats.rpm._header_encode import int32s, text, texts
from repackage_formats.rpm._header_tags import (
    SCRIPTLETS,
    FileTriggers,
    TransactionFileTriggers,
    Triggers,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage_formats.rpm._facts import FileTrigger, Scriptlet, Trigger
    from repackage_formats.rpm._header_encode import Data


def scriptlet_entries(scriptlets: Sequence[Scriptlet]) -> dict[int, Data]:
    """Write each scriptlet: its body, if it has one, and the program that runs it."""
    entries: dict[int, Data] = {}
    for scriptlet in scriptlets:
        body, program, flags = SCRIPTLETS[scriptlet.slot]
        if scriptlet.body:
            entries[body] = text(scriptlet.body)
        # one word is a string, more are an array: as rpmbuild writes them
        words = scriptlet.program
        entries[program] = text(words[0]) if len(words) == 1 else texts(words)
        if scriptlet.flags:
            entries[flags] = int32s([scriptlet.flags])
    return entries


def trigger_entries(triggers: Sequence[Trigger]) -> dict[int, Data]:
    """Write triggers of packages: arrays of scripts, and of conditions that number them."""
    return {
        Triggers.SCRIPTS: texts([trigger.body for trigger in triggers]),
        Triggers.PROGRAMS: texts([trigger.program[0] for trigger in triggers]),
        **_conditions(triggers, Triggers),
    }


def file_trigger_entries(triggers: Sequence[FileTrigger]) -> dict[int, Data]:
    """Write triggers of files: those of each package, and those of the transaction."""
    packages = [trigger for trigger in triggers if not trigger.transaction]
    transaction = [trigger for trigger in triggers if trigger.transaction]
    return {
        **_file_triggers(packages, FileTriggers),
        **_file_triggers(transaction, TransactionFileTriggers),
    }


def _file_triggers(
    triggers: Sequence[FileTrigger], tags: type[FileTriggers | TransactionFileTriggers]
) -> Mapping[int, Data]:
    return {
        tags.SCRIPTS: texts([trigger.body for trigger in triggers]),
        tags.PROGRAMS: texts([trigger.program[0] for trigger in triggers]),
        tags.SCRIPT_FLAGS: int32s([0 for _ in triggers]),
        tags.PRIORITIES: int32s([trigger.priority for trigger in triggers]),
        **_conditions(triggers, tags),
    }


def _conditions(
    triggers: Sequence[Trigger | FileTrigger],
    tags: type[Triggers | FileTriggers | TransactionFileTriggers],
) -> Mapping[int, Data]:
    """Write the conditions, each with the number of its script."""
    conditions = list(chain.from_iterable(trigger.conditions for trigger in triggers))
    numbers = [number for number, trigger in enumerate(triggers) for _ in trigger.conditions]
    return {
        tags.NAMES: texts([condition.name for condition in conditions]),
        tags.VERSIONS: texts([condition.version for condition in conditions]),
        tags.FLAGS: int32s([condition.flags for condition in conditions]),
        tags.INDEXES: int32s(numbers),
    }
