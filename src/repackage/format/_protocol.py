"""What a format offers, and what it may offer besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from repackage.format._layout import Layout
    from repackage.format._logbook import Logbook
    from repackage.format._plan import Plan, Served, Surroundings
    from repackage.package import Package
    from repackage.signing import Signer
    from repackage.target import Target
    from repackage.tree import Entry, Tree
    from repackage.wheel import Wheel

O = TypeVar("O")  # noqa: E741 - the options of a format, as in design and docs


@runtime_checkable
class Format(Protocol[O]):
    """What a format offers; the core does naming, scratch, rename, hashing, collisions."""

    @property
    def Options(self) -> type[O]:  # noqa: N802 - a class, as the format spells it
        """A frozen dataclass: the schema of ``[tool.repackage.<name>]`` and of ``-C``."""
        ...

    def layout(self, package: Package, target: Target, options: O) -> Layout:
        """Say where files go."""
        ...

    def filename(self, plan: Plan[O]) -> str:
        """Name the artifact, from the plan alone."""
        ...

    def emit(self, plan: Plan[O], tree: Tree, out: Path) -> None:
        """Create exactly ``out``: a file or a directory."""
        ...

    def read(self, artifact: Path) -> Iterator[Entry]:
        """Read back what an artifact installs: the inverse of ``emit``."""
        ...


@runtime_checkable
class Reader(Protocol):
    """What is needed to look into an artifact; a format is a reader.

    A reader may also offer ``describe(artifact) -> dict[str, str]``, what the artifact says
    of itself; ``recognises(artifact) -> int``, 0 for what it cannot read, 1 where the
    container is its own, 2 where what is in it is, too; and ``read_arch(artifact, arch)``,
    which is ``read`` for artifacts that hold the trees of several machines.
    """

    def read(self, artifact: Path) -> Iterator[Entry]:
        """Yield what an artifact installs; contents may be found when they are asked for."""
        ...


class Wheels(Protocol):
    """Wheels by what they are: those that the core keeps, each verified."""

    def find(self, sha256: str, filename: str) -> Wheel | None:
        """The wheel of a digest, if it is kept."""
        ...

    def verified(self, path: Path) -> Wheel:
        """The wheel of a file, which is looked into only once.

        Raises:
            WheelError: It is none, or a damaged one.
        """
        ...


@runtime_checkable
class ReadsWheels(Protocol):
    """A reader of artifacts that name wheels instead of holding them.

    Where there is one, it is called in the place of ``read``, which can only find the
    wheels that an artifact does hold, and of ``read_arch``.
    """

    def read_wheels(
        self, artifact: Path, wheels: Wheels, *, machine: str | None = None
    ) -> Iterator[Entry]:
        """Yield what an artifact installs, on a machine if it is for several.

        That is the name of a target, or an architecture as ``uname -m`` has it; None: the
        first one.
        """
        ...


@runtime_checkable
class ReadsLogged(Protocol):
    """A format that notes what it writes where, in ``Plan.logbook``.

    Where something was noted, ``read_logged`` is called in the place of ``read`` for what was
    just written: parts that an earlier build has read need not be decompressed again.
    """

    def read_logged(self, artifact: Path, logbook: Logbook) -> Iterator[Entry]:
        """Yield what an artifact installs, and hold all of it against the logbook.

        Raises:
            InputError: It is damaged, or is not made up as the logbook says.
        """
        ...


@runtime_checkable
class ServesSeveral(Protocol):
    """A format of which one artifact serves several targets; others make one for each.

    One that needs a tree for each also offers ``emit_several``.
    """

    def targets(self, asked: tuple[Target, ...], options: Any) -> Served:
        """Say which targets the artifact serves, and what of them is needed."""
        ...


@runtime_checkable
class EmitsSeveral(Protocol):
    """A format whose artifact is made of a tree for each target."""

    def emit_several(self, builds: Sequence[tuple[Plan[Any], Tree]], out: Path) -> None:
        """Create exactly ``out`` from a tree for each target; called if there are several."""
        ...


@runtime_checkable
class Prepares(Protocol[O]):
    """A format that needs more than wheels, such as the image that another is based on."""

    def prepare(self, plan: Plan[O], surroundings: Surroundings) -> Plan[O]:
        """Fetch what is needed, before anything is staged; every byte is checked.

        Raises:
            FetchError: What is needed cannot be had.
        """
        ...


@runtime_checkable
class Announces(Protocol):
    """A format whose artifacts are called by more than a path, by those who deploy them."""

    def announce(self, artifact: Path) -> dict[str, str]:
        """Say what an artifact that was made is called, by what calls it so."""
        ...


@runtime_checkable
class Signs(Protocol):
    """A format whose artifacts can be signed: when they have been made, or later.

    The core signs a copy that nobody has seen, so nothing half-signed is left behind.
    """

    def sign(self, artifact: Path, signer: Signer) -> None:
        """Sign an artifact in place; signatures that it had are replaced.

        What is installed from it stays as it is. Called after ``emit`` as well as for
        artifacts of others.

        Raises:
            SigningError: The signer refuses, or the signature is not good.
            InputError: It is no artifact of this format, or an altered one.
        """
        ...
