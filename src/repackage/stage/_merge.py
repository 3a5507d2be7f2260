"""Claims of many distributions on one tree: which file is at each path, and whose."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from repackage.errors import Problem, Problems
from repackage.stage._model import Note
from repackage.tree import origins, parents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from repackage.format import Layout
    from repackage.stage._model import Claim
    from repackage.tree import Entry, File

#: What projects put beside their package by mistake. Nothing imports it: two projects
#: that do so already overwrite each other under every other installer (trap T6).
_STRAY = re.compile(
    r"(?:tests?|docs?|examples?)(?=/)"
    r"|(?:readme|licen[cs]e|copying|authors|changelog|changes|history|notice)(?:\.\w+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """The file at a path, and every distribution whose RECORD lists it."""

    file: File
    owners: tuple[str, ...]
    command: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """All claims, settled."""

    kept: Mapping[str, Kept]
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]


def merge(claims: Iterable[Claim], layout: Layout, *, root: str) -> Merged:
    """Settle who owns each path; the order of the claims does not matter."""
    by_path: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_path[claim.file.path].append(claim)
    contested = {
        path: sorted(several, key=_claim_key)
        for path, several in sorted(by_path.items())
        if len(several) > 1
    }
    discarded, problems = _settle(contested, layout, root=root)
    kept, notes = {}, _notes_of_discarded(discarded)
    for path, several in by_path.items():
        left = contested.get(path, several)
        if discarded:
            left = [claim for claim in left if not _is_discarded(claim, discarded, layout)]
        if left:
            kept[path] = _share(left)
            notes += _notes_of_shared(kept[path])
    return Merged(kept=kept, notes=tuple(notes), problems=tuple(problems))


def _claim_key(claim: Claim) -> tuple[str, str]:
    return claim.file.origin, claim.file.digests.sha256


def _settle(
    contested: Mapping[str, list[Claim]], layout: Layout, *, root: str
) -> tuple[dict[tuple[str, str], str], Problems]:
    """Find claims to discard, as (distribution, path or directory): rival."""
    discarded: dict[tuple[str, str], str] = {}
    problems = Problems()
    for path, several in contested.items():
        if len({claim.file.digests.sha256 for claim in several}) == 1:
            continue
        owners = sorted({claim.file.origin for claim in several})
        stray = _stray(path, layout)
        script = layout.scripts and path.rpartition("/")[0] == layout.scripts
        if stray is not None and len(owners) > 1:
            for owner in owners:
                if owner != root:
                    rival = next(other for other in owners if other != owner)
                    discarded.setdefault((owner, stray), rival)
        elif script and root in owners and len(owners) > 1:
            discarded.update({(owner, path): root for owner in owners if owner != root})
        else:
            _complain(problems, path, owners)
    return discarded, problems


def _complain(problems: Problems, path: str, owners: list[str]) -> None:
    if len(owners) == 1:
        problems.add(
            f"{owners[0]} has two different files for this place",
            where=path,
            advice="the wheel is at fault; build it anew",
        )
        return
    problems.add(
        f"{' and '.join(owners)} both have this file, with different content",
        where=path,
        advice="they cannot be installed together; take one of them out of the dependencies",
    )


def _stray(path: str, layout: Layout) -> str | None:
    """Return the top-level directory or file that a path is in, if nothing imports it."""
    for site in (layout.purelib, layout.platlib):
        prefix = f"{site}/" if site else ""
        if path.startswith(prefix):
            found = _STRAY.match(path[len(prefix) :])
            if found is not None:
                return prefix + found[0]
    return None


def _is_discarded(
    claim: Claim, discarded: Mapping[tuple[str, str], str], layout: Layout
) -> bool:
    origin, path = claim.file.origin, claim.file.path
    return (origin, path) in discarded or (origin, _stray(path, layout)) in discarded


def _share(claims: list[Claim]) -> Kept:
    """Keep one of several equal files: that of the first distribution by name."""
    first = claims[0].file
    if len(claims) > 1:
        first = replace(first, mode=max(claim.file.mode for claim in claims))
    return Kept(
        file=first,
        owners=tuple(dict.fromkeys(claim.file.origin for claim in claims)),
        command=any(claim.command for claim in claims),
    )


def _notes_of_shared(kept: Kept) -> list[Note]:
    others = [owner for owner in kept.owners if owner != kept.file.origin]
    return [
        Note(
            distribution=owner,
            path=kept.file.path,
            action="shared",
            reason=f"the same file is in {kept.file.origin}",
        )
        for owner in others
    ]


def _notes_of_discarded(discarded: Mapping[tuple[str, str], str]) -> list[Note]:
    return [
        Note(
            distribution=owner,
            path=path,
            action="dropped",
            reason=f"{rival} has it too, with different content",
        )
        for (owner, path), rival in discarded.items()
    ]


def clashes(entries: Iterable[Entry]) -> list[Problem]:
    """Find paths that are a file for one distribution and a directory for another."""
    by_path = {entry.path: entry for entry in entries}
    problems: dict[str, Problem] = {}
    if by_path.keys().isdisjoint(origins(by_path.values())):
        return []
    for path in sorted(by_path):
        for above in parents(path):
            if above in by_path and above not in problems:
                has, wants = (
                    by_path[which].origin or "the package itself" for which in (above, path)
                )
                problems[above] = Problem(
                    what=f"{has} has a file here, and {wants} a directory",
                    where=above,
                    advice="they cannot be installed together",
                )
    return list(problems.values())


def lookalikes(owners: Mapping[str, str]) -> list[Note]:
    """Note names that some file systems take for one: by case, or by Unicode form (T8)."""
    names: dict[str, list[str]] = defaultdict(list)
    for path in owners:
        directory, _, name = path.rpartition("/")
        if name.isascii():
            names[f"{directory}/{name.lower()}"].append(path)
        else:
            folded = unicodedata.normalize("NFC", name).casefold()
            names[f"{directory}/{unicodedata.normalize('NFC', folded)}"].append(path)
    return [
        Note(
            distribution=owners[path],
            path=path,
            action="warning",
            reason=f"some file systems cannot tell it from {several[0].rpartition('/')[2]!r}",
        )
        for several in map(sorted, names.values())
        for path in several[1:]
    ]
