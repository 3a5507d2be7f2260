"""The base: found, read, and held against the target before anything is staged."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from repackage.errors import ConfigError, InputError, Problem, Problems
from repackage_formats.oci._blobs import blobs_of, is_image
from repackage_formats.oci._bundle import interpreter_tree
from repackage_formats.oci._config import created, inherited_labels
from repackage_formats.oci._fitting import misplaced
from repackage_formats.oci._glance import glance
from repackage_formats.oci._images import choose_for, read_images
from repackage_formats.oci._interpreter import interpreter_problems
from repackage_formats.oci._libc import unsuitable
from repackage_formats.oci._platform import platform_of
from repackage_formats.oci._prepared import SCRATCH, Prepared, with_prepared
from repackage_formats.oci._read import size_of
from repackage_formats.oci._users import unknown_users

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Plan, Surroundings
    from repackage_formats.oci._images import Image
    from repackage_formats.oci._options import Options

_LOCAL = re.compile(r"(?:oci|oci-archive|docker-archive):(.*)", re.DOTALL)
_REMOTE = "docker://"


def prepare(plan: Plan[Options], surroundings: Surroundings) -> Plan[Options]:
    """Find the base and what is bundled, and refuse them if the wheels do not fit on them."""
    options = plan.options
    if not options.base:
        raise ConfigError.of(
            "an image needs a base that has the interpreter",
            where="base",
            advice="such as 'oci:DIRECTORY', or a registry's image by digest; 'scratch' is none",
        )
    problems = Problems()
    prepared = Prepared() if options.base == SCRATCH else _based(plan, surroundings)
    if options.interpreter:
        archive = surroundings.project / options.interpreter
        bundled = interpreter_tree(archive, surroundings.cache, below=prepared.root)
        problems.extend(misplaced(prepared.root, bundled))
        prepared.root.apply(bundled)
        prepared = replace(prepared, interpreter=bundled)
    problems.extend(unknown_users(prepared.root, options.user))
    if options.base != SCRATCH or options.interpreter:
        problems.extend(interpreter_problems(prepared.root, plan))
    if options.base != SCRATCH:
        problems.extend(unsuitable(prepared.root, plan))
    problems.raise_if_any(InputError)
    return replace(plan, options=with_prepared(options, prepared))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Where a base lies on this machine."""

    path: Path
    name: str = ""
    """Which of several images is meant."""
    reference: str = ""
    digest: str = ""


def _based(plan: Plan[Options], surroundings: Surroundings) -> Prepared:
    """Read a base; every problem with it is the option's."""
    try:
        place = _place(plan, surroundings)
        return _read(plan, place)
    except InputError as error:
        raise InputError(*(_of_base(each, plan) for each in error.problems)) from error


def _of_base(problem: Problem, plan: Plan[Options]) -> Problem:
    where = f"base {plan.options.base!r}"
    return replace(problem, where=f"{where}: {problem.where}" if problem.where else where)


def _read(plan: Plan[Options], place: _Place) -> Prepared:
    if not is_image(place.path):
        raise InputError.of(
            "it is no image", advice="an OCI layout, or an archive of one or by 'docker save'"
        )
    blobs = blobs_of(place.path)
    platform = platform_of(plan.target)

    def runs(image: Image) -> bool:
        return image.config.text("os") in {"linux", ""} and platform.runs(
            architecture=image.config.text("architecture"),
            variant=image.config.text("variant"),
        )

    image = choose_for(read_images(blobs), runs, name=place.name)
    return Prepared(
        blobs=blobs,
        image=image,
        reference=place.reference,
        digest=place.digest or _manifest_digest(image),
        labels=inherited_labels(image.config),
        history=_history(image, plan),
        root=glance(blobs, image, size=size_of(place.path)),
    )


def _manifest_digest(image: Image) -> str:
    """The digest of a manifest; what docker saved has none."""
    _, _, found = image.id.partition("blobs/")
    is_config = image.id == image.config.where
    return "" if is_config else found.replace("/", ":")


def _history(image: Image, plan: Plan[Options]) -> list[dict[str, Any]]:
    """Keep a base's history if it tells of each of its layers: Docker refuses another one."""
    told = [each.table for each in image.config.list("history")]
    filled = [each for each in told if not each.get("empty_layer")]
    if len(filled) == len(image.layers):
        return told
    entry = {"created": created(plan), "created_by": "repackage: base"}
    return [entry for _ in image.layers]


def _place(plan: Plan[Options], surroundings: Surroundings) -> _Place:
    """Find out what a base is: by how it is spelled, else a file that there is, else a registry's."""
    text = plan.options.base
    local = _LOCAL.fullmatch(text)
    spelled = local[1] if local else text
    found = None if text.startswith(_REMOTE) else _path(spelled, surroundings.project)
    if found is not None:
        return found
    if local or text.startswith(("/", ".")):
        raise InputError.of(
            "there is no such file or directory",
            advice=f"paths start from {surroundings.project}",
        )
    return _pulled(text.removeprefix(_REMOTE), plan, surroundings)


def _path(text: str, directory: Path) -> _Place | None:
    """Divide a path from the name behind it, which may have colons as well."""
    ends = [len(text), *(found.start() for found in re.finditer(":", text))]
    for end in ends:
        if text[:end] and (directory / text[:end]).exists():
            return _Place(path=directory / text[:end], name=text[end + 1 :])
    return None


def _pulled(text: str, plan: Plan[Options], surroundings: Surroundings) -> _Place:
    """Have a base from a registry; only its digest says for good which one it is."""
    from repackage.container import Platform, Reference, pull  # the network, only if asked

    reference = Reference.parse(text)
    if not reference.digest:
        raise InputError.of(
            "it does not say which image: a tag can be another one tomorrow",
            advice=f"name it by its digest: {reference.place}@sha256:…, as"
            f" 'skopeo inspect docker://{reference}' tells it",
        )
    wanted = platform_of(plan.target)
    pulled = pull(
        reference,
        platform=Platform(os="linux", architecture=wanted.architecture, variant=wanted.variant),
        into=surroundings.cache / "bases",
        offline=surroundings.offline,
    )
    return _Place(path=pulled.directory, reference=str(reference), digest=reference.digest)
