"""Everything that can go wrong, as one tree; each family has its own exit status.

::

    RepackageError
    ├── ContraventionError      1   what is installed contravenes the lock
    ├── InputError              2   unusable input or usage
    │   ├── UsageError              an option, a name or a value that cannot be used
    │   ├── ConfigError             a table of pyproject.toml or a ``-C`` setting
    │   ├── WheelError              not a wheel, or a tampered one
    │   ├── LockError               no lock, or one that cannot be read
    │   └── TargetError             a target that cannot be described
    ├── IncompleteError         3   something that the selection needs is missing
    ├── ResolveError            4   the lock has no answer for this wheel and target
    ├── FetchError              5   an artifact could not be had, or had other bytes
    ├── StageError              6   distributions that cannot be installed together
    ├── FormatError             7   the format cannot hold what it was asked to hold
    ├── OutputError             8   the output directory, the disk
    ├── StoreError              9   the cache directory
    ├── SigningError           10   a signature that cannot be made, or is not good
    └── PushError              11   a registry that does not take an image

Status 0 is success and 130 an interrupt (Ctrl-C). An error carries *all* the problems
that were found, each with what is wrong, where, and what to do about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from typing_extensions import Self


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong: what, where (file, key path) and what to do."""

    what: str
    where: str = ""
    advice: str = ""

    def __str__(self) -> str:
        located = f"{self.where}: {self.what}" if self.where else self.what
        return f"{located} ({self.advice})" if self.advice else located


class RepackageError(Exception):
    """The root of every error that this package raises on purpose."""

    exit_code: ClassVar[int]

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("an error needs at least one problem")
        super().__init__(*problems)
        self.problems = problems

    @classmethod
    def of(cls, what: str, *, where: str = "", advice: str = "") -> Self:
        """Make an error of this class with a single problem."""
        return cls(Problem(what=what, where=where, advice=advice))

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class ContraventionError(RepackageError):
    """What is installed contravenes the lock."""

    exit_code = 1


class InputError(RepackageError):
    """Input or usage that cannot be worked with."""

    exit_code = 2


class UsageError(InputError):
    """An option, a name or a value that cannot be used."""


class ConfigError(InputError):
    """A table of ``pyproject.toml`` or a ``-C`` setting that cannot be used."""


class WheelError(InputError):
    """A file that is not a wheel, or a wheel that contradicts itself."""


class LockError(InputError):
    """No lock, or a lock that cannot be read."""


class TargetError(InputError):
    """A target that cannot be described."""


class IncompleteError(RepackageError):
    """Something that the selection needs is missing."""

    exit_code = 3


class ResolveError(RepackageError):
    """The lock has no answer for this wheel, target and selection."""

    exit_code = 4


class FetchError(RepackageError):
    """An artifact could not be had, or its bytes are not the locked ones."""

    exit_code = 5


class StageError(RepackageError):
    """Distributions that cannot be installed together."""

    exit_code = 6


class FormatError(RepackageError):
    """The format cannot hold what it was asked to hold."""

    exit_code = 7


class OutputError(RepackageError):
    """The output cannot be written."""

    exit_code = 8


class StoreError(RepackageError):
    """The cache directory cannot be used."""

    exit_code = 9


class SigningError(RepackageError):
    """A signature cannot be made, or is not good."""

    exit_code = 10


class PushError(RepackageError):
    """A registry does not take an image, or cannot be reached."""

    exit_code = 11


class Problems:
    """Collects problems, so that all of them are reported at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def add(self, what: str, *, where: str = "", advice: str = "") -> None:
        """Note one problem."""
        self._found.append(Problem(what=what, where=where, advice=advice))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note the problems of an error that was caught."""
        self._found.extend(problems)

    def raise_if_any(self, error: type[RepackageError]) -> None:
        """Raise ``error`` with everything noted so far, if anything was."""
        if self._found:
            raise error(*self._found)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Advice for an unknown name: the nearest known one, or all of them."""
    import difflib  # only where something is misspelt

    choices = sorted(known)
    near = difflib.get_close_matches(name, choices, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known: {', '.join(choices)}" if choices else "none is known"
