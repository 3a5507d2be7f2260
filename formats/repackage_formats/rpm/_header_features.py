"""What rpm itself must be able to do to install a package: ``rpmlib(...)`` requirements.

rpm compares these with what it was built with (rpmlib(7), lib/rpmds.c) and refuses a
package that asks for more, instead of installing it half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from repackage_formats.rpm._facts import Relation
from repackage_formats.rpm._files_encode import is_large

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage_formats.rpm._facts import Facts

#: RPMSENSE_RPMLIB, and "less or equal".
FEATURE: Final = 1 << 24 | 1 << 1 | 1 << 3
_EXPANDED: Final = 1 | 2


def features(facts: Facts) -> tuple[Relation, ...]:
    """List the features that a package asks of rpm."""
    found = [*_of_files(facts), *_of_payload(facts), *_of_relations(facts), *_of_scripts(facts)]
    return tuple(
        Relation(name=f"rpmlib({name})", version=version, flags=FEATURE)
        for name, version in dict(found).items()
    )


def _of_files(facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.tree.entries and not facts.is_of_format_6:  # which implies them
        yield "CompressedFileNames", "3.0.4-1"
        yield "PayloadFilesHavePrefix", "4.0-1"
        yield "FileDigests", "4.6.0-1"
        if facts.hard_links:
            yield "PartialHardlinkSets", "4.0.4-1"
    if is_large(facts):
        yield "LargeFiles", "4.12.0-1"


def _of_payload(facts: Facts) -> Iterator[tuple[str, str]]:
    match facts.compression:
        case "xz":
            yield "PayloadIsXz", "5.2-1"
        case "zstd":
            yield "PayloadIsZstd", "5.4.18-1"
        case "gzip" | "none":
            pass


def _of_relations(facts: Facts) -> Iterator[tuple[str, str]]:
    relations = (
        *facts.provides, *facts.requires, *facts.conflicts, *facts.obsoletes,
        *facts.recommends, *facts.suggests, *facts.supplements, *facts.enhances,
    )  # fmt: skip
    rich = [relation.name for relation in relations if relation.name.startswith("(")]
    spelled = "".join([*rich, *(relation.version for relation in relations)])
    if rich:
        yield "RichDependencies", "4.12.0-1"
    if "~" in spelled:
        yield "TildeInVersions", "4.10.0-1"
    if "^" in spelled:
        yield "CaretInVersions", "4.15.0-1"


def _of_scripts(facts: Facts) -> Iterator[tuple[str, str]]:
    programs = [
        *(scriptlet.program for scriptlet in facts.scriptlets),
        *(trigger.program for trigger in facts.triggers),
        *(trigger.program for trigger in facts.file_triggers),
    ]
    if any(program[0] == "<lua>" for program in programs):
        yield "BuiltinLuaScripts", "4.2.2-1"
    if any(len(program) > 1 for program in programs):
        yield "ScriptletInterpreterArgs", "4.0.3-1"
    if any(script.flags & _EXPANDED for script in facts.scriptlets):
        yield "ScriptletExpansion", "4.9.0-1"
