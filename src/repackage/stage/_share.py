"""One distribution's share of the staging root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from installer import install

from repackage.stage._claims import Claims
from repackage.stage._destination import ClaimingDestination
from repackage.stage._source import VerifiedSource

if TYPE_CHECKING:
    from repackage.errors import Problem
    from repackage.format import Layout
    from repackage.stage._model import Claim, Note
    from repackage.target import Python
    from repackage.wheel import Wheel


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A wheel, and its part in the package."""

    wheel: Wheel
    mtime: int
    """Of everything that it owns."""
    root: bool
    scripts: bool
    """Whether its scripts are asked for although it is not the root wheel."""

    @property
    def name(self) -> str:
        """The distribution, as origins and notes name it."""
        return str(self.wheel.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """What installing a share came to."""

    share: Share
    claims: tuple[Claim, ...]
    record_path: str
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]


def install_share(share: Share, layout: Layout, *, python: Python) -> Installed:
    """Run one wheel through :func:`installer.install`."""
    source = VerifiedSource(share.wheel, mtime=share.mtime)
    claims = Claims(share, layout)
    destination = ClaimingDestination(claims, python=python)
    install(source, destination, {"INSTALLER": b"repackage\n"})
    return Installed(
        share=share,
        claims=tuple(claims.made),
        record_path=destination.record_path,
        notes=(*source.notes, *claims.notes),
        problems=tuple(claims.problems),
    )
