"""A verified wheel as JSON, so that a wheel is verified once per machine.

A manifest stands for a verification: whoever keeps it has to seal it against damage.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.errors import WheelError
from repackage.metadata import Metadata
from repackage.wheel._model import EntryPoint, Member, Wheel

if TYPE_CHECKING:
    from pathlib import Path

#: Counts up whenever the shape changes, or the verification becomes stricter.
SCHEMA = 2

#: The columns of a member, in the order of the manifest.
_MEMBER = tuple(field.name for field in dataclasses.fields(Member))

#: Fields of METADATA that are more than text and tuples of text.
_PARSED = {"name", "version", "urls", "requires_python", "requires_dist", "provides_extra"}
_PLAIN = tuple(
    field.name for field in dataclasses.fields(Metadata) if field.name not in _PARSED
)


def to_json(wheel: Wheel) -> bytes:
    """Write down a verified wheel, without where it lies."""
    document = {
        "schema": SCHEMA,
        "filename": wheel.filename,
        "name": wheel.name,
        "version": str(wheel.version),
        "build": wheel.build,
        "tags": sorted(map(str, wheel.tags)),
        "purelib": wheel.purelib,
        "dist_info": wheel.dist_info,
        "metadata": _metadata_to_json(wheel.metadata),
        "entry_points": [
            (point.name, point.module, point.attribute, point.kind)
            for point in wheel.entry_points
        ],
        "newest": wheel.newest,
        "size": wheel.size,
        "sha256": wheel.sha256,
        "members": [
            [getattr(member, column) for column in _MEMBER] for member in wheel.members
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(data: bytes, path: Path) -> Wheel:
    """Read what :func:`to_json` wrote; the wheel lies at ``path`` now.

    Raises:
        WheelError: When it is damaged, or was written by another version of this package.
    """
    try:
        document: dict[str, Any] = json.loads(data)
        if document["schema"] == SCHEMA:
            return _wheel_from_json(document, path)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise WheelError.of("the manifest of the wheel is damaged", where=str(path)) from error
    raise WheelError.of("the manifest of the wheel is of another version", where=str(path))


def _wheel_from_json(document: dict[str, Any], path: Path) -> Wheel:
    build = document["build"]
    return Wheel(
        path=path,
        filename=document["filename"],
        name=canonicalize_name(document["name"]),
        version=Version(document["version"]),
        build=(build[0], build[1]) if build else (),
        tags=frozenset(Tag(*tag.split("-")) for tag in document["tags"]),
        purelib=document["purelib"],
        dist_info=document["dist_info"],
        metadata=_metadata_from_json(document["metadata"]),
        entry_points=tuple(
            EntryPoint(name=name, module=module, attribute=attribute, kind=kind)
            for name, module, attribute, kind in document["entry_points"]
        ),
        newest=document["newest"],
        size=document["size"],
        sha256=document["sha256"],
        members=tuple(
            Member(**dict(zip(_MEMBER, row, strict=True))) for row in document["members"]
        ),
    )


def _metadata_to_json(metadata: Metadata) -> dict[str, Any]:
    python = metadata.requires_python
    return {
        **{field: getattr(metadata, field) for field in _PLAIN},
        "name": metadata.name,
        "version": str(metadata.version),
        "urls": metadata.urls,
        "requires_python": None if python is None else str(python),
        "requires_dist": [str(requirement) for requirement in metadata.requires_dist],
        "provides_extra": metadata.provides_extra,
    }


def _metadata_from_json(document: dict[str, Any]) -> Metadata:
    python = document["requires_python"]
    plain: dict[str, Any] = {
        field: tuple(value) if isinstance(value, list) else value
        for field, value in document.items()
        if field not in _PARSED
    }
    return Metadata(
        **plain,
        name=canonicalize_name(document["name"]),
        version=Version(document["version"]),
        urls=tuple((label, url) for label, url in document["urls"]),
        requires_python=None if python is None else SpecifierSet(python),
        requires_dist=tuple(map(Requirement, document["requires_dist"])),
        provides_extra=tuple(map(canonicalize_name, document["provides_extra"])),
    )
