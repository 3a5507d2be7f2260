"""Options with what they name: the base that was found, the interpreter that was unpacked."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from repackage.errors import FormatError
from repackage.tree import Tree
from repackage_formats.oci._json import Document
from repackage_formats.oci._layers import Root
from repackage_formats.oci._options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage.format import Plan
    from repackage_formats.oci._blobs import Blobs
    from repackage_formats.oci._images import Image

SCRATCH = "scratch"


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """What an image is put on; by default, nothing."""

    blobs: Blobs | None = None
    image: Image | None = None
    reference: str = ""
    """The base by its name in a registry."""
    digest: str = ""
    """Of the base's manifest, or of its index."""
    labels: Mapping[str, str] = field(default_factory=dict)
    history: Sequence[Mapping[str, Any]] = ()
    """Of the base, with an entry for each of its layers."""
    root: Root = field(default_factory=Root)
    """What there is below the application: base and interpreter."""
    interpreter: Tree = Tree(())  # noqa: RUF009 - frozen
    """What is bundled, if anything is."""

    @property
    def depth(self) -> int:
        """How many layers the base has."""
        return len(self.image.layers) if self.image else 0

    @property
    def run(self) -> Document:
        """How the base is run."""
        return self.image.config.below("config") if self.image else Document("")


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedOptions(Options):
    """The options of a plan that was prepared."""

    prepared: Prepared


def with_prepared(options: Options, prepared: Prepared) -> PreparedOptions:
    """Keep options together with what they name."""
    told = {each.name: getattr(options, each.name) for each in fields(Options)}
    return PreparedOptions(**told, prepared=prepared)


def prepared_of(plan: Plan[Options]) -> Prepared:
    """What was prepared for a plan; without a base there is nothing to prepare."""
    options = plan.options
    if isinstance(options, PreparedOptions):
        return options.prepared
    if options.base not in {"", SCRATCH} or options.interpreter:
        raise FormatError.of(
            "the base was not prepared", advice="call 'prepare' of the format, as a build does"
        )
    return Prepared()
