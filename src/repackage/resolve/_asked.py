"""What is asked of a lock without a graph: the sets that its markers know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.errors import did_you_mean

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from repackage.errors import Problems
    from repackage.lock import Lock
    from repackage.resolve._selection import Selection
    from repackage.wheel import Wheel

#: What PDM calls the project's own dependencies. It lists the name among those for users,
#: too, though PEP 751 advises against that.
_OWN = frozenset({"default"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The sets that markers of such a lock ask about."""

    extras: tuple[NormalizedName, ...]
    groups: tuple[NormalizedName, ...]
    """Of those that have a name for users."""
    production: bool
    """Whether the project's own dependencies are wanted."""
    defaults: tuple[NormalizedName, ...]
    """Names that stand for them."""


def ask(lock: Lock, wheel: Wheel, selection: Selection, problems: Problems) -> Asked:
    """Apply a selection to the extras and groups that the lock was made with."""
    provided = {*lock.extras, *wheel.metadata.provides_extra}
    selection.check_extras(provided, of=wheel.name, problems=problems)
    for extra in sorted(selection.named_extras & provided - set(lock.extras)):
        near = f"; {did_you_mean(extra, lock.extras)}" if lock.extras else ""
        problems.add(
            f"the lock does not say that it was made with the extra {extra!r}, and it has no"
            " graph to tell what that needs",
            where=str(lock.path),
            advice=f"take all of it without naming the extra, or use a uv.lock{near}",
        )
    public = set(lock.dependency_groups)
    selection.check_groups(public, of="the lock", problems=problems)
    own = tuple(group for group in lock.default_groups if group not in public - _OWN)
    if not selection.production and not own:
        problems.add(
            "the lock cannot tell the dependencies of groups from the project's own: it has"
            " neither a graph nor default-groups",
            where=str(lock.path),
            advice="use a uv.lock, or lock the groups alone",
        )
    wants_defaults = selection.default_groups and selection.production
    return Asked(
        production=selection.production,
        extras=selection.extras_among(lock.extras) if selection.production else (),
        groups=selection.groups_among(
            lock.dependency_groups,
            defaults=public.intersection(lock.default_groups) if wants_defaults else (),
        ),
        defaults=own if selection.production else (),
    )
