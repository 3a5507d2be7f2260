"""What a build is asked for, what was decided, and what came out."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from repackage.check import Rules
from repackage.resolve import FileChoice, Selection

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from packaging.utils import NormalizedName

    from repackage.check import Policy
    from repackage.closure import Closure
    from repackage.errors import Problem
    from repackage.format import External, Format, Plan
    from repackage.lock import Lock
    from repackage.package import Package
    from repackage.signing import Signer
    from repackage.target import Target
    from repackage.wheel import Wheel


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A wheel, the formats to make of it, and everything that a user may decide."""

    wheel: Path
    formats: tuple[str, ...]
    """Names as the registry knows them."""
    target: Target
    """The first one, if there are several."""
    lock: Path
    also: tuple[Target, ...] = ()
    """Further targets: an artifact for each, or one for all where the format can."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """An instance of the format's ``Options`` by format; those left out have defaults."""
    selection: Selection = field(default_factory=Selection)
    files: FileChoice = field(default_factory=FileChoice)
    """What must be built, and what must not be."""
    scripts_of: frozenset[NormalizedName] = frozenset()
    """Distributions whose commands are wanted, beside those of the wheel."""
    bytecode: bool = False
    """Whether bytecode is shipped by formats that have no word of their own about it."""
    rules: Rules = field(default_factory=Rules)
    """How strictly the lock is kept."""
    out_dir: Path | None = None
    """None: beside the wheel."""
    stage_dir: Path | None = None
    """Where the staging root is put too, as real files."""
    find_links: tuple[Path, ...] | None = None
    """Directories of wheels; None: the wheel's directory."""
    offline: bool = False
    cache_dir: Path | None = None
    """None: the user's cache directory."""
    epoch: int | None = None
    """Seconds; None: the newest date in the wheel."""
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    """Threads. No byte of the output depends on it."""
    signer: Signer | None = None
    """Who signs every artifact; None: nobody."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """All of them."""
        return (self.target, *self.also)

    @property
    def policy(self) -> Policy:
        """The level of all that has no rule of its own."""
        return self.rules.level

    @property
    def output_directory(self) -> Path:
        """Where the artifacts go."""
        return self.out_dir or self.wheel.parent

    @property
    def wheelhouses(self) -> tuple[Path, ...]:
        """Where wheels are looked for before the network."""
        return (self.wheel.parent,) if self.find_links is None else self.find_links


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """One artifact to be made, and how."""

    name: str
    """Of the format."""
    format: Format[Any]
    plan: Plan[Any]
    path: Path
    others: tuple[Planned, ...] = ()
    """The other targets that the artifact serves, each decided by itself."""
    needs: Literal["plan", "wheels", "tree"] = "plan"
    """What the format needs of them."""
    left_out: tuple[str, ...] = ()
    """Targets that the artifact does not serve, each with the reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """All that is decided for one target before a byte is written."""

    wheel: Wheel
    lock: Lock
    target: Target
    closure: Closure
    given: Mapping[NormalizedName, Path]
    """The wheels of pins that no index has, as far as they were found."""
    to_build: Mapping[NormalizedName, str] = field(default_factory=dict)
    """What wheels are built from, here: ``the sdist docopt-0.6.2.tar.gz``."""
    missing: tuple[Problem, ...]
    """For each of the others, how to have it."""
    package: Package
    rules: Rules
    outputs: tuple[Output, ...]

    @property
    def policy(self) -> Policy:
        """The level of all that has no rule of its own."""
        return self.rules.level

    @property
    def alone(self) -> bool:
        """Whether nothing but the wheel itself is in the artifacts, which share that."""
        return any(output.plan.layout.alone for output in self.outputs)

    @property
    def externals(self) -> tuple[External, ...]:
        """What the artifacts leave to the system."""
        return self.outputs[0].plan.externals if self.outputs else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Artifact:
    """A file (or directory) that was made and read back."""

    format: str
    path: Path
    size: int
    """Bytes."""
    sha256: str
    """Of the file; empty for a directory."""
    targets: tuple[str, ...]
    """Names of those that it serves."""
    announced: Mapping[str, str] = field(default_factory=dict)
    """What it is called by those who deploy it: Lambda's ``CodeSha256``, say."""

    @property
    def basename(self) -> str:
        """The last part of the path."""
        return self.path.name


class Events(Protocol):
    """Is told how a build gets on; downloads are reported from several threads."""

    def step(self, what: str) -> None:
        """A step begins."""

    def note(self, what: str) -> None:
        """A decision was taken that someone may wonder about."""

    def warn(self, what: str) -> None:
        """Something passes that someone should know about."""

    def start(self, name: str, total: int | None) -> None:
        """A download begins; ``total`` is in bytes, if it is known."""

    def advance(self, name: str, count: int) -> None:
        """``count`` more bytes are here; negative when a download starts over."""

    def finish(self, name: str) -> None:
        """The artifact is here and verified."""


class Unwatched:
    """Events that nobody watches."""

    def step(self, what: str) -> None:
        """Say nothing."""

    def note(self, what: str) -> None:
        """Say nothing."""

    def warn(self, what: str) -> None:
        """Say nothing."""

    def start(self, name: str, total: int | None) -> None:
        """Say nothing."""

    def advance(self, name: str, count: int) -> None:
        """Say nothing."""

    def finish(self, name: str) -> None:
        """Say nothing."""
