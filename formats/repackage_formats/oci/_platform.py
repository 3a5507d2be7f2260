"""Machines, as images name them: by Go's names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.errors import FormatError, did_you_mean
from repackage.target import GOARCH, Glibc, Musl

if TYPE_CHECKING:
    from repackage.target import Target

_VARIANTS = {"armv7l": "v7"}
#: Variants that say nothing: every machine of the architecture is one of them.
_EVERY = {("arm64", "v8"), ("amd64", "v1"), ("arm", "v7")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform:
    """A machine with Linux."""

    architecture: str
    variant: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """As documents of images state it."""
        facts = {"os": "linux", "architecture": self.architecture}
        return {**facts, "variant": self.variant} if self.variant else facts

    def __str__(self) -> str:
        return "/".join(self.facts.values())

    def runs(self, *, architecture: str, variant: str) -> bool:
        """Whether an image for a machine is one for this machine."""
        plain = (self.architecture, variant) in _EVERY or not variant or variant == self.variant
        return architecture == self.architecture and plain


def platform_of(target: Target) -> Platform:
    """Find the platform of a target; macOS and Windows are refused."""
    if not isinstance(target.system, Glibc | Musl):
        raise FormatError.of(
            f"the target {target.name!r} is no Linux",
            advice="an image needs a distribution's target, or a manylinux or musllinux platform",
        )
    if target.arch not in GOARCH:
        raise FormatError.of(
            f"images have no name for the architecture {target.arch!r}",
            advice=did_you_mean(target.arch, GOARCH),
        )
    return Platform(architecture=GOARCH[target.arch], variant=_VARIANTS.get(target.arch, ""))
