"""Does what is there fit the target, and fit together?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.check._judgement import Judgement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.check._found import Found
    from repackage.check._standard import Standard
    from repackage.check._there import There


def unsuitable(one: Found, standard: Standard) -> Iterator[Judgement]:
    """Say how a distribution does not fit the target."""
    name, bound = standard.target.name, one.metadata.requires_python
    python = standard.environment.python
    if bound is not None and not bound.contains(python, prereleases=True):
        said = f"it requires Python {bound}, and the target {name} has {python}"
        yield Judgement(verdict="python-mismatch", message=said)
    # A distribution builds for its own Pythons at once, and keeps the tags of one of them.
    if one.tags and not one.external and one.tags.isdisjoint(standard.tags):
        tags = ", ".join(sorted(map(str, one.tags)))
        said = f"it was made for {tags}, which the target {name} cannot run"
        yield Judgement(verdict="tag-mismatch", message=said)


def conflicts(one: Found, there: There) -> Iterator[Judgement]:
    """Say which requirements are violated by what is there.

    What is not there is missing, or nobody selected it. Strangers that quarrel among
    themselves are none of the lock's concern.
    """
    concerns = there.standard.concerns
    for demand in there.demands[one.name]:
        if demand.name not in there.found:
            continue
        if not (concerns(one.name) or concerns(demand.name)):
            continue
        version = there.found[demand.name][0].metadata.version
        said = f"it requires '{_without_marker(str(demand.requirement))}'"
        if not demand.admits(version):
            if demand.changed:
                said += f", which {demand.changed} of the lock makes '{demand}'"
            elif demand.wanted(version):
                said += f", which the lock constrains to '{demand}'"
            said += f", and {demand.name} {version} is installed"
            yield Judgement(verdict="metadata-conflict", message=said)
        elif not demand.wanted(version):
            said += f", and {demand.name} {version} is installed, as {demand.changed} of the"
            yield Judgement(verdict="overridden", message=f"{said} lock decided")


def _without_marker(requirement: str) -> str:
    return requirement.partition(";")[0].strip()
