"""Where the expression has each wheel from: a fetch by the lock's own hash, or a file beside it."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from repackage.closure import FromSource
from repackage.errors import FormatError, Problems
from repackage_formats.nix._syntax import Call, Path

if TYPE_CHECKING:
    from pathlib import Path as File

    from packaging.utils import NormalizedName

    from repackage.closure import Pin
    from repackage.format import Plan
    from repackage_formats.nix._options import Options
    from repackage_formats.nix._syntax import Value

#: The directory of wheels that are not fetched.
WHEELS: Final = "wheels"
#: What a store path's name may be made of; see ``checkName`` of Nix.
_STORE_NAME: Final = re.compile(r"[0-9A-Za-z+_?=-][0-9A-Za-z+._?=-]*")
_LONGEST: Final = 211


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A wheel that the expression installs."""

    distribution: str
    path: File
    """The wheel itself, here."""
    filename: str
    sha256: str
    url: str = ""
    """Where it is published; empty: it lies beside the expression."""

    @property
    def name(self) -> str:
        """What it is called in the Nix store."""
        return store_name(self.filename)

    @property
    def value(self) -> Value:
        """The wheel, in Nix."""
        beside = Path(f"{WHEELS}/{self.filename}")
        if not self.url and self.name != self.filename:
            return Call("builtins.path", {"name": self.name, "path": beside})
        if not self.url:
            return beside
        arguments: dict[str, Value] = {"url": self.url, "hash": sri(self.sha256)}
        if posixpath.basename(self.url) != self.name:
            arguments = {"name": self.name, **arguments}
        return Call("fetchurl", arguments)


def sources(plan: Plan[Options]) -> tuple[Source, ...]:
    """Find out for each wheel of a plan, the root's first, where the expression has it from.

    Raises:
        FormatError: A wheel cannot have its name in the Nix store.
    """
    root = plan.closure.root
    pins = {pin.name: pin for pin in plan.closure.pins}
    found = (
        Source(
            distribution=str(root.name),
            path=plan.wheels.get(root.name, root.path),
            filename=root.filename,
            sha256=root.sha256,
            url=plan.options.wheel_url,
        ),
        *(
            _source(name, plan.wheels[name], pins.get(name), plan.options)
            for name in sorted(plan.wheels)
            if name != root.name
        ),
    )
    problems = Problems()
    for source in found:
        if not _STORE_NAME.fullmatch(source.name) or len(source.name) > _LONGEST:
            problems.add(
                f"{source.filename!r} cannot be the name of a store path",
                advice=f"at most {_LONGEST} letters, digits and '+._-'",
            )
    problems.raise_if_any(FormatError)
    return found


def store_name(filename: str) -> str:
    """Spell the name of a wheel as the Nix store can have it: the ``!`` of an epoch is ``=``."""
    return filename.replace("!", "=")


def sri(sha256: str) -> str:
    """Spell a hexadecimal SHA-256 as https://www.w3.org/TR/SRI/ does."""
    return f"sha256-{base64.b64encode(bytes.fromhex(sha256)).decode()}"


def _source(name: NormalizedName, path: File, pin: Pin | None, options: Options) -> Source:
    locked = None if pin is None or isinstance(pin.artifact, FromSource) else pin.artifact
    if locked is None or locked.filename != path.name:  # it was built, or given
        return Source(
            distribution=str(name), path=path, filename=path.name, sha256=_digest(path)
        )
    known = locked.hash
    return Source(
        distribution=str(name),
        path=path,
        filename=locked.filename,
        sha256=known.digest if known and known.algorithm == "sha256" else _digest(path),
        url="" if options.vendor_wheels or name in options.vendor else _public(locked.location),
    )


def _digest(path: File) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _public(location: str | File | None) -> str:
    """Where anybody can fetch a wheel from; empty: it is to lie beside the expression."""
    if not isinstance(location, str):
        return ""
    parts = urlsplit(location)
    if parts.scheme not in {"http", "https"} or parts.username or parts.password:
        return ""
    return location.partition("#")[0]
