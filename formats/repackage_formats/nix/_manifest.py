"""``repackage.json``: what the expression installs, for those who read the artifact back.

The wheels have the facts of nearly all files; the manifest has what does not follow from
them: which members are left out or lie elsewhere, and the files that are in no wheel.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final, TypeVar

from repackage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

T = TypeVar("T")

NAME: Final = "repackage.json"
#: Of the manifest's own format.
VERSION: Final = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A member of a wheel that does not lie where its path and mode say."""

    member: str
    path: str
    mode: int
    mtime: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """A wheel, and what of it is not installed as it lies there."""

    distribution: str
    filename: str
    sha256: str
    mtime: int
    """Of its files."""
    url: str = ""
    """Empty: it lies beside the expression."""
    unused: bool = False
    """Whether nothing that is installed lies in it, so that nobody needs to look."""
    left_out: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A file that is in no wheel."""

    path: str
    mode: int
    mtime: int
    origin: str = ""
    text: str | None = None
    base64: str | None = None
    beside: str | None = None
    """Where the artifact has it, by a relative path."""
    record: bool = False
    """Whether it is the RECORD of its origin, which follows from the other files."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A symbolic link."""

    path: str
    target: str
    mtime: int
    origin: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """A directory that does not follow from what is in it."""

    path: str
    mtime: int
    origin: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """What one system gets."""

    target: str
    site: str
    """The directory that modules are imported from."""
    epoch: int
    """Date of what belongs to the package itself."""
    wheels: tuple[Installed, ...]
    """The root's first."""
    made: tuple[Made, ...] = ()
    links: tuple[Link, ...] = ()
    folders: tuple[Folder, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What each system gets; the first is that of the machine that was asked for."""

    package: str
    version: str
    python: str
    """Attribute of the interpreter."""
    description: str
    systems: Mapping[str, Holding]


def to_json(manifest: Manifest) -> str:
    """Write a manifest; what says nothing is left out."""
    document = {"repackage-nix": VERSION, **_bare(asdict(manifest))}
    return f"{json.dumps(document, indent=1)}\n"


def read_manifest(artifact: Path) -> Manifest:
    """Read the manifest of an artifact.

    Raises:
        InputError: It is none, or not one that is written here.
    """
    path = artifact / NAME
    try:
        document = _versioned(json.loads(path.read_bytes()))
        systems = {name: _holding(holding) for name, holding in document.pop("systems").items()}
        manifest = _made(Manifest, {**document, "systems": systems})
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError.of(
            f"what the expression installs cannot be read: {reason}",
            where=str(path),
            advice="make the artifact anew",
        ) from error
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise InputError.of(
            f"this is no manifest that can be read: {error}",
            where=str(path),
            advice="make the artifact anew",
        ) from error
    return manifest


def _versioned(document: dict[str, Any]) -> dict[str, Any]:
    """Take the version off a document."""
    if document.pop("repackage-nix") != VERSION:
        raise ValueError("it is of another version")
    if not document["systems"]:
        raise ValueError("it is for no system")
    return document


def _bare(value: Any) -> Any:
    """Leave out of dataclasses, as dictionaries, what is empty."""
    match value:
        case dict():
            return {
                key: _bare(each)
                for key, each in value.items()
                if each not in ("", (), None) and each is not False
            }
        case tuple():
            return [_bare(each) for each in value]
        case _:
            return value


def _holding(found: dict[str, Any]) -> Holding:
    wheels = tuple(
        _made(
            Installed,
            {
                **each,
                "left_out": tuple(each.get("left_out", ())),
                "moved": tuple(_made(Moved, one) for one in each.get("moved", ())),
            },
        )
        for each in found.pop("wheels")
    )
    if not wheels:
        raise ValueError("a system has no wheel")
    made = tuple(_made(Made, each) for each in found.pop("made", ()))
    links = tuple(_made(Link, each) for each in found.pop("links", ()))
    folders = tuple(_made(Folder, each) for each in found.pop("folders", ()))
    found |= {"wheels": wheels, "made": made, "links": links, "folders": folders}
    return _made(Holding, found)


_TYPES: Final[Mapping[str, type]] = {
    "str": str,
    "str | None": str,
    "int": int,
    "bool": bool,
}


def _made(cls: type[T], values: dict[str, Any]) -> T:
    """Make a value of a class, whose plain fields have to have their types."""
    for field in fields(cls):  # type: ignore[arg-type]  # all of them are dataclasses
        wanted = _TYPES.get(str(field.type))
        if wanted and field.name in values and type(values[field.name]) is not wanted:
            raise TypeError(f"{field.name!r} is no {wanted.__name__}")
    return cls(**values)
