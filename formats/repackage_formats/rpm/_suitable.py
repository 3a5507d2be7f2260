"""What the target's rpm does not know: asked for, it is refused before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.errors import FormatError, Problems
from repackage_formats.rpm._distributions import rpm_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.format import Plan
    from repackage_formats.rpm._distributions import Rpm
    from repackage_formats.rpm._options import Options

_RELATIONS = (
    "requires", "recommends", "suggests", "supplements", "enhances", "conflicts",
    "interpreter_requires", "provides", "obsoletes",
)  # fmt: skip


def check_rpm(plan: Plan[Options]) -> None:
    """Refuse options that the target's rpm cannot read, all of them at once.

    Weak dependencies are left as they are: an rpm that does not know them ignores them.

    Raises:
        FormatError: With every such option.
    """
    rpm = rpm_of(plan.target)
    problems = Problems()
    for where, what, advice in _unknown(plan.options, rpm):
        problems.add(
            f"rpm {rpm.version} of {plan.target.name} {what}", where=where, advice=advice
        )
    problems.raise_if_any(FormatError)


def _unknown(options: Options, rpm: Rpm) -> Iterator[tuple[str, str, str]]:
    if options.compression and not rpm.reads(options.compression):
        yield "compression", f"cannot read {options.compression}", "choose gzip or xz"
    if not rpm.can("packages of format 6") and options.rpm_format == 6:  # noqa: PLR2004 - its name
        yield "rpm-format", "may not read format 6", "leave it at 4, which every rpm reads"
    if not rpm.can("file triggers") and options.file_triggers:
        yield "file-triggers", "knows no triggers of files", "use scriptlets"
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
    if options.post_releases == "caret":
        yield "post-releases", what, "leave it at 'dot', which every rpm sorts right"
    if "^" in (options.release or ""):
        yield "release", what, "leave it out"
    for where, relation in relations(options):
        if "^" in relation:
            yield where, what, "compare with another version"


def relations(options: Options) -> Iterator[tuple[str, str]]:
    """List every relation of the options, with the place where it stands."""
    for name in _RELATIONS:
        given: tuple[str, ...] = getattr(options, name) or ()
        for index, relation in enumerate(given):
            yield f"{name.replace('_', '-')}[{index}]", relation
    for slot, required in options.requires_for.items():
        for index, relation in enumerate(required):
            yield f"requires-for.{slot}[{index}]", relation
