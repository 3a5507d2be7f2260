"""Where the locked version of a distribution comes from: its source, and its hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.check._judgement import Judgement
from repackage.check._ledger import origin_differs
from repackage.ledger import public_url
from repackage.lock import (
    DirectUrl,
    Git,
    LocalArchive,
    RegistryPath,
    RegistryUrl,
    SourceTree,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.check._found import Found
    from repackage.check._policy import Policy
    from repackage.check._standard import Standard
    from repackage.lock import Hash, LockedPackage, Source


#: How a wheel is had, in the words of a ledger, where it is not the lock's own.
_FROM_SOURCE = frozenset({"given", "built"})


def judge_artifact(
    one: Found,
    entry: LockedPackage,
    *,
    level: Policy,
    built: bool = False,
    made_here: bool = False,
) -> Judgement:
    """Judge what has the locked version already; ``built``: no wheel of the lock was chosen.

    ``made_here``: it is known to have been built from what the lock has.
    """
    version = one.metadata.version
    ignored = one.external and level == "range"
    source = "" if ignored else _source_differs(one, entry, level=level)
    if source:
        return Judgement(verdict="source-differs", message=source)
    if one.external:
        said = f"{version}, as locked, from the package manager of the operating system"
        return Judgement(verdict="satisfied-external", message=said)
    if one.evidence is not None:
        built = one.evidence.artifact.obtained in _FROM_SOURCE
        made_here = one.evidence.artifact.obtained == "built"
    if built and (one.ours or one.evidence is not None):
        return _stand_in(one, entry, made_here=made_here)
    return _judge_hash(one, entry, level=level)


def judge_root(one: Found, standard: Standard) -> Iterator[Judgement]:
    """Judge the file that the application came from, where the lock lists files of it.

    That is so where an application from an index is packaged with the lock of another
    project; the lock has no file of a member.
    """
    if one.evidence is None or one.name != standard.closure.root.name:
        return
    for entry in standard.lock.by_name.get(one.metadata.name, ()):
        if entry.id.version == one.metadata.version and _hashes(entry):
            if not listed(one, entry):
                said = f"{one.metadata.version} comes from a file that the lock does not list"
                yield Judgement(verdict="hash-mismatch", message=said)
            return


def listed(one: Found, entry: LockedPackage) -> bool:
    """Whether the artifact is known to be one that the lock lists."""
    return any(one.digest(item.algorithm) == item.digest for item in _hashes(entry))


def _hashes(entry: LockedPackage) -> list[Hash]:
    """All hashes that the lock has for an entry."""
    files = (*entry.wheels, *filter(None, (entry.sdist,)))
    return list(dict.fromkeys(file.hash for file in files if file.hash is not None))


def _source_differs(one: Found, entry: LockedPackage, *, level: Policy) -> str:
    """Compare the ledger, or ``direct_url.json``, with the lock's source; ours has the first.

    A file that the lock lists may have been at hand when it was installed.
    """
    source = entry.id.source
    if one.evidence is not None:
        return origin_differs(one.evidence.source, source, level=level)
    match source:
        case Git(commit=commit) if one.origin is not None:
            if one.origin.commit != commit:
                there = one.origin.commit or public_url(one.origin.url)
                return f"it comes from {there}, and the lock has the commit {commit}"
        case DirectUrl(url=url) if one.origin is not None:
            there, locked = public_url(one.origin.url), public_url(url)
            if there != locked:  # installers leave out credentials
                return f"it comes from {there}, and the lock has {locked}"
        case Git() | DirectUrl():
            if not one.ours:
                place = "the operating system" if one.external else "an index"
                return f"it comes from {place}, and the lock has another source for it"
        case LocalArchive() | SourceTree():
            pass  # where a file lay on another machine tells nothing; its hash does
        case _:
            if one.origin is not None and (level == "exact" or not listed(one, entry)):
                there = public_url(one.origin.url)
                return f"it comes from {there}, and the lock has an index for it"
    return ""


def _judge_hash(one: Found, entry: LockedPackage, *, level: Policy) -> Judgement:
    """Compare the artifact with the hashes of the lock, as far as both are known."""
    version = one.metadata.version
    hashes = _hashes(entry)
    if not hashes and level == "exact":
        said = f"{version}: the lock has no hash for it"
        return Judgement(verdict="hash-unverifiable", message=said)
    if not hashes or listed(one, entry):
        return Judgement(verdict="satisfied", message=f"{version}, as locked")
    if not any(one.digest(item.algorithm) for item in hashes):
        said = f"{version}, as locked, but the wheel it came from is not at hand to be hashed"
        return Judgement(verdict="hash-unverifiable", message=said)
    said = f"{version} comes from a file that the lock does not list"
    return Judgement(verdict="hash-mismatch", message=said)


def _stand_in(one: Found, entry: LockedPackage, *, made_here: bool) -> Judgement:
    """Judge a wheel that was built or given because no wheel of the lock fits the target.

    Where the lock has a source of it, one that was given is taken for built from that
    source: it is the lock's version, and no hash can tell more.
    """
    version = one.metadata.version
    if _built_from_another(one, entry):
        said = f"{version} was built from a source that the lock does not list"
        return Judgement(verdict="hash-mismatch", message=said)
    match entry.id.source:
        case RegistryUrl() | RegistryPath() if entry.sdist is None:
            said = f"{version} comes from a file that the lock does not list"
            return Judgement(verdict="hash-mismatch", message=said)
        case _:
            how = "built here from" if made_here else "from a wheel that was given for"
            said = f"{version}, as locked, {how} {_told(entry.id.source)}"
            return Judgement(verdict="satisfied-sdist", message=said)


def _told(source: Source) -> str:
    """What a wheel is built from."""
    match source:
        case RegistryUrl() | RegistryPath():
            return "the locked sdist"
        case Git():
            return "the locked commit"
        case _:
            return "the locked archive"


def _built_from_another(one: Found, entry: LockedPackage) -> bool:
    """Whether the ledger has another digest of the source distribution than the lock."""
    used = one.evidence.artifact.built_from if one.evidence is not None else None
    known = entry.sdist.hash if entry.sdist is not None else None
    if used is None or known is None or used.algorithm != known.algorithm:
        return False
    return used.digest != known.digest
