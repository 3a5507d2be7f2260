"""From PEP 440 specifiers to relations of dpkg, which compares and has no ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from repackage.errors import FormatError
from repackage_formats.deb._version import sort_key, upstream_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.specifiers import Specifier, SpecifierSet

#: Components that an upper bound has: those of versions are not known.
_WIDTH = 3


def bounds(specifiers: SpecifierSet, *, epoch: int = 0) -> tuple[str, ...]:
    """Spell what versions of a package are admitted: ``>= 1.2``, ``<< 2~``; each holds.

    Archives spell a release with as many components as its project does, and add words of
    their own (``+dfsg``, ``-1~bpo12+1``). So a lower bound has no zeros at its end, and an
    upper one is below the next release, which keeps out that release's candidates, too.
    Beyond PEP 440, this admits post-releases of the greatest version and candidates of the
    least one; of what PEP 440 admits, ``> 1.2`` shuts out 1.2.0.1 and post-releases.
    ``epoch`` is that of the archive, which has nothing to do with PEP 440's.

    Raises:
        FormatError: A version is none, or of another epoch of PEP 440.
    """
    prefix = f"{epoch}:" if epoch else ""
    ends = [end for each in specifiers for end in _ends(each)]
    lowest = max((v for o, v in ends if o == ">="), key=sort_key, default="")
    highest = min((v for o, v in ends if o == "<<"), key=sort_key, default="")
    return tuple(
        f"{operator} {prefix}{version}"
        for operator, version in ((">=", lowest), ("<<", highest))
        if version
    )


def inexpressible(specifiers: Iterable[Specifier]) -> tuple[str, ...]:
    """What a list of relations, all of which must hold, cannot say: gaps."""
    return tuple(sorted(str(each) for each in specifiers if each.operator == "!="))


def _ends(specifier: Specifier) -> Iterator[tuple[str, str]]:
    """The lower and upper bounds that a clause sets."""
    operator, text = specifier.operator, specifier.version
    if operator == "!=":
        return
    version = Version(_version(text.removesuffix(".*"), specifier).public)
    if version.epoch:
        if operator in ("<", "<="):  # all that there is, if not of that epoch
            return
        raise _other_epoch(specifier)
    if (version.release, version.is_prerelease, operator) == ((0,), True, ">="):
        return
    yield from _compared(operator, version, prefix=text.endswith(".*"))


def _compared(operator: str, version: Version, *, prefix: bool) -> Iterator[tuple[str, str]]:
    least, below = upstream_version(version, width=1), _next(version)
    match operator:
        case "==" if prefix:
            yield from ((">=", f"{least}~"), ("<<", _next(version, len(version.release))))
        case "~=":
            yield from ((">=", least), ("<<", _next(version, len(version.release) - 1)))
        case "==" | "===":
            yield from ((">=", least), ("<<", below))
        case "<=":
            yield "<<", below
        case "<":
            yield "<<", least if version.is_prerelease else f"{least}~"
        case ">=":
            yield ">=", least
        case _:
            yield ">=", below


def _next(version: Version, width: int = 0) -> str:
    """What is below every release that follows, on the level of a number."""
    if version.is_prerelease and not width:  # its release is yet to come
        return f"{upstream_version(version, width=len(version.release))}.~"
    release = list(version.release)
    width = width or max(_WIDTH, len(release))
    release = [*release, *[0] * width][:width]
    release[-1] += 1
    following = Version(".".join(map(str, release)))
    return f"{upstream_version(following, width=1)}~"


def _version(text: str, specifier: Specifier) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        raise FormatError.of(
            f"dpkg cannot compare the version {str(specifier)!r}",
            advice="'===' needs a version as PEP 440 has it",
        ) from None


def _other_epoch(specifier: Specifier) -> FormatError:
    return FormatError.of(
        f"an archive knows nothing of the epoch of {str(specifier)!r}",
        advice="name the relation: distributions = { name = 'python3-name (>= 1)' }",
    )
