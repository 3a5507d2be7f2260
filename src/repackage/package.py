"""Format-neutral facts about the package to be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.metadata import Metadata


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A person or team, as e-mail headers name them."""

    name: str
    email: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """What every format says about the package, in its own way."""

    name: NormalizedName
    version: Version
    summary: str
    """One line, never empty."""
    description: str
    """Plain text, markup removed where that is easy; may be empty."""
    license: str
    """SPDX expression, or the free text of older metadata; may be empty."""
    maintainer: Contact | None
    homepage: str
    urls: tuple[tuple[str, str], ...]
    scripts: tuple[str, ...]
    """Names of the commands that the root wheel brings."""
    metadata: Metadata
    """The root wheel's, for whatever a format wants beyond this."""
