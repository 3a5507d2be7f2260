"""The layout ``system``: the root wheel as distributions package one, and nothing else.

Names and versions are those of the generators that Fedora, EL, Amazon Linux and SUSE build
their own packages with (pythondistdeps.py, in Fedora's python-rpm-generators): whatever
they provide can be required, and what is made here is found by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.errors import FormatError, Problems
from repackage.format import system_layout
from repackage_formats.rpm._distributions import rpm_of, site_directories
from repackage_formats.rpm._facts import Relation
from repackage_formats.rpm._relations import EQUAL, parse
from repackage_formats.rpm._specifiers import relation_of
from repackage_formats.rpm._version import distribution_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from repackage.format import External, Layout, Plan
    from repackage.target import Target
    from repackage_formats.rpm._options import Options


def layout(target: Target, *, name: str) -> Layout:
    """Lay modules where the target's interpreter looks for those of packages."""
    purelib, _ = site_directories(target)
    return system_layout(target, site=purelib.removeprefix("/"), name=name)


def check(plan: Plan[Options]) -> None:
    """Refuse what cannot be laid into the directories of the system.

    Raises:
        FormatError: With all the reasons.
    """
    problems = Problems()
    target, root = plan.target, plan.closure.root
    where = "layout"
    python = target.python
    if python.implementation != "cpython" or python.free_threaded:
        problems.add(
            f"{python.command} of {target.name} has no directory for packages of the system",
            where=where,
            advice="choose the layout 'app'",
        )
    if not rpm_of(target).can("rich dependencies"):
        problems.add(
            f"packages of {target.name} do not say which distributions they are",
            where=where,
            advice="choose the layout 'app', which bundles them",
        )
    if not (plan.closure.pure and root.purelib):
        problems.add(
            f"{root.filename} is made for one platform, and the layout is for pure Python",
            where=where,
            advice="choose the layout 'app'",
        )
    problems.raise_if_any(FormatError)


def provides(plan: Plan[Options]) -> Iterator[Relation]:
    """``python3.12dist(n) = v``, for each extra that is active, too, and ``python3dist(n)``."""
    root = plan.closure.root
    version = distribution_version(root.version, style=rpm_of(plan.target).style)
    for capability in _capabilities(plan.target):
        for extra in ("", *plan.closure.extras):
            name = _dist(capability, root.name, extra)
            yield Relation(name=name, version=version, flags=EQUAL)


def requires(plan: Plan[Options]) -> Iterator[Relation]:
    """What the root wheel requires of the system, in bounds that do not contravene the lock."""
    rpm = rpm_of(plan.target)
    capability = f"python{plan.target.python.release}dist"
    for external, extra in _asked(plan.externals, extras=rpm.can("extras of distributions")):
        name = _dist(capability, external.name, extra)
        text = relation_of(name, external.specifiers, style=rpm.style)
        relation = parse(text)
        if relation is None:
            raise _unspeakable(external, text)
        yield relation


def _asked(externals: Iterable[External], *, extras: bool) -> Iterator[tuple[External, str]]:
    """Each with its extras; or, where no package has any, with what those require."""
    for external in externals:
        yield external, ""
        if extras:
            yield from ((external, extra) for extra in external.extras)
        else:
            yield from ((other, "") for other in external.brought)


def _unspeakable(external: External, text: str) -> FormatError:
    return FormatError.of(
        f"rpm cannot require {external.name}{external.specifiers}: {text!r} is no relation",
        where="layout",
        advice="choose the layout 'app', which bundles it",
    )


def _capabilities(target: Target) -> Iterator[str]:
    """Those of the release and, of the one that is the distribution's Python 3, the short one."""
    release = target.python.release
    yield f"python{release}dist"
    pythons = rpm_of(target).pythons
    if pythons.get(release) == "python3" or list(pythons) == [release]:
        yield f"python{target.python.major}dist"


def _dist(capability: str, name: NormalizedName, extra: str) -> str:
    return f"{capability}({name}[{extra}])" if extra else f"{capability}({name})"
