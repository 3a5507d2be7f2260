"""Making images of plans and trees, in one line from top to bottom."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from repackage.errors import FormatError
from repackage.scratch import temporary_directory
from repackage.tree import Directory
from repackage_formats.oci._below import base_layers
from repackage_formats.oci._config import (
    annotated,
    configuration,
    created,
    default_entrypoint,
)
from repackage_formats.oci._documents import (
    Built,
    blob,
    image,
    listing,
    saved,
    several,
)
from repackage_formats.oci._fitting import refuse_misplaced
from repackage_formats.oci._libc import refuse_too_new
from repackage_formats.oci._make import Maker
from repackage_formats.oci._names import full_names
from repackage_formats.oci._output import Contents, write_archive, write_directory
from repackage_formats.oci._platform import platform_of
from repackage_formats.oci._prepared import prepared_of
from repackage_formats.oci._split import Share, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from repackage.format import Plan
    from repackage.tree import Tree
    from repackage_formats.oci._make import Layer
    from repackage_formats.oci._options import Options

#: What Docker's and podman's storage drivers allow.
_DEEPEST = 127


def write(builds: Sequence[tuple[Plan[Options], Tree]], out: Path) -> None:
    """Make one image of a tree for each platform, and put it where it is wanted."""
    for plan, tree in builds:
        refuse_misplaced(plan, tree)
        refuse_too_new(plan, tree)
    first, _ = builds[0]
    _warn(first)
    with _scratch(out) as scratch:
        images = [_built(plan, tree, scratch=scratch) for plan, tree in builds]
        contents = _contents(images, first)
        if first.options.output == "directory":
            write_directory(contents, out)
        else:
            write_archive(contents, out)


def _built(plan: Plan[Options], tree: Tree, *, scratch: Path) -> Built:
    prepared = prepared_of(plan)
    maker = Maker.of(plan, scratch=scratch, created=created(plan))
    shares = split(plan, tree, has=lambda path: isinstance(prepared.root.at(path), Directory))
    if prepared.interpreter:
        shares.insert(0, Share(title="interpreter", tree=prepared.interpreter))
    layers: list[Layer] = [*base_layers(prepared, maker), *maker.make(shares)]
    if len(layers) > _DEEPEST:
        raise FormatError.of(
            f"with those of the base the image would have {len(layers)} layers",
            where="layers",
            advice=f"engines take {_DEEPEST} at most: allow fewer with the option 'layers'",
        )
    platform = platform_of(plan.target).facts
    return image(
        configuration(plan, layers, prepared, platform=platform),
        layers,
        platform=platform,
        annotations=annotated(plan, prepared),
    )


def _contents(images: Sequence[Built], plan: Plan[Options]) -> Contents:
    """Gather the parts; what stands in several images is there once."""
    blobs: dict[str, bytes | Path] = {}
    for built in images:
        blobs |= {blob(layer.digest): layer.path for layer in built.layers}
        blobs |= {blob(part.digest): part.data for part in (built.config, built.manifest)}
    described = images[0].descriptor
    if len(images) > 1:
        index = several(images)
        blobs[blob(index.digest)] = index.data
        described = index.descriptor
    names = full_names(plan)
    loadable = not any(layer.media_type.endswith("zstd") for layer in images[0].layers)
    return Contents(
        index=listing(described, names),
        saved=saved(images[0], list(names.values())) if loadable else None,
        blobs=blobs,
    )


def _warn(plan: Plan[Options]) -> None:
    """Say what an image lacks, or has that nobody may have thought of."""
    if plan.options.entrypoint is None and not default_entrypoint(plan):
        brought = ", ".join(plan.package.scripts) or "none"
        plan.warn(
            f"the image has no entry point: the wheel's commands ({brought}) leave open which"
            " one is meant; choose it with the option 'entrypoint'"
        )
    if prepared_of(plan).root.below(plan.options.prefix):
        plan.warn(
            f"the base has something in {plan.options.prefix} already, which stays there; choose"
            " another one with the option 'prefix'"
        )


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """Make a directory beside what is to be made, so that nothing need be copied twice."""
    with temporary_directory(out.parent, prefix=".layers-") as scratch:
        yield scratch
