"""What the target's rpm does not know: lowered with a warning, or refused before any writing.

Lowered is what has another spelling that means the same to an older rpm, and what an older
rpm would pass over anyway. Refused is what the package could not do without.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from repackage.errors import FormatError, Problems
from repackage_formats.rpm._distributions import knows, rpm_of
from repackage_formats.rpm._expressions import conjunction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from repackage.format import Plan
    from repackage_formats.rpm._distributions import Rpm
    from repackage_formats.rpm._options import Options

_STRONG: Final = (
    "requires", "interpreter_requires", "provides", "conflicts", "obsoletes",
)  # fmt: skip
_WEAK: Final = ("recommends", "suggests", "supplements", "enhances")
#: Kinds of relations of which several are as good as one that joins them with "and".
_JOINED: Final = ("requires", "interpreter_requires")


def suited(plan: Plan[Options]) -> Options:
    """Lower options to what the target's rpm knows, and warn of what that changes.

    Raises:
        FormatError: With everything that cannot be lowered.
    """
    rpm = rpm_of(plan.target)
    _warn_of_family(plan)
    named = f"rpm {rpm.version} of {plan.target.name}"
    options = _lowered(
        plan.options, rpm, lambda where, what: plan.warn(f"{where}: {named} {what}")
    )
    problems = Problems()
    for where, what, advice in _unknown(options, rpm):
        problems.add(f"{named} {what}", where=where, advice=advice)
    problems.raise_if_any(FormatError)
    return options


def _warn_of_family(plan: Plan[Options]) -> None:
    distribution = plan.target.distribution
    if distribution is not None and not knows(distribution):
        plan.warn(
            f"{plan.target.name} is no distribution of rpms: nothing there provides what"
            " this one requires"
        )


def _lowered(options: Options, rpm: Rpm, warn: Callable[[str, str], None]) -> Options:
    changes: dict[str, Any] = {}
    if options.compression and not rpm.reads(options.compression):
        warn("compression", f"cannot read {options.compression}: it is {rpm.compression}")
        changes |= {"compression": "", "level": None}
    if options.post_releases == "caret" and not rpm.can("carets in versions"):
        warn("post-releases", "knows no carets in versions: they have a dot")
        changes["post_releases"] = "dot"
    if options.file_triggers and not rpm.can("file triggers"):
        warn("file-triggers", "knows no triggers of files: they are left out")
        changes["file_triggers"] = ()
    if not rpm.can("weak dependencies"):
        for kind in _WEAK:
            if getattr(options, kind):
                warn(kind, "passes over weak relations: they are left out")
                changes[kind] = ()
    if not rpm.can("rich dependencies"):
        changes |= _plain(options, warn)
    return replace(options, **changes) if changes else options


def _plain(options: Options, warn: Callable[[str, str], None]) -> Mapping[str, Any]:
    """Divide expressions that join relations with "and": all of them are required."""
    changes: dict[str, Any] = {}
    for kind in _JOINED:
        given: tuple[str, ...] = getattr(options, kind) or ()
        if (divided := _divided(kind, given, warn)) != given:
            changes[kind] = divided
    for slot, given in options.requires_for.items():
        divided = _divided(f"requires-for.{slot}", given, warn)
        if divided != given:
            others = changes.get("requires_for", options.requires_for)
            changes["requires_for"] = {**others, slot: divided}
    return changes


def _divided(
    where: str, given: tuple[str, ...], warn: Callable[[str, str], None]
) -> tuple[str, ...]:
    found: list[str] = []
    for index, relation in enumerate(given):
        parts = conjunction(relation)
        if parts is None:
            found.append(relation)
            continue
        place = f"{where.replace('_', '-')}[{index}]"
        warn(place, f"knows no expressions: {', '.join(parts)} are required apart")
        found += parts
    return tuple(found)


def _unknown(options: Options, rpm: Rpm) -> Iterator[tuple[str, str, str]]:
    if not rpm.can("packages of format 6") and options.rpm_format == 6:  # noqa: PLR2004 - its name
        yield "rpm-format", "may not read format 6", "leave it at 4, which every rpm reads"
    if not rpm.can("untransaction scriptlets"):
        for slot in sorted(options.scriptlets.keys() & {"preuntrans", "postuntrans"}):
            yield f"scriptlets.{slot}", f"does not run %{slot}", "use 'preun' or 'postun'"
    if not rpm.can("carets in versions"):
        yield from _carets(options)
    if not rpm.can("rich dependencies"):
        for where, relation in relations(options):
            if relation.strip().startswith("("):
                yield where, "knows no expressions in relations", "name one package"


def _carets(options: Options) -> Iterator[tuple[str, str, str]]:
    what = "knows no carets in versions"
    if "^" in (options.release or ""):
        yield "release", what, "leave it out"
    for where, relation in relations(options):
        if "^" in relation:
            yield where, what, "compare with another version"


def relations(options: Options) -> Iterator[tuple[str, str]]:
    """List every relation of the options, with the place where it stands."""
    for name in (*_STRONG, *_WEAK):
        given: tuple[str, ...] = getattr(options, name) or ()
        for index, relation in enumerate(given):
            yield f"{name.replace('_', '-')}[{index}]", relation
    for slot, required in options.requires_for.items():
        for index, relation in enumerate(required):
            yield f"requires-for.{slot}[{index}]", relation
