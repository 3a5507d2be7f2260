"""What registries are told, and what became of an image."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

from repackage.network import patience, retries

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.container._platform import Platform
    from repackage.container._reference import Reference


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistrySettings:
    """How registries are talked to."""

    insecure: bool = False
    """Whether they are talked to without encryption; this machine always is."""
    jobs: int = 6
    """Blobs on their way at the same time."""
    timeout: float = field(default_factory=patience)
    """Seconds that a registry may be silent."""
    retries: int = field(default_factory=retries)
    """Further tries after one that failed for a reason that may pass."""
    backoff: float = 0.5
    """Seconds before the first further try; each later one waits twice as long."""


class Progress(Protocol):
    """Is told how blobs get on, from several threads."""

    def start(self, name: str, total: int | None) -> None:
        """A blob sets out; ``total`` is in bytes."""

    def advance(self, name: str, count: int) -> None:
        """``count`` more bytes have gone; negative when it starts over."""

    def finish(self, name: str) -> None:
        """It has arrived."""


class Silent:
    """Progress that nobody watches."""

    def start(self, name: str, total: int | None) -> None:
        """Say nothing."""

    def advance(self, name: str, count: int) -> None:
        """Say nothing."""

    def finish(self, name: str) -> None:
        """Say nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A blob, and how it came to be in the repository."""

    digest: str
    size: int
    media_type: str
    how: Literal["uploaded", "present", "mounted"]
    """Mounted is: taken from another repository of the same registry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pushed:
    """An image that is in a registry now."""

    reference: Reference
    digest: str
    """Of the manifest, or of the index of several."""
    media_type: str
    manifests: int
    """How many there are, the index included."""
    blobs: tuple[Moved, ...]

    @property
    def pinned(self) -> Reference:
        """The name that stays that of this image."""
        return replace(self.reference, digest=self.digest)

    def moved(self, how: str) -> tuple[int, int]:
        """Count the blobs that came there in one way, and their bytes."""
        sizes = [blob.size for blob in self.blobs if blob.how == how]
        return len(sizes), sum(sizes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulled:
    """An image that is here now."""

    reference: Reference
    """With the digest that it has: of the index, where there is one."""
    platform: Platform
    digest: str
    """Of the manifest of the image for the platform."""
    directory: Path
    """An OCI layout with that one image; not to be changed."""
