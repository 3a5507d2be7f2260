"""The layout ``system``: the root wheel as Debian packages one, and nothing else.

Modules lie in the directory that every Python 3 of the release shares, launchers name
``/usr/bin/python3``, and what the wheel requires are packages (Debian's Python policy).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from repackage.errors import FormatError, Problems
from repackage.format import system_layout
from repackage_formats.deb._bounds import bounds, inexpressible
from repackage_formats.deb._profiles import profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.format import External, Layout, Plan
    from repackage.target import Target
    from repackage_formats.deb._options import Options

_SITE = "usr/lib/python3/dist-packages"
_INTERPRETER = "/usr/bin/python3"


def layout(target: Target, *, name: str) -> Layout:
    """Lay modules where those of Debian's packages are."""
    return replace(
        system_layout(target, site=_SITE, name=name),
        interpreter=_INTERPRETER,
        headers="usr/include",  # those of a Python are another minor's tomorrow
        bytecode=False,  # nor is bytecode of one for all that share the directory
    )


def check(plan: Plan[Options]) -> None:
    """Refuse what cannot be laid into the directories of the system.

    Raises:
        FormatError: With all the reasons.
    """
    problems = Problems()
    target, root = plan.target, plan.closure.root
    where, advice = "layout", "choose the layout 'app'"
    python, distribution = target.python, target.distribution
    if python.implementation != "cpython" or python.free_threaded:
        problems.add(
            f"{python.command} has no directory for packages of the system",
            where=where,
            advice=advice,
        )
    if distribution is None or distribution.family != "deb":
        problems.add(
            f"it is not known which packages {target.name} has",
            where=where,
            advice="choose a release of Debian or Ubuntu with --target, or the layout 'app'",
        )
    if not (plan.closure.pure and root.purelib):
        problems.add(
            f"{root.filename} is made for one platform, and the layout is for pure Python",
            where=where,
            advice=advice,
        )
    problems.raise_if_any(FormatError)


def interpreter_packages(target: Target) -> tuple[str, str]:
    """Name the interpreter: ``python3`` of the very minor that the lock was asked about.

    With another one, other requirements may hold, and other packages would be needed.
    """
    python = target.python
    following = f"{python.major}.{python.minor + 1}"
    return (f"python3:any (>= {python.release}~)", f"python3:any (<< {following}~)")


def depends(plan: Plan[Options]) -> tuple[str, ...]:
    """Name what the root wheel requires, in bounds that do not contravene the lock."""
    relations: dict[str, None] = {}
    for external in plan.externals:
        for each in (external, *external.brought):
            relations.update(dict.fromkeys(_relations(each, plan)))
    return tuple(relations)


def _relations(external: External, plan: Plan[Options]) -> Iterator[str]:
    """Relations to one distribution: its package is looked up, or guessed by policy."""
    given = {canonicalize_name(key): each for key, each in plan.options.distributions.items()}
    known = profile("distributions")
    default = known["names"].get(external.name, f"python3-{external.name}")
    package = given.get(external.name, default)
    if not package:
        return
    if set(package) & set("(|:"):  # a whole relation: whoever wrote it knows better
        yield package
        return
    found = bounds(external.specifiers, epoch=known["epochs"].get(package, 0))
    yield from (f"{package} ({each})" for each in found) if found else (package,)
    for clause in inexpressible(external.specifiers):
        plan.warn(
            f"{package}: dpkg cannot be told of '{external.name}{clause}': it is left out, and"
            " 'repackage check' knows it"
        )
