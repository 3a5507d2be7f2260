"""One distribution against its pin: the verdict, and how to say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from packaging.utils import canonicalize_name

from repackage.closure import FromSource
from repackage.lock import (
    DirectUrl,
    Git,
    LocalArchive,
    RegistryPath,
    RegistryUrl,
    SourceTree,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.version import Version

    from repackage.check._found import Found
    from repackage.check._policy import Policy, Verdict
    from repackage.closure import Pin
    from repackage.lock import Hash, Lock, LockedPackage, Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A verdict and the sentence that goes with it."""

    verdict: Verdict
    message: str
    in_range: bool = False


def judge(
    one: Found, pin: Pin, lock: Lock, *, policy: Policy, others: Mapping[str, list[Found]]
) -> Judgement:
    """Compare what is there with its pin: version first, then source, then hash."""
    if isinstance(pin.source, SourceTree):
        return _member(one, pin)
    version = one.metadata.version
    if pin.version is not None and version != pin.version:
        return _other_version(one, pin, lock, others=others)
    source = _source_differs(one, pin.source)
    if source:
        return Judgement(verdict="source-differs", message=source)
    return _judge_hash(one, pin, lock, policy=policy)


def _member(one: Found, pin: Pin) -> Judgement:
    """Members have no trustworthy version in a lock: it is compared for information."""
    version = one.metadata.version
    said = f"{version}, a member of the workspace or a path dependency"
    if pin.version is not None and pin.version != version:
        said += f" (the lock was written at {pin.version})"
    return Judgement(verdict="member", message=said)


def _other_version(
    one: Found, pin: Pin, lock: Lock, *, others: Mapping[str, list[Found]]
) -> Judgement:
    version, locked = one.metadata.version, pin.version
    assert locked is not None  # noqa: S101 - the caller compared it
    said = f"{version} is installed, and the lock has {locked}"
    if version.public == locked.public:
        return Judgement(verdict="local-differs", message=said)
    if any(package.id.version == version for package in lock.by_name.get(pin.name, ())):
        said += f"; it has {version} for another fork or extra"
        return Judgement(verdict="fork-differs", message=said)
    if _without_post(version) == _without_post(locked):
        return Judgement(verdict="post-differs", message=said)
    in_range = _admitted(one, pin, others)
    order = "newer" if version > locked else "older"
    said += f" ({order}, {'in range' if in_range else 'out of range'})"
    return Judgement(verdict="version-differs", message=said, in_range=in_range)


def _without_post(version: Version) -> tuple[object, ...]:
    release = version.release
    while len(release) > 1 and not release[-1]:
        release = release[:-1]
    return version.epoch, release, version.pre, version.dev


def _admitted(one: Found, pin: Pin, others: Mapping[str, list[Found]]) -> bool:
    """Whether a requirement of each requirer admits the version.

    Several requirements of one requirer are told apart by markers, which are a
    target's: one that admits is enough.
    """
    return all(
        any(
            requirement.specifier.contains(one.metadata.version, prereleases=True)
            for requirement in requirer.metadata.requires_dist
            if canonicalize_name(requirement.name) == pin.name
        )
        for edge in pin.required_by
        for requirer in others.get(edge.name, ())
    )


def _entry(pin: Pin, lock: Lock) -> LockedPackage | None:
    """The entry of the lock that a pin was made from."""
    for package in lock.by_name.get(pin.name, ()):
        if (package.id.version, package.id.source) == (pin.version, pin.source):
            return package
    return None


def _hashes(pin: Pin, lock: Lock) -> set[Hash]:
    """Take all hashes that the lock has for the entry of a pin."""
    entry = _entry(pin, lock)
    files = (*entry.wheels, entry.sdist) if entry is not None else ()
    return {file.hash for file in files if file is not None and file.hash is not None}


def _source_differs(one: Found, source: Source) -> str:
    """Compare ``direct_url.json`` with the lock's source; ours leaves it out."""
    match source:
        case Git(commit=commit) if one.origin is not None:
            if one.origin.commit != commit:
                there = one.origin.commit or one.origin.url
                return f"it comes from {there}, and the lock has the commit {commit}"
        case DirectUrl(url=url) if one.origin is not None:
            if urldefrag(one.origin.url).url != urldefrag(url).url:
                return f"it comes from {one.origin.url}, and the lock has {url}"
        case Git() | DirectUrl():
            if not one.ours:
                return "it comes from an index, and the lock has another source for it"
        case LocalArchive() | SourceTree():
            pass  # where a file lay on another machine tells nothing; its hash does
        case _:
            if one.origin is not None:
                return f"it comes from {one.origin.url}, and the lock has an index for it"
    return ""


def _judge_hash(one: Found, pin: Pin, lock: Lock, *, policy: Policy) -> Judgement:
    """Compare the artifact with the hashes of the lock, as far as both are known."""
    version = one.metadata.version
    if one.ours and isinstance(pin.artifact, FromSource):
        return _stand_in(one, pin, lock)
    hashes = _hashes(pin, lock)
    if not hashes and policy == "exact":
        said = f"{version}: the lock has no hash for it"
        return Judgement(verdict="hash-unverifiable", message=said)
    known = {name: one.digest(name) for name in sorted({item.algorithm for item in hashes})}
    if not hashes or any(known[item.algorithm] == item.digest for item in hashes):
        return Judgement(verdict="satisfied", message=f"{version}, as locked")
    if not any(known.values()):
        said = f"{version}, as locked, but the wheel it came from is not at hand to be hashed"
        return Judgement(verdict="hash-unverifiable", message=said)
    said = f"{version} comes from a file that the lock does not list"
    return Judgement(verdict="hash-mismatch", message=said)


def _stand_in(one: Found, pin: Pin, lock: Lock) -> Judgement:
    """Judge a wheel that was given because no wheel of the lock fits the target.

    Where the lock has a source of it, the wheel is taken for one that was built from
    that source: it is the lock's version, and no hash can tell more.
    """
    entry = _entry(pin, lock)
    version = one.metadata.version
    match pin.source:
        case RegistryUrl() | RegistryPath() if entry is None or entry.sdist is None:
            said = f"{version} comes from a file that the lock does not list"
            return Judgement(verdict="hash-mismatch", message=said)
        case _:
            said = f"{version}, as locked, from a wheel that was given for its locked source"
            return Judgement(verdict="satisfied-sdist", message=said)
