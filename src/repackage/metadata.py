"""Core metadata of one distribution (METADATA 1.0 to 2.5), parsed once into a value.

See https://packaging.python.org/en/latest/specifications/core-metadata/.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version


@dataclass(frozen=True, kw_only=True, slots=True)
class Metadata:
    """What METADATA says, with names normalised and nothing invented."""

    metadata_version: str
    name: NormalizedName
    display_name: str
    """The name as the project spells it."""
    version: Version
    summary: str = ""
    description: str = ""
    description_content_type: str = ""
    license_expression: str = ""
    """SPDX expression (PEP 639), or empty."""
    license: str = ""
    """The free-text ``License`` field of older metadata, or empty."""
    license_files: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    author: str = ""
    author_email: str = ""
    maintainer: str = ""
    maintainer_email: str = ""
    urls: tuple[tuple[str, str], ...] = ()
    """(label, URL) of ``Project-URL``, with ``Home-page`` first as ``Homepage``."""
    requires_python: SpecifierSet | None = None
    requires_dist: tuple[Requirement, ...] = ()
    provides_extra: tuple[NormalizedName, ...] = ()
